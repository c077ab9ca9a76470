// Claims of the store contract about forgetting the oldest entries of a chain: those, and nothing else.

import { describe, expect, test } from 'vitest';
import type { Write } from '@parley/core';
import { bytesOf, encodeLines } from '@parley/core';
import { ALL_BYTES, TestChain, chainOf, newConversation, sealedChain } from './store-entries.ts';
import { claimTwice, storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

const prune = (chain: TestChain, floor: number): Write => {
  return { kind: 'prune', chain: chain.record(floor) };
};

/** Words of which each entry has one of its own and one that all have, a second apart. */
function wordsOf(count: number, chain: TestChain = new TestChain(newConversation())): TestChain {
  for (let at = 0; at < count; at += 1) chain.say([`all w${at}`, 'more'], { ms: at * 1_000 });
  return chain;
}

export function pruneClaims(make: MakeStore): void {
  describe('the oldest entries of a chain', () => {
    oldestClaims(make);
    forgettingClaims(make);
    allClaims(make);
    restClaims(make);
  });
}

function oldestClaims(make: MakeStore): void {
  test('are those of before a time, below a number, and so many', async () => {
    const made = await storeForTest(make);
    const chain = wordsOf(10);
    made.store.commit([chain.write()]);
    const all = { chain: chain.chain, beforeMs: 1e12, below: 1e9, entriesMax: 99 };
    const old = (to: number, from = 0): unknown => {
      const bytes = bytesOf(chain.entries.slice(from, to));
      return { from, to, lastId: chain.at(to - 1).id, bytes };
    };
    await claimTwice(made, (held) => {
      expect(held.oldest(all)).toEqual(old(10));
      expect(held.oldest({ ...all, beforeMs: 4_000 })).toEqual(old(4));
      expect(held.oldest({ ...all, beforeMs: 4_001 })).toEqual(old(5));
      expect(held.oldest({ ...all, below: 3 })).toEqual(old(3));
      expect(held.oldest({ ...all, entriesMax: 2 })).toEqual(old(2));
      expect(held.oldest({ ...all, beforeMs: 0 })).toBeNull();
      expect(held.oldest({ ...all, below: 0 })).toBeNull();
      expect(held.oldest({ ...all, chain: wordsOf(1).chain })).toBeNull();
    });
    const { store } = await storeForTest(make);
    store.commit([chain.write(), prune(chain, 4)]);
    expect(store.oldest({ ...all, entriesMax: 3 })).toEqual(old(7, 4));
  });
}

function forgettingClaims(make: MakeStore): void {
  test.each([
    ['indexed', Number.MAX_SAFE_INTEGER],
    ['indexed in part', 2],
    ['not indexed yet', 0],
  ])('are forgotten wherever they were, and only they: %s', async (_name, entriesMax) => {
    const made = await storeForTest(make);
    const [chain, other] = [wordsOf(6), wordsOf(3)];
    made.store.commit([chain.write(0, 5), other.write(), chain.write(5)]);
    made.store.indexSome(entriesMax);
    made.store.commit([prune(chain, 4)]);
    const { conversation } = chain.record();
    await claimTwice(made, (held) => {
      expect(held.chains()).toEqual([chain.record(4), other.record()]);
      expect(chain.entries.map(({ id }) => held.entry(id)?.entry.id ?? null)).toEqual([
        null,
        null,
        null,
        null,
        ...chain.entries.slice(4).map(({ id }) => id),
      ]);
      expect(held.window({ conversation, entriesMax: 9 }).map(({ entry }) => entry)).toEqual(
        chain.entries.slice(4),
      );
      expect(held.arrivals(0, 99).map(({ arrival }) => arrival)).toEqual([5, 6, 7, 8, 9]);
      expect(held.count(conversation)).toEqual({ entries: 2, lines: 4 });
      expect(held.search('w1', conversation, 9)).toEqual([]);
      expect(held.search('w1', null, 9)).toHaveLength(1);
      expect(held.search('all', conversation, 9)).toHaveLength(2);
      const query = { chain: chain.chain, to: 6, bytesMax: ALL_BYTES } as const;
      expect(held.run({ ...query, from: 0, direction: 'up' })).toEqual([]);
      expect(held.run({ ...query, from: 4, direction: 'up' })).toEqual(chain.entries.slice(4));
      expect(held.run({ ...query, from: 0, direction: 'down' })).toEqual(chain.entries.slice(4));
    });
  });
}

function allClaims(make: MakeStore): void {
  test('may be all of them, and what comes after finds its place', async () => {
    const made = await storeForTest(make);
    const chain = wordsOf(3);
    const { conversation } = chain.record();
    made.store.commit([chain.write(), prune(chain, 3)]);
    expect(made.store.lastArrival()).toBe(3);
    const again = await made.reopen();
    expect(again.lastArrival()).toBe(3);
    expect(again.chains()).toEqual([chain.record(3)]);
    expect(again.count(conversation)).toEqual({ entries: 0, lines: 0 });
    const next = chain.say(['after'], { ms: 9_000 });
    again.commit([{ ...chain.write(3), chain: chain.record(3) } as Write]);
    expect(again.arrivals(0, 9).map(({ arrival, entry }) => [arrival, entry.id])).toEqual([
      [4, next.id],
    ]);
  });

  test('go with what they turned out to say, and from among the parked and the sealed', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const chain = sealedChain(conversation, 4);
    const words = [encodeLines([{ type: 'say', text: 'word' }])];
    made.store.commit([
      chain.write(0, 1, { sealed: true }),
      chain.opened(0, ['word', 'word']),
      chain.write(1, 2, { sealed: true }),
      chain.write(2, 3, { opened: words }),
      chain.write(3, 4, { parked: true, opened: words }),
    ]);
    expect(made.store.count(conversation)).toEqual({ entries: 2, lines: 3 });
    made.store.commit([prune(chain, 4)]);
    made.store.commit([{ kind: 'unpark', conversation, throughMs: 1e9 }]);
    await claimTwice(made, (held) => {
      expect(held.count(conversation)).toEqual({ entries: 0, lines: 0 });
      expect(held.nextParkedMs(conversation)).toBeNull();
      expect(held.search('word', null, 9)).toEqual([]);
      expect(chain.entries.map(({ id }) => held.entry(id))).toEqual([null, null, null, null]);
    });
  });
}

function restClaims(make: MakeStore): void {
  test('may be stored anew', async () => {
    const made = await storeForTest(make);
    const chain = wordsOf(3);
    made.store.commit([chain.write(), prune(chain, 2)]);
    made.store.commit([chain.write(0, 2)]);
    await claimTwice(made, (held) => {
      expect(held.arrivals(0, 9).map(({ entry }) => entry.header.seq)).toEqual([2, 0, 1]);
      expect(held.search('w0', null, 9)).toHaveLength(1);
    });
  });

  test('are there still if their batch failed', async () => {
    const made = await storeForTest(make);
    const [chain, elsewhere] = [wordsOf(3), chainOf(newConversation(), ['one'])];
    made.store.commit([chain.write(), elsewhere.write()]);
    const bad: Write = {
      kind: 'chain',
      chain: { ...elsewhere.record(), conversation: newConversation() },
    };
    expect(() => made.store.commit([prune(chain, 2), bad])).toThrow('another conversation');
    await claimTwice(made, (held) => {
      expect(held.arrivals(0, 9)).toHaveLength(4);
      expect(held.chains()).toEqual([chain.record(), elsewhere.record()]);
      expect(held.search('w0', null, 9)).toHaveLength(1);
      expect(held.count(chain.record().conversation)).toEqual({ entries: 3, lines: 6 });
    });
  });
}
