// Reading: whose chain it is must be proved, what was cut off is not shown, and lost groups are asked for at most once a minute.

import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/limits.ts';
import type { ChainKey } from '../../src/brand.ts';
import { nextWakeMs } from '../../src/peer/step.ts';
import { readerValueKey } from '../../src/session/names.ts';
import { isPresent } from '../../src/session/roster.ts';
import type { Reader } from '../../src/session/state.ts';
import type { ReadThrough, Speak } from '../../src/session/work-types.ts';
import { tick } from '../peers.ts';
import type { TestPeer } from '../peers.ts';
import { SESSION, act, blamesOf, fork, party, says, sessionOf, shownTo } from './party.ts';
import { plainly } from './plain-worker.ts';

/** Anna and Bob have talked; Anna's reading goes as the test wants it to. */
function talking(): readonly [TestPeer, TestPeer] {
  const peers = party('anna', 'bob');
  const [anna, bob] = peers;
  fork(peers, anna, [bob]);
  act(peers, anna, says('hello'), 200);
  act(peers, bob, says('hi'), 300);
  return peers;
}

/** Reads of this peer end so; all else goes well. */
function readingEnds(peer: TestPeer, end: (result: ReadThrough) => ReadThrough): void {
  peer.answer = (work) => {
    const result = plainly(peer)(work);
    return result.kind === 'read' ? end(result) : result;
  };
}

/** Nothing can be read: it waits for what another chain says. */
function lackingKey(result: ReadThrough): ReadThrough {
  const next = result.next - 1;
  return { kind: 'read', next, events: [], end: 'psk', writes: [] };
}

/** The group is lost at the entry that was just read. */
function broken({ next }: ReadThrough): ReadThrough {
  return { kind: 'read', next, events: [], end: 'broken', writes: [] };
}

function readerOf(peer: TestPeer, author: TestPeer): Reader {
  const { chain } = sessionOf(author).own!;
  return sessionOf(peer).readers.get(chain)!;
}

function speaks(peer: TestPeer): Speak[] {
  return peer.outputs.flatMap((output) =>
    output.kind === 'work' && output.work.kind === 'speak' ? [output.work] : [],
  );
}

function readsOf(peer: TestPeer): number {
  return peer.outputs.filter((output) => output.kind === 'work' && output.work.kind === 'read')
    .length;
}

/** How often someone asked to be let into a group again. */
function againOf(peer: TestPeer): number {
  return speaks(peer).flatMap(({ asks }) => asks.filter(({ again }) => again)).length;
}

describe('a chain of someone who is not in the roster', () => {
  it('shows nothing, and changes nothing', () => {
    const peers = party('anna', 'bob', 'mallory');
    const [anna, bob, mallory] = peers;
    fork(peers, anna, [bob]);
    act(peers, anna, says('hello'), 200);
    const { roster } = sessionOf(bob);
    // She knows its name, and makes a roster of her own for it.
    fork(peers, mallory, [anna, bob], { nowMs: 300 });
    act(peers, mallory, says('I am one of you'), 400);
    for (let at = 1; at < 5; at += 1) tick(peers, at * 60_000);
    expect(anna.state.conversations.get(SESSION)!.table.size).toBeGreaterThan(1);
    for (const peer of [anna, bob]) {
      expect(shownTo(peer)).toEqual(['hello']);
      expect(sessionOf(peer).roster).toEqual(roster);
      const reader = readerOf(peer, mallory);
      expect(reader).toMatchObject({ owner: null, isIn: false, next: 0, waits: 'roster' });
      expect(peer.store.value(readerValueKey(SESSION, reader.chain))).toBeNull();
    }
  });

  it('is read from its beginning once they are let in', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob]);
    // Bob does not know yet that Cleo was let in.
    const { answer } = bob;
    bob.answer = (work) => (work.kind === 'read' ? null : answer!(work));
    act(peers, anna, { kind: 'invite', conversation: SESSION, person: cleo.identity }, 200);
    act(peers, cleo, says('here I am'), 300);
    expect(shownTo(bob)).toEqual([]);
    bob.answer = answer;
    for (const work of bob.works.splice(0))
      act(peers, bob, { kind: 'worked', work, result: answer!(work)! }, 400);
    tick(peers, 500);
    expect(shownTo(bob)).toEqual(['here I am']);
    expect(shownTo(anna)).toEqual(['here I am']);
  });
});

describe('of someone who was removed', () => {
  it('nothing beyond the cut is shown, and it is shown to them that they are out', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob, cleo]);
    for (const [at, peer] of peers.entries()) act(peers, peer, says(peer.id), 200 + at);
    // Cleo has not heard of it when she goes on.
    const { answer } = cleo;
    cleo.answer = (work) => (work.kind === 'read' ? null : answer!(work));
    act(peers, anna, { kind: 'remove', conversation: SESSION, person: cleo.identity }, 300);
    act(peers, cleo, says('do you hear me?'), 400);
    act(peers, bob, says('she is out'), 500);
    for (const peer of [anna, bob]) {
      expect(shownTo(peer)).toEqual(['anna', 'bob', 'cleo', 'she is out']);
      expect(isPresent(sessionOf(peer).roster!, cleo.identity)).toBe(false);
    }
    cleo.answer = answer;
    for (const work of cleo.works.splice(0))
      act(peers, cleo, { kind: 'worked', work, result: answer!(work)! }, 600);
    expect(isPresent(sessionOf(cleo).roster!, cleo.identity)).toBe(false);
    expect(shownTo(cleo)).not.toContain('she is out');
    act(peers, cleo, says('I am out'), 700);
    for (let at = 1; at < 4; at += 1) tick(peers, at * 60_000);
    expect(againOf(cleo)).toBe(0);
    for (const peer of [anna, bob]) expect(shownTo(peer)).not.toContain('I am out');
  });

  it('a work of reading that was under way shows no more than that either', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob, cleo]);
    for (const [at, peer] of peers.entries()) act(peers, peer, says(peer.id), 200 + at);
    const { answer } = anna;
    anna.answer = (work) => (work.kind === 'read' ? null : answer!(work));
    act(peers, cleo, says('beyond'), 300);
    expect(anna.works).toMatchObject([{ kind: 'read' }]);
    act(peers, anna, { kind: 'remove', conversation: SESSION, person: cleo.identity }, 400);
    anna.answer = answer;
    for (const work of anna.works.splice(0))
      act(peers, anna, { kind: 'worked', work, result: answer!(work)! }, 500);
    expect(shownTo(anna)).toEqual(['anna', 'bob', 'cleo']);
    expect(shownTo(bob)).not.toContain('more');
  });
});

describe('of many chains', () => {
  it('those of strangers have their turn last', () => {
    const peers = party('anna', 'bob', 'cleo', 'mallory');
    const [anna, bob, cleo, mallory] = peers;
    fork(peers, anna, [bob, cleo]);
    for (const [at, peer] of [anna, bob, cleo].entries()) act(peers, peer, says(peer.id), 200 + at);
    const stranger = sessionOf(anna).readers.get(sessionOf(bob).own!.chain)!;
    const chains = [bob, cleo].map((peer) => sessionOf(peer).own!.chain);
    const { answer } = anna;
    anna.answer = (work) => (work.kind === 'read' ? null : answer!(work));
    for (let at = 0; at < 5; at += 1)
      for (const peer of [bob, cleo]) act(peers, peer, says(`${peer.id} ${at}`), 300 + at);
    // As if Bob’s chain were one of which nothing could be read.
    stranger.owner = null;
    const order: ChainKey[] = [];
    while (anna.works.length > 0) {
      const work = anna.works.shift()!;
      if (work.kind !== 'read') continue;
      order.push(work.chain);
      const result = {
        kind: 'read',
        next: work.from + 1,
        events: [],
        end: 'all',
        writes: [],
      } as const;
      act(peers, anna, { kind: 'worked', work, result }, 400);
    }
    expect(mallory.works).toEqual([]);
    // What was under way is carried on; then all of Cleo’s, then the rest.
    expect(order.slice(1, 6)).toEqual(Array.from({ length: 5 }, () => chains[1]));
    expect(order.slice(6)).toEqual(Array.from({ length: 4 }, () => chains[0]));
  });
});

describe('what mixes in a key that is not here', () => {
  it('waits, is looked at again, and in the end is asked for', () => {
    const peers = talking();
    const [anna, bob] = peers;
    const { answer } = anna;
    readingEnds(anna, lackingKey);
    act(peers, bob, says('locked'), 400);
    const reader = readerOf(anna, bob);
    expect(reader).toMatchObject({ waits: 'psk', isIn: true });
    const before = reader.next;
    const reads = (): number => readsOf(anna);
    const tried = reads();
    tick(peers, 500);
    expect(reads()).toBe(tried);
    expect(nextWakeMs(anna.state, anna.now(500))).toBeLessThanOrEqual(2_500);
    tick(peers, 2_500);
    expect(reads()).toBe(tried + 1);
    for (let at = 2; at < 40 && reader.isIn; at += 1) tick(peers, at * 2_500);
    expect(reader).toMatchObject({ isIn: false, next: before });
    expect(anna.store.value(readerValueKey(SESSION, reader.chain))).toBeNull();
    expect(againOf(anna)).toBe(1);
    anna.answer = answer;
    tick(peers, 120_000);
    act(peers, bob, says('can you read me now?'), 121_000);
    expect(shownTo(anna)).toContain('can you read me now?');
  });

  it('is read as soon as something is read elsewhere', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob, cleo]);
    for (const [at, peer] of peers.entries()) act(peers, peer, says(peer.id), 200 + at);
    let locked: ChainKey | null = sessionOf(bob).own!.chain;
    anna.answer = (work) => {
      const result = plainly(anna)(work);
      const isLocked = work.kind === 'read' && work.chain === locked;
      return isLocked && result.kind === 'read' ? lackingKey(result) : result;
    };
    act(peers, bob, says('locked'), 400);
    expect(shownTo(anna)).not.toContain('locked');
    locked = null;
    act(peers, cleo, says('the key'), 401);
    expect(shownTo(anna).slice(-2)).toEqual(['the key', 'locked']);
  });
});

describe('a group that was lost', () => {
  it('is asked for at once, and then at most once a minute', () => {
    const peers = talking();
    const [anna, bob] = peers;
    readingEnds(anna, broken);
    for (let at = 0; at < 60; at += 1) act(peers, bob, says(`line ${at}`), 1_000 + at * 1_000);
    expect(againOf(anna)).toBe(1);
    expect(readerOf(anna, bob).isIn).toBe(false);
    tick(peers, 1_000 + LIMITS.letInAgainMsMin);
    act(peers, bob, says('still nothing?'), 62_000);
    expect(againOf(anna)).toBe(2);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });

  it('is asked for no more often if it is lost again after every welcome', () => {
    const peers = talking();
    const [anna, bob] = peers;
    // She loses it, is let in, loses it with the next message, and so on.
    let count = 0;
    anna.answer = (work) => {
      const result = plainly(anna)(work);
      if (result.kind !== 'read' || work.kind !== 'read') return result;
      count += 1;
      if (count % 2 === 0) return result;
      const key = readerValueKey(SESSION, work.chain);
      return { ...broken(result), writes: [{ kind: 'value', key, value: null }] };
    };
    for (let at = 0; at < 50; at += 1) act(peers, bob, says(`line ${at}`), 1_000 + at * 1_000);
    expect(againOf(anna)).toBe(1);
  });

  it('is asked for no more often if reading fails every time', () => {
    const peers = talking();
    const [anna, bob] = peers;
    const { answer } = anna;
    let failures = 0;
    anna.answer = (work) => {
      if (work.kind !== 'read') return answer!(work);
      failures += 1;
      return { kind: 'failed', reason: 'bad-state' };
    };
    for (let at = 0; at < 50; at += 1) act(peers, bob, says(`line ${at}`), 1_000 + at * 1_000);
    expect(againOf(anna)).toBe(1);
    expect(failures).toBeLessThan(200);
    anna.answer = answer;
    tick(peers, 62_000);
    act(peers, bob, says('better?'), 63_000);
    expect(shownTo(anna)).toContain('better?');
  });
});
