// What strangers in the lobby may try against someone's private sessions, and do not get.

import { describe, expect, it } from 'vitest';
import type { ChainKey, ConversationId, PeerId } from '../../src/brand.ts';
import { LIMITS } from '../../src/limits.ts';
import type { Entry } from '../../src/log/entry.ts';
import { makeCertificate } from '../../src/identity/certificate.ts';
import { newConversation } from '../../src/peer/conversation.ts';
import { appendSealed, pseudonym } from '../../src/peer/private/own-group.ts';
import type { Input, Turn } from '../../src/peer/step-types.ts';
import { inboxId, inboxPeriod } from '../../src/session/names.ts';
import { newSession } from '../../src/session/memory.ts';
import { newRoster, presentIn } from '../../src/session/roster.ts';
import type { Message } from '../../src/sync/message.ts';
import { encodeMessage } from '../../src/sync/message.ts';
import { EPOCH_MS, TestPeer, link, suite, tick } from '../peers.ts';
import {
  SESSION,
  act,
  blamesOf,
  cut,
  fork,
  namesOf,
  party,
  person,
  says,
  secretOf,
  sessionIdOf,
  sessionOf,
  shownTo,
} from './party.ts';

function frame(from: PeerId, message: Message): Input {
  return { kind: 'network', event: { kind: 'frame', peer: from, bytes: encodeMessage(message) } };
}

function inboxOf(peer: TestPeer, weeksFromNow: number): ConversationId {
  return inboxId(suite, peer.identity, inboxPeriod(EPOCH_MS) + weeksFromNow);
}

function chainsFrom(first: number, count: number): { chain: ChainKey; seq: number }[] {
  return Array.from({ length: count }, (_, at) => {
    const chain = (first + at).toString(16).padStart(80, '0') as ChainKey;
    return { chain, seq: 1 };
  });
}

describe('who asks to hold', () => {
  it('under ever new names gets no more held than there is room for', () => {
    const carl = new TestPeer('carl');
    let asked = 0;
    for (let who = 0; asked < LIMITS.heldConversationsMax + 3; who += 1) {
      const mallory = new TestPeer(`mallory${who}`);
      link(mallory, carl, 0);
      for (let each = 0; each < LIMITS.heldConversationsPerDepositorMax; each += 1) {
        asked += 1;
        const conversation = sessionIdOf(1_000 + asked);
        carl.take(frame(mallory.id, { type: 'hold', conversation, isWanted: true, from: [] }), 10);
      }
      cut(carl, mallory, 20);
    }
    expect(carl.state.carried.size).toBe(LIMITS.heldConversationsMax);
    expect(carl.store.values('session/carried/')).toHaveLength(LIMITS.heldConversationsMax);
    const anna = new TestPeer('anna');
    link(anna, carl, 30);
    const hold = { type: 'hold', conversation: SESSION, isWanted: true, from: [] } as const;
    carl.take(frame(anna.id, hold), 40);
    expect(carl.state.conversations.get(SESSION)?.kind).toBe('carried');
  });

  it('naming ever other chains has no more of them remembered than a session has', () => {
    const [carl, mallory] = [new TestPeer('carl'), new TestPeer('mallory')];
    link(mallory, carl, 0);
    for (let at = 0; at < 4; at += 1) {
      const from = chainsFrom(at * 700, 700);
      const hold = { type: 'hold', conversation: SESSION, isWanted: true, from } as const;
      carl.take(frame(mallory.id, hold), 10);
    }
    const from = carl.state.carried.get(SESSION)!.depositors.get(mallory.identity)!;
    expect(from.size).toBe(LIMITS.sessionChainsMax);
  });

  it('an inbox of next month does not keep its owner from looking into it then', () => {
    const [bob, mallory] = [person('bob'), new TestPeer('mallory')];
    link(mallory, bob, 0);
    const conversation = inboxOf(bob, 4);
    const hold = { type: 'hold', conversation, isWanted: true, from: [] } as const;
    bob.take(frame(mallory.id, hold), 10);
    const thenMs = 4 * LIMITS.inboxPeriodMs;
    tick([mallory], thenMs);
    bob.take({ kind: 'tick' }, thenMs);
    const anna = person('anna');
    anna.take({ kind: 'tick' }, thenMs);
    link(anna, bob, thenMs);
    fork([anna, bob], anna, [bob], { nowMs: thenMs + 100 });
    act([anna, bob], anna, says('hello'), thenMs + 200);
    expect(shownTo(bob)).toEqual(['hello']);
    bob.take({ kind: 'tick' }, thenMs + LIMITS.heldMsMax);
    expect(bob.state.carried.has(conversation)).toBe(false);
    expect(bob.state.conversations.get(conversation)?.kind).toBe('inbox');
  });
});

describe('who forks someone into sessions without them', () => {
  it('does not keep others from forking them', () => {
    const peers = party('anna', 'bob', 'mallory');
    const [anna, bob, mallory] = peers;
    // He reads what she says, which is that she is there alone: so he sees none of it, and cannot leave it.
    const { identitySeed, device, name, identity } = mallory.state.self;
    const hers = makeCertificate(suite, { identitySeed, device, createdMs: 1, name });
    for (let at = 0; at < LIMITS.sessionsMax; at += 1) {
      const session = newSession(
        { id: sessionIdOf(100 + at), secret: secretOf(100 + at) },
        identity,
      );
      session.roster = newRoster(identity, [hers]);
      bob.state.sessions.set(session.id, session);
    }
    fork(peers, anna, [bob], { nowMs: 1_000 });
    act(peers, anna, says('hello'), 1_100);
    expect(shownTo(bob)).toEqual(['hello']);
  });
});

describe('who holds a session and its first contact', () => {
  it('does not come into it by forking the one it is for into it first', () => {
    const peers = party('anna', 'bob', 'mallory');
    const [anna, bob, mallory] = peers;
    cut(anna, bob, 50);
    cut(mallory, bob, 50);
    // All that she knows of it is its name.
    const hers = newSession({ id: SESSION, secret: secretOf(66) }, mallory.identity);
    hers.forming = { people: [anna.identity, bob.identity], untilMs: Infinity };
    mallory.state.sessions.set(SESSION, hers);
    const room = { id: SESSION, kind: 'session', name: 'x' } as const;
    mallory.state.conversations.set(SESSION, newConversation(mallory.state, room, mallory.now(0)));
    act([anna, mallory], mallory, { kind: 'tick' }, 100);
    expect(hers.own?.isBegun).toBe(true);
    link(bob, mallory, 150);
    tick([bob, mallory], 160);
    fork([anna, mallory], anna, [bob], { nowMs: 200 });
    act([anna, mallory], anna, says('hello'), 300);
    link(bob, anna, 400);
    tick(peers, 500);
    act(peers, bob, says('who is here?'), 600);
    tick(peers, 2_000);
    act(peers, anna, says('we two'), 2_100);
    expect(shownTo(bob)).toEqual(['hello', 'who is here?', 'we two']);
    expect(shownTo(mallory)).toEqual([]);
    expect(namesOf(peers, presentIn(sessionOf(anna).roster!)).toSorted()).toEqual(['anna', 'bob']);
  });
});

/** Lays what was left in an inbox there again, under a key of one's own. */
function layAgain(peer: TestPeer, inbox: ConversationId, payload: Uint8Array, nowMs: number): void {
  const { monotonicMs, wallMs } = peer.now(nowMs);
  const turn: Turn = { state: peer.state, nowMs: monotonicMs, wallMs, waitedMs: 0, out: [] };
  const conversation = peer.state.conversations.get(inbox)!;
  appendSealed(turn, conversation, pseudonym(turn, conversation), { payload, lines: [] });
  peer.absorb(turn.out, nowMs);
}

describe('what is left in an inbox', () => {
  it('does not bring back who left since, when it is laid there again', () => {
    const peers = party('anna', 'bob', 'mallory');
    const [anna, bob, mallory] = peers;
    fork(peers, anna, [bob]);
    act(peers, anna, says('hello'), 200);
    const inbox = inboxOf(bob, 0);
    const [note] = [...bob.state.conversations.get(inbox)!.table.values()];
    const query = { chain: note!.chain, from: 0, to: 1, direction: 'up', bytesMax: 9_999 } as const;
    const [{ payload }] = bob.store.run(query) as [Entry];
    act(peers, bob, { kind: 'leave', conversation: SESSION }, 300);
    // She keeps it also when who left it there needs it no more.
    mallory.state.carried.get(inbox)!.depositors.set(mallory.identity, new Map());
    layAgain(mallory, inbox, payload!, 400);
    for (let at = 1; at < 4; at += 1) tick(peers, at * 61_000);
    expect(bob.state.conversations.get(inbox)!.table.size).toBe(2);
    expect(bob.state.errands.unopened.size).toBe(0);
    expect(sessionOf(bob).leftMs).not.toBeNull();
  });

  it('is one entry a chain, and of more nothing is kept', () => {
    const [bob, mallory] = [person('bob'), new TestPeer('mallory')];
    const inbox = inboxOf(bob, 0);
    mallory.state.conversations.set(
      inbox,
      newConversation(mallory.state, { id: inbox, kind: 'session', name: 'x' }, mallory.now(0)),
    );
    for (let at = 0; at < 5; at += 1)
      act(
        [mallory],
        mallory,
        { kind: 'say', conversation: inbox, lines: [{ type: 'say', text: `${at}` }] },
        10 + at,
      );
    expect(mallory.state.conversations.get(inbox)!.entriesHeld).toBe(5);
    link(mallory, bob, 100);
    for (let at = 1; at < 4; at += 1) tick([mallory, bob], at * 61_000);
    expect(bob.state.conversations.get(inbox)!.entriesHeld).toBe(0);
    expect(bob.state.neighbours.get(mallory.id)!.claims.get(inbox)!.size).toBe(0);
    expect(blamesOf(bob)).toEqual([]);
  });

  it('is asked to be held again after a restart', () => {
    const [anna, bob, carl] = [person('anna'), person('bob'), new TestPeer('carl')];
    link(bob, anna, 0);
    cut(anna, bob, 50);
    fork([anna], anna, [bob]);
    act([anna], anna, says('hello'), 200);
    const again = person('anna', { disk: anna.store.copy() });
    link(again, carl, 300);
    tick([again, carl], 400);
    cut(again, carl, 500);
    link(bob, carl, 600);
    tick([bob, carl], 700);
    expect(shownTo(bob)).toEqual(['hello']);
  });
});
