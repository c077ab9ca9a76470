// Forking: it waits for keys, gives up without a trace, and two forks that cross lead to one session.

import { describe, expect, it } from 'vitest';
import { crossingWith, leaderOf } from '../../src/session/label.ts';
import { isPresent } from '../../src/session/roster.ts';
import type { Spoken } from '../../src/session/work-types.ts';
import { nextWakeMs } from '../../src/peer/step.ts';
import { TestPeer, link, tick } from '../peers.ts';
import {
  SESSION,
  act,
  blamesOf,
  fork,
  linkAll,
  party,
  person,
  says,
  secretOf,
  sentBy,
  sessionIdOf,
  sessionOf,
  shownTo,
} from './party.ts';

const FORMING_MS = 10_000;

function traceOf(peer: TestPeer): unknown {
  const { sessions, conversations, carried, errands } = peer.state;
  return {
    sessions: sessions.size,
    conversation: conversations.has(SESSION),
    carried: carried.size,
    due: errands.due.has(SESSION),
    values: [...peer.store.values('session/'), ...peer.store.values('mls/')],
    chains: peer.store.chains().filter(({ conversation }) => conversation === SESSION),
  };
}

const NOTHING = {
  sessions: 0,
  conversation: false,
  carried: 0,
  due: false,
  values: [],
  chains: [],
};

describe('a fork of someone whose keys are not here', () => {
  it('is listed at once, waits ten seconds, and then leaves nothing behind', () => {
    const [anna, bob] = [person('anna'), new TestPeer('bob')];
    const peers = [anna, bob];
    linkAll(peers, 0);
    fork(peers, anna, [bob]);
    act(peers, anna, says('hello'), 200);
    expect(sessionOf(anna)).toMatchObject({ number: 1, roster: null });
    expect(nextWakeMs(anna.state, anna.now(200))).toBeLessThanOrEqual(FORMING_MS + 200);
    tick(peers, FORMING_MS);
    expect(anna.state.sessions.size).toBe(1);
    tick(peers, FORMING_MS + 200);
    expect(traceOf(anna)).toEqual(NOTHING);
    expect(anna.told()).toContainEqual({
      kind: 'forkFailed',
      conversation: SESSION,
      number: 1,
      because: [bob.identity],
      lines: 1,
    });
    expect(shownTo(anna)).toEqual([]);
  });

  it('goes on as soon as they come, with what was said meanwhile', () => {
    const [anna, carl, bob] = [person('anna'), new TestPeer('carl'), person('bob')];
    link(anna, carl, 0);
    fork([anna, carl], anna, [bob]);
    act([anna, carl], anna, says('hello'), 200);
    expect(shownTo(anna)).toEqual([]);
    const peers = [anna, carl, bob];
    link(bob, carl, 1_000);
    for (let at = 1; at <= 3; at += 1) tick(peers, 1_000 * (at + 1));
    expect(shownTo(anna)).toEqual(['hello']);
    expect(shownTo(bob)).toEqual(['hello']);
  });

  it('may be given up by leaving', () => {
    const [anna, bob] = [person('anna'), new TestPeer('bob')];
    linkAll([anna, bob], 0);
    fork([anna, bob], anna, [bob]);
    act([anna, bob], anna, { kind: 'leave', conversation: SESSION }, 200);
    expect(traceOf(anna)).toEqual(NOTHING);
    expect(anna.told()).toContainEqual(
      expect.objectContaining({ kind: 'forkFailed', because: [] }),
    );
  });

  it('is left once what was said in it is heard, if the keys come in time', () => {
    const [anna, carl, bob] = [person('anna'), new TestPeer('carl'), person('bob')];
    link(anna, carl, 0);
    fork([anna, carl], anna, [bob]);
    act([anna, carl], anna, says('hello'), 200);
    act([anna, carl], anna, { kind: 'leave', conversation: SESSION }, 300);
    expect(sessionOf(anna).leftMs).toBe(null);
    const peers = [anna, carl, bob];
    link(bob, carl, 1_000);
    for (let at = 1; at <= 3; at += 1) tick(peers, 1_000 * (at + 1));
    expect(shownTo(bob)).toEqual(['hello']);
    expect(sessionOf(anna).leftMs).not.toBe(null);
    expect(isPresent(sessionOf(bob).roster!, anna.identity)).toBe(false);
  });

  it('tells who left it what was said to nobody, if they do not', () => {
    const [anna, bob] = [person('anna'), new TestPeer('bob')];
    linkAll([anna, bob], 0);
    fork([anna, bob], anna, [bob]);
    act([anna, bob], anna, says('hello'), 200);
    act([anna, bob], anna, { kind: 'leave', conversation: SESSION }, 300);
    tick([anna, bob], FORMING_MS + 200);
    expect(traceOf(anna)).toEqual(NOTHING);
    expect(anna.told()).toContainEqual(
      expect.objectContaining({ kind: 'forkFailed', because: [bob.identity], lines: 1 }),
    );
  });
});

describe('a fork whose key packages are no good', () => {
  it('leaves nothing behind, so that the next one works', () => {
    const peers = party('anna', 'bob');
    const [anna, bob] = peers;
    const { answer } = anna;
    anna.answer = (work) => {
      const result = answer!(work);
      if (result?.kind !== 'spoken') return result;
      const refused = [{ identity: bob.identity, reason: 'expired' } as const];
      return { ...result, added: [], contacts: [], refused } satisfies Spoken;
    };
    fork(peers, anna, [bob]);
    expect(traceOf(anna)).toEqual(NOTHING);
    expect(anna.told().filter(({ kind }) => kind === 'forkFailed')).toHaveLength(1);
    anna.answer = answer;
    fork(peers, anna, [bob], { number: 2, nowMs: 300 });
    act(peers, anna, says('hello', sessionIdOf(2)), 400);
    expect(shownTo(bob, sessionIdOf(2))).toEqual(['hello']);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });

  it('does not take with it what was said before in a session whose group is begun anew', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob]);
    act(peers, anna, says('hello'), 200);
    act(peers, bob, { kind: 'leave', conversation: SESSION }, 300);
    // Her state is lost: she begins another group.
    const { answer } = anna;
    let failures = 0;
    anna.answer = (work) => {
      if (failures === 0) {
        failures += 1;
        return { kind: 'failed', reason: 'bad-state' };
      }
      const result = answer!(work);
      if (result?.kind !== 'spoken') return result;
      const refused = [{ identity: cleo.identity, reason: 'expired' } as const];
      return { ...result, added: [], contacts: [], refused } satisfies Spoken;
    };
    act(peers, anna, { kind: 'invite', conversation: SESSION, person: cleo.identity }, 500);
    expect(failures).toBe(1);
    expect(anna.state.sessions.has(SESSION)).toBe(true);
    expect(anna.told().filter(({ kind }) => kind === 'forkFailed')).toEqual([]);
  });
});

describe('two forks that cross', () => {
  it('lead to one session, where both find what each says', () => {
    const [anna, bob] = [person('anna'), person('bob')];
    const peers = [anna, bob] as const;
    linkAll(peers, 0);
    // The one with the lower id leads.
    const [lower, higher] = sessionIdOf(1) < sessionIdOf(2) ? [1, 2] : [2, 1];
    const [hers, his] = [sessionIdOf(higher), sessionIdOf(lower)];
    const first = anna.take(
      { kind: 'fork', secret: secretOf(higher), people: [bob.identity] },
      100,
    );
    fork(peers, bob, [anna], { number: lower, nowMs: 100 });
    for (const output of first)
      if (output.kind === 'send')
        act(
          peers,
          bob,
          { kind: 'network', event: { kind: 'frame', peer: anna.id, bytes: output.frame } },
          100,
        );
    tick(peers, 200);
    act(peers, anna, says('mine', hers), 300);
    act(peers, bob, says('yours', his), 400);
    act(peers, bob, says('and mine', hers), 500);
    for (const peer of peers) {
      const { sessions } = peer.state;
      const leaders = [hers, his].map((id) => leaderOf(sessions, sessions.get(id)!).id);
      expect(leaders).toEqual([his, his]);
      expect(crossingWith(sessions, sessions.get(hers)!)).toHaveLength(2);
      expect(shownTo(peer, his)).toEqual(['mine', 'yours', 'and mine']);
      expect(blamesOf(peer)).toEqual([]);
    }
    expect(sentBy(anna.outputs).some(({ type }) => type === 'gone')).toBe(false);
  });
});
