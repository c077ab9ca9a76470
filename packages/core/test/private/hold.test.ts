// Peers that keep what they cannot read for those who are away.

import { describe, expect, it } from 'vitest';
import type { ConversationId, IdentityKey, PeerId } from '../../src/brand.ts';
import { LIMITS } from '../../src/limits.ts';
import type { Input } from '../../src/peer/step-types.ts';
import { inboxId, inboxPeriod } from '../../src/session/names.ts';
import type { Message } from '../../src/sync/message.ts';
import { encodeMessage } from '../../src/sync/message.ts';
import { EPOCH_MS, TestPeer, link, suite, tick } from '../peers.ts';
import {
  SESSION,
  act,
  blamesOf,
  cut,
  fork,
  linkAll,
  person,
  says,
  sentBy,
  sessionIdOf,
  shownTo,
} from './party.ts';

type Hold = Extract<Message, { type: 'hold' }>;

const DAY_MS = 86_400_000;

function inboxOf(peer: TestPeer): ConversationId {
  return inboxId(suite, peer.identity, inboxPeriod(EPOCH_MS));
}

/** Whom a peer asked to hold a conversation. */
function askedBy(peer: TestPeer, id: ConversationId): PeerId[] {
  const asked = new Set<PeerId>();
  for (const output of peer.outputs) {
    if (output.kind !== 'send') continue;
    for (const message of sentBy([output]))
      if (message.type === 'hold' && message.conversation === id && message.isWanted)
        asked.add(output.peer);
  }
  return [...asked].toSorted();
}

function frame(from: PeerId, message: Message): Input {
  return {
    kind: 'network',
    event: { kind: 'frame', peer: from, bytes: encodeMessage(message) },
  };
}

function hold(conversation: ConversationId, isWanted = true): Hold {
  return { type: 'hold', conversation, isWanted, from: [] };
}

/** One who only carries. */
function carrier(name: string, serves = false): TestPeer {
  return new TestPeer(name, 0, 0, { serves });
}

/** Carl, who carries, with others linked to him. */
function carlAnd(...names: readonly string[]): readonly [TestPeer, ...TestPeer[]] {
  const carl = carrier('carl');
  const others = names.map((name) => new TestPeer(name));
  for (const other of others) link(other, carl, 0);
  return [carl, ...others];
}

/** Is held already, as far as quotas go. */
function pretend(
  carl: TestPeer,
  number: number,
  depositor: IdentityKey,
  bytes: number,
): ConversationId {
  const id = sessionIdOf(number);
  const depositors = new Map([[depositor, new Map()]]);
  carl.state.carried.set(id, { id, depositors, touchedMs: EPOCH_MS, bytes, recipient: null });
  return id;
}

function heldBy(peer: TestPeer, id: ConversationId): number {
  return peer.state.conversations.get(id)?.entriesHeld ?? 0;
}

describe('holders', () => {
  it('are for each person three of those who are not in it, who serves first, the same for all who give', () => {
    const [anna, bob, cleo] = [person('anna'), person('bob'), person('cleo')];
    const carriers = ['carl', 'cora', 'curt', 'cyd'].map((name) => carrier(name));
    const peers = [anna, bob, cleo, ...carriers, carrier('sue', true), carrier('sven', true)];
    linkAll(peers, 0);
    fork(peers, anna, [bob]);
    act(peers, anna, says('hello'), 200);
    act(peers, bob, says('hi'), 300);
    const holders = askedBy(anna, SESSION);
    expect(holders).toHaveLength(LIMITS.holdersPerPerson);
    expect(holders).toEqual(expect.arrayContaining(['sue', 'sven']));
    expect(holders).not.toContain('bob');
    fork(peers, cleo, [bob]);
    expect(askedBy(anna, inboxOf(bob))).toHaveLength(LIMITS.holdersPerPerson);
    expect(askedBy(cleo, inboxOf(bob))).toEqual(askedBy(anna, inboxOf(bob)));
    expect(askedBy(anna, inboxOf(bob))).not.toContain('bob');
  });

  it('are other ones when one of them goes', () => {
    const [anna, bob] = [person('anna'), person('bob')];
    const carriers = ['carl', 'cora', 'curt', 'cyd'].map((name) => carrier(name));
    const peers = [anna, bob, ...carriers];
    linkAll(peers, 0);
    fork(peers, anna, [bob]);
    const first = askedBy(anna, SESSION);
    const gone = carriers.find(({ id }) => first.includes(id))!;
    cut(anna, gone, 200);
    tick(peers, 300);
    expect(first).toHaveLength(3);
    expect(askedBy(anna, SESSION)).toHaveLength(4);
  });

  it('bring what was said to who was away, though who said it is gone', () => {
    const [anna, bob, carl] = [person('anna'), person('bob'), carrier('carl')];
    const peers = [anna, bob, carl];
    linkAll(peers, 0);
    for (const other of [anna, carl]) cut(bob, other, 50);
    fork([anna, carl], anna, [bob]);
    act([anna, carl], anna, says('hello'), 200);
    expect(shownTo(bob)).toEqual([]);
    cut(anna, carl, 300);
    link(bob, carl, 400);
    tick([bob, carl], 500);
    expect(shownTo(bob)).toEqual(['hello']);
    expect(bob.told()).toContainEqual({
      kind: 'session',
      event: 'opened',
      conversation: SESSION,
    });
    expect(carl.outputs.some(({ kind }) => kind === 'work')).toBe(false);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });

  it('keep nothing that all who are in it have, and what comes after it for who was away', () => {
    const [anna, bob, carl] = [person('anna'), person('bob'), carrier('carl')];
    const peers = [anna, bob, carl];
    linkAll(peers, 0);
    fork(peers, anna, [bob]);
    act(peers, anna, says('hello'), 200);
    act(peers, bob, says('hi'), 300);
    for (let at = 1; at <= 9; at += 1) tick(peers, at * 10_000);
    const entries = anna.state.conversations.get(SESSION)!.entriesHeld;
    expect(entries).toBeGreaterThan(1);
    expect(heldBy(carl, SESSION)).toBe(0);
    for (const other of [anna, carl]) cut(bob, other, 105_000);
    act([anna, carl], anna, says('are you there?'), 105_100);
    expect(heldBy(carl, SESSION)).toBe(1);
    cut(anna, carl, 105_200);
    link(bob, carl, 105_300);
    tick([bob, carl], 106_000);
    expect(shownTo(bob)).toEqual(['hello', 'hi', 'are you there?']);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });

  it('are told that it is needed no more once whom it was left for has it', () => {
    const [anna, bob, carl] = [person('anna'), person('bob'), carrier('carl')];
    const peers = [anna, bob, carl];
    linkAll(peers, 0);
    for (const other of [anna, carl]) cut(bob, other, 50);
    fork([anna, carl], anna, [bob]);
    const inbox = inboxOf(bob);
    expect(heldBy(carl, inbox)).toBe(1);
    tick([anna, carl], LIMITS.antiEntropyIntervalMs + 100);
    expect(heldBy(carl, inbox)).toBe(1);
    link(bob, anna, LIMITS.antiEntropyIntervalMs + 200);
    // Heads come within a second, and are looked at every minute.
    for (let at = 1; at <= 4; at += 1) tick(peers, 60_000 + at * 31_000);
    expect(bob.state.sessions.has(SESSION)).toBe(true);
    for (const peer of [anna, carl]) {
      expect(peer.state.carried.has(inbox)).toBe(false);
      expect(peer.state.conversations.has(inbox)).toBe(false);
      expect(peer.store.chains().some(({ conversation }) => conversation === inbox)).toBe(false);
      expect(peer.store.value(`session/carried/${inbox}`)).toBeNull();
    }
    expect(carl.state.carried.has(SESSION)).toBe(true);
  });
});

describe('a peer that is asked to hold', () => {
  it('does so for each who asks, until the last wants it no more', () => {
    const [carl, anna, bob] = carlAnd('anna', 'bob') as [TestPeer, TestPeer, TestPeer];
    for (const { id } of [anna, bob]) carl.take(frame(id, hold(SESSION)), 10);
    carl.take(frame(anna.id, hold(SESSION, false)), 20);
    expect(carl.state.conversations.get(SESSION)?.kind).toBe('carried');
    const said = carl.take(frame(bob.id, hold(SESSION, false)), 30);
    expect(carl.state.conversations.has(SESSION)).toBe(false);
    expect(carl.state.carried.size).toBe(0);
    expect(sentBy(said, anna).map(({ type }) => type)).toEqual(['gone']);
    expect(carl.store.values('session/')).toEqual([]);
  });

  it('goes on after a restart', () => {
    const carl = carrier('carl');
    const anna = new TestPeer('anna');
    link(anna, carl, 0);
    carl.take(frame(anna.id, hold(SESSION)), 10);
    const again = new TestPeer('carl', 100, 0, { disk: carl.store.copy() });
    expect(again.state.conversations.get(SESSION)?.kind).toBe('carried');
    expect([...again.state.carried.get(SESSION)!.depositors.keys()]).toEqual([anna.identity]);
  });

  it('does not listen to who has not proved itself', () => {
    const carl = carrier('carl');
    const stranger = new TestPeer('stranger');
    const event = { kind: 'connected', address: 'a', path: 'lan' } as const;
    const hello = stranger.take(
      { kind: 'network', event: { ...event, peer: carl.id, direction: 'outbound' } },
      0,
    );
    carl.take({ kind: 'network', event: { ...event, peer: stranger.id, direction: 'inbound' } }, 0);
    for (const message of sentBy(hello)) carl.take(frame(stranger.id, message), 1);
    expect(carl.state.neighbours.get(stranger.id)).toMatchObject({ met: false });
    expect(carl.state.neighbours.get(stranger.id)?.hello).not.toBeNull();
    carl.take(frame(stranger.id, hold(SESSION)), 2);
    expect(carl.state.carried.size).toBe(0);
    expect(carl.state.conversations.has(SESSION)).toBe(false);
  });

  it('does not for one person more than so many conversations, and more for another', () => {
    const [carl, anna, bob] = carlAnd('anna', 'bob') as [TestPeer, TestPeer, TestPeer];
    const most = LIMITS.heldConversationsPerDepositorMax;
    for (let number = 1; number <= most + 3; number += 1)
      carl.take(frame(anna.id, hold(sessionIdOf(number))), 10);
    expect(carl.state.carried.size).toBe(most);
    carl.take(frame(bob.id, hold(sessionIdOf(most + 1))), 10);
    expect(carl.state.carried.size).toBe(most + 1);
    expect(blamesOf(carl)).toEqual([]);
  });

  it('does not take up what is asked for by who has used up their share of bytes', () => {
    const [carl, anna, bob] = carlAnd('anna', 'bob') as [TestPeer, TestPeer, TestPeer];
    pretend(carl, 7, anna.identity, LIMITS.heldBytesPerDepositorMax);
    carl.take(frame(anna.id, hold(SESSION)), 10);
    expect(carl.state.carried.has(SESSION)).toBe(false);
    carl.take(frame(bob.id, hold(SESSION)), 10);
    expect(carl.state.carried.has(SESSION)).toBe(true);
  });

  it('takes another share of bytes from the moment that it is set', () => {
    const [carl, anna] = carlAnd('anna') as [TestPeer, TestPeer];
    pretend(carl, 7, anna.identity, 1_000);
    carl.take({ kind: 'limit', limits: { heldBytesPerDepositorMax: 1_000 } }, 10);
    carl.take(frame(anna.id, hold(SESSION)), 10);
    expect(carl.state.carried.has(SESSION)).toBe(false);
    carl.take({ kind: 'limit', limits: { heldBytesPerDepositorMax: 1_001 } }, 10);
    carl.take(frame(anna.id, hold(SESSION)), 10);
    expect(carl.state.carried.has(SESSION)).toBe(true);
    expect(carl.state.guard.limits.heldBytesMax).toBe(LIMITS.heldBytesMax);
  });

  it.each([
    ['of one person', LIMITS.heldBytesPerDepositorMax, 1],
    ['of all', LIMITS.heldBytesPerDepositorMax, 8],
  ])('stores nothing beyond the share %s, nor blames who sends it', (whose, bytes, others) => {
    const [anna, bob, carl] = [person('anna'), person('bob'), carrier('carl')];
    const peers = [anna, bob, carl];
    linkAll(peers, 0);
    fork(peers, anna, [bob]);
    const before = heldBy(carl, SESSION);
    expect(before).toBeGreaterThan(0);
    for (let number = 0; number < others; number += 1) {
      const depositor = suite.sha256(new Uint8Array([number]));
      const identity = Buffer.from(depositor).toString('hex') as IdentityKey;
      const whom = whose === 'of one person' ? anna.identity : identity;
      pretend(carl, 100 + number, whom, bytes);
    }
    act(peers, anna, says('one line more'), 200);
    expect(shownTo(bob)).toEqual(['one line more']);
    expect(heldBy(carl, SESSION)).toBe(before);
    expect(blamesOf(carl)).toEqual([]);
  });

  it('drops what nobody said anything in for 45 days, and says so', () => {
    const [carl, anna] = carlAnd('anna') as [TestPeer, TestPeer];
    carl.take(frame(anna.id, hold(SESSION)), 10);
    carl.take({ kind: 'tick' }, LIMITS.heldMsMax);
    expect(carl.state.carried.has(SESSION)).toBe(true);
    const said = carl.take({ kind: 'tick' }, LIMITS.heldMsMax + DAY_MS);
    expect(carl.state.carried.has(SESSION)).toBe(false);
    expect(carl.store.values('session/')).toEqual([]);
    expect(sentBy(said, anna).some(({ type }) => type === 'gone')).toBe(true);
  });
});
