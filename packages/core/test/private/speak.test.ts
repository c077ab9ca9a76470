// Saying something: one work at a time, lines in order whatever becomes of it, and a goodbye that is said once.

import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/limits.ts';
import { nextWakeMs } from '../../src/peer/step.ts';
import { groupValueKey } from '../../src/session/names.ts';
import { isPresent } from '../../src/session/roster.ts';
import type { Speak } from '../../src/session/work-types.ts';
import { carry, tick } from '../peers.ts';
import type { TestPeer } from '../peers.ts';
import { SESSION, act, blamesOf, fork, party, says, sessionOf, shownTo } from './party.ts';
import { plainly } from './plain-worker.ts';

function speaksOf(peer: TestPeer): Speak[] {
  return peer.works.filter((work) => work.kind === 'speak');
}

function linesOf({ batches }: Speak): string[] {
  return batches.flat().flatMap((line) => (line.type === 'say' ? [line.text] : []));
}

/** Anna and Bob have talked; from now on the works of Anna's session are done by the test. */
function talking(): readonly [TestPeer, TestPeer] {
  const peers = party('anna', 'bob');
  const [anna, bob] = peers;
  fork(peers, anna, [bob]);
  act(peers, anna, says('hello'), 200);
  act(peers, bob, says('hi'), 300);
  anna.answer = (work) => (work.kind === 'packages' ? plainly(anna)(work) : null);
  return peers;
}

/** Anna has just forked Bob; the works of her session are done by the test. */
function forking(): readonly [TestPeer, TestPeer] {
  const peers = party('anna', 'bob');
  const [anna, bob] = peers;
  anna.answer = (work) => (work.kind === 'packages' ? plainly(anna)(work) : null);
  fork(peers, anna, [bob]);
  return peers;
}

function keysLeft(peer: TestPeer): string[] {
  return peer.store.values('mls/').map(({ key }) => key);
}

/** The oldest work of someone is done as it ought to be. */
function finish(peers: readonly TestPeer[], peer: TestPeer, nowMs: number): void {
  const work = peer.works.shift()!;
  const outputs = peer.take({ kind: 'worked', work, result: plainly(peer)(work) }, nowMs);
  carry(peers, [[peer, outputs]], nowMs);
}

describe('what is said while a work is under way', () => {
  it('waits for it, and starts no second one', () => {
    const peers = talking();
    const [anna, bob] = peers;
    for (const [at, text] of ['one', 'two', 'three'].entries())
      act(peers, anna, says(text), 400 + at);
    act(peers, bob, says('four'), 500);
    tick(peers, 10_000);
    expect(anna.works).toHaveLength(1);
    expect(linesOf(speaksOf(anna)[0]!)).toEqual(['one']);
    finish(peers, anna, 10_100);
    expect(anna.works).toHaveLength(1);
    while (anna.works.length > 0) finish(peers, anna, 10_200);
    expect(shownTo(bob).filter((text) => text !== 'four')).toEqual([
      'hello',
      'hi',
      'one',
      'two',
      'three',
    ]);
    expect(shownTo(anna).toSorted()).toEqual(shownTo(bob).toSorted());
  });

  it('keeps its order when the work fails, and goes out in a group that is begun anew', () => {
    const peers = talking();
    const [anna, bob] = peers;
    const before = sessionOf(anna).own!.chain;
    for (const text of ['one', 'two', 'three']) act(peers, anna, says(text), 400);
    anna.give({ kind: 'failed', reason: 'bad-state' }, 500);
    const [work] = speaksOf(anna);
    expect(work).toMatchObject({ begins: true });
    expect(linesOf(work!)).toEqual(['one', 'two', 'three']);
    finish(peers, anna, 600);
    expect(sessionOf(anna).own!.chain).not.toBe(before);
    expect(shownTo(bob)).toEqual(['hello', 'hi', 'one', 'two', 'three']);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });

  it('is not tried without rest when a new group fails, too', () => {
    const peers = talking();
    const [anna] = peers;
    act(peers, anna, says('one'), 400);
    anna.give({ kind: 'failed', reason: 'bad-state' }, 500);
    anna.give({ kind: 'failed', reason: 'bad-state' }, 500);
    expect(anna.works).toEqual([]);
    expect(nextWakeMs(anna.state, anna.now(500))).toBeLessThanOrEqual(1_600);
    tick(peers, 1_600);
    expect(speaksOf(anna).map(linesOf)).toEqual([['one']]);
  });

  it('is at most so many lines at once, and none is lost', () => {
    const peers = talking();
    const [anna, bob] = peers;
    const many = Array.from({ length: LIMITS.sessionPendingLinesMax + 5 }, (_, at) => `${at}`);
    act(peers, anna, says('first'), 400);
    for (const text of many) anna.take(says(text), 400);
    finish(peers, anna, 500);
    expect(linesOf(speaksOf(anna)[0]!)).toHaveLength(LIMITS.sessionPendingLinesMax);
    while (anna.works.length > 0) finish(peers, anna, 600);
    expect(shownTo(bob)).toEqual(['hello', 'hi', 'first', ...many]);
  });
});

describe('a work whose chain was stopped meanwhile', () => {
  it('is not sent, and its lines are said again in another chain', () => {
    const peers = talking();
    const [anna, bob] = peers;
    const conversation = anna.state.conversations.get(SESSION)!;
    const { chain } = sessionOf(anna).own!;
    act(peers, anna, says('one'), 400);
    const record = conversation.table.get(chain)!;
    conversation.table.set({ ...record, stopped: 'forked' });
    finish(peers, anna, 500);
    expect(conversation.table.get(chain)!.length).toBe(record.length);
    expect(shownTo(bob)).toEqual(['hello', 'hi']);
    const [work] = speaksOf(anna);
    expect(work).toMatchObject({ begins: true });
    expect(work!.chain).not.toBe(chain);
    expect(linesOf(work!)).toEqual(['one']);
    finish(peers, anna, 600);
    expect(shownTo(bob)).toEqual(['hello', 'hi', 'one']);
    // What is left of the other group is of no use to anyone.
    expect(anna.store.value(groupValueKey(SESSION, chain))).toBeNull();
  });

  it('is not sent either if the session is gone', () => {
    const peers = party('anna', 'bob');
    const [anna, bob] = peers;
    anna.answer = null;
    fork(peers, anna, [bob]);
    const work = speaksOf(anna)[0]!;
    const result = plainly(anna)(work);
    anna.state.sessions.delete(SESSION);
    const outputs = anna.take({ kind: 'worked', work, result }, 300);
    expect(outputs.filter(({ kind }) => kind === 'send' || kind === 'commit')).toEqual([]);
  });
});

describe('who leaves', () => {
  it('says so once, and keeps nothing that could read the session', () => {
    const peers = talking();
    const [anna, bob] = peers;
    expect(keysLeft(anna).length).toBeGreaterThan(0);
    const length = (): number => anna.state.conversations.get(SESSION)!.entriesHeld;
    const before = length();
    act(peers, anna, { kind: 'leave', conversation: SESSION }, 400);
    finish(peers, anna, 500);
    act(peers, anna, { kind: 'leave', conversation: SESSION }, 600);
    for (let at = 1; at < 5; at += 1) tick(peers, at * 60_000);
    expect(anna.works).toEqual([]);
    expect(length()).toBe(before + 1);
    expect(keysLeft(anna)).toEqual([]);
    expect(isPresent(sessionOf(bob).roster!, anna.identity)).toBe(false);
    const left = anna.told().filter((event) => event.kind === 'session' && event.event === 'left');
    expect(left).toHaveLength(1);
    act(peers, bob, says('still there?'), 300_000);
    expect(shownTo(anna)).toEqual(['hello', 'hi']);
  });

  it('is heard out: what was being said goes first, and the goodbye after it in the same chain', () => {
    const peers = talking();
    const [anna, bob] = peers;
    act(peers, anna, says('one'), 400);
    act(peers, anna, { kind: 'leave', conversation: SESSION }, 450);
    finish(peers, anna, 500);
    expect(speaksOf(anna)).toMatchObject([{ begins: false, batches: [] }]);
    finish(peers, anna, 600);
    expect(anna.works).toEqual([]);
    expect(keysLeft(anna)).toEqual([]);
    expect(shownTo(bob)).toEqual(['hello', 'hi', 'one']);
    expect(isPresent(sessionOf(bob).roster!, anna.identity)).toBe(false);
  });

  it('is heard out also where the group was only just being begun', () => {
    const peers = forking();
    const [anna, bob] = peers;
    act(peers, anna, says('one'), 200);
    act(peers, anna, { kind: 'leave', conversation: SESSION }, 300);
    while (anna.works.length > 0) finish(peers, anna, 400);
    expect(shownTo(bob)).toEqual(['one']);
    expect(isPresent(sessionOf(bob).roster!, anna.identity)).toBe(false);
    expect(keysLeft(anna)).toEqual([]);
    expect(anna.told().filter(({ kind }) => kind === 'unsaid')).toEqual([]);
  });

  it('leaves all the same where no group can be begun, and is told what was not said', () => {
    const peers = forking();
    const [anna] = peers;
    act(peers, anna, says('one'), 200);
    act(peers, anna, { kind: 'leave', conversation: SESSION }, 300);
    expect(sessionOf(anna).leftMs).toBe(null);
    const work = anna.works.shift()!;
    act(
      peers,
      anna,
      { kind: 'worked', work, result: { kind: 'failed', reason: 'bad-state' } },
      400,
    );
    expect(sessionOf(anna).leftMs).not.toBe(null);
    const unsaid = { kind: 'unsaid', conversation: SESSION, lines: 1 };
    expect(anna.told().filter(({ kind }) => kind === 'unsaid')).toEqual([unsaid]);
  });

  it('keeps nothing either if others took her out before', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob, cleo]);
    for (const [at, peer] of peers.entries()) act(peers, peer, says(peer.id), 200 + at);
    expect(shownTo(cleo)).toEqual(['anna', 'bob', 'cleo']);
    const person = cleo.identity;
    act(peers, anna, { kind: 'remove', conversation: SESSION, person }, 300);
    expect(isPresent(sessionOf(cleo).roster!, cleo.identity)).toBe(false);
    act(peers, cleo, { kind: 'leave', conversation: SESSION }, 400);
    expect(keysLeft(cleo)).toEqual([]);
  });
});
