// Claims of the store contract about forgetting a conversation: all of it, and nothing else.

import { describe, expect, test } from 'vitest';
import type { ConversationId, Store, Write } from '@parley/core';
import { ALL_BYTES, TestChain, chainOf, newConversation, sealedChain } from './store-entries.ts';
import { claimTwice, storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

const drop = (conversation: ConversationId): Write => ({ kind: 'drop', conversation });

/** A chain whose entries are: said, from the future, sealed, opened. */
function mixedChain(conversation: ConversationId): { chain: TestChain; writes: Write[] } {
  const chain = new TestChain(conversation);
  chain.say(['word said']);
  chain.say(['word of the future'], { ms: 500 });
  for (const _ of [2, 3]) chain.say(['cipher'], { keyId: 1 });
  const writes = [
    chain.write(0, 1),
    chain.write(1, 2, { parked: true }),
    chain.write(2, 4, { sealed: true }),
    chain.opened(3, ['word opened', 'word too']),
  ];
  return { chain, writes };
}

/** All that can be asked of a chain and its conversation. */
function told(store: Store, { chain, entries }: TestChain, conversation: ConversationId): unknown {
  const query = { chain, from: 0, to: entries.length, bytesMax: ALL_BYTES };
  return {
    chains: store.chains().filter((record) => record.chain === chain),
    up: store.run({ ...query, direction: 'up' }),
    down: store.run({ ...query, direction: 'down' }),
    entries: entries.map(({ id }) => store.entry(id)).filter((entry) => entry !== null),
    window: store.window({ conversation, entriesMax: 99 }),
    count: store.count(conversation),
    parkedMs: store.nextParkedMs(conversation),
    hits: store.search('word', conversation, 99),
    sealed: store.search('cipher', conversation, 99),
  };
}

const nothing = {
  chains: [],
  up: [],
  down: [],
  entries: [],
  window: [],
  count: { entries: 0, lines: 0 },
  parkedMs: null,
  hits: [],
  sealed: [],
};

export function dropClaims(make: MakeStore): void {
  describe('a dropped conversation', () => {
    forgettingClaims(make);
    arrivalClaims(make);
    againClaims(make);
    refusalClaims(make);
  });
}

function forgettingClaims(make: MakeStore): void {
  test.each([
    ['indexed', Number.MAX_SAFE_INTEGER],
    ['indexed in part', 1],
    ['not indexed yet', 0],
  ])('is forgotten with all it had, and only that: %s', async (_name, entriesMax) => {
    const made = await storeForTest(make);
    const [kept, dropped] = [newConversation(), newConversation()];
    const [own, other] = [mixedChain(dropped), mixedChain(kept)];
    made.store.commit([...own.writes, ...other.writes]);
    made.store.indexSome(entriesMax);
    made.store.commit([drop(dropped)]);
    await claimTwice(made, (held) => {
      expect(told(held, own.chain, dropped)).toEqual(nothing);
      expect(told(held, other.chain, kept)).toMatchObject({
        chains: [other.chain.record()],
        up: other.chain.entries,
        count: { entries: 2, lines: 3 },
        parkedMs: 500,
      });
      expect(held.search('word', null, 2)).toHaveLength(2);
      expect(held.search('word', kept, 99)).toHaveLength(3);
      expect(held.arrivals(0, 99).map(({ arrival }) => arrival)).toEqual([3, 4]);
    });
  });

  test('may be one that nobody knows', async () => {
    const { store } = await storeForTest(make);
    const chain = chainOf(newConversation(), ['one']);
    store.commit([chain.write(), drop(newConversation())]);
    expect(store.chains()).toEqual([chain.record()]);
  });
}

function arrivalClaims(make: MakeStore): void {
  test('leaves its arrival numbers unused: none is given twice', async () => {
    const { store, reopen } = await storeForTest(make);
    const [early, late] = [newConversation(), newConversation()];
    const [first, last] = [
      chainOf(early, ['word a', 'word b']),
      chainOf(late, ['word c', 'word d']),
    ];
    store.commit([first.write(0, 1), last.write()]);
    store.commit([drop(late)]);
    expect(store.lastArrival()).toBe(3);
    const again = await reopen();
    expect(again.lastArrival()).toBe(3);
    expect(again.search('word', null, 9)).toHaveLength(1);
    again.commit([first.write(1, 2)]);
    expect(again.arrivals(0, 9).map(({ arrival }) => arrival)).toEqual([1, 4]);
    expect(again.arrivals(1, 1).map(({ arrival }) => arrival)).toEqual([4]);
    expect(again.search('word', null, 9).map(({ stored }) => stored.arrival)).toEqual([4, 1]);
  });

  test('leaves nothing to be indexed, even if it was the newest', async () => {
    const { store } = await storeForTest(make);
    const conversation = newConversation();
    store.commit([chainOf(conversation, ['a', 'b', 'c']).write(), drop(conversation)]);
    for (let step = 0; step < 5 && store.indexSome(1) > 0; step += 1);
    expect(store.indexSome(1)).toBe(0);
    store.commit([chainOf(newConversation(), ['new']).write()]);
    expect(store.indexSome(1)).toBe(0);
    expect(store.search('new', null, 9)).toHaveLength(1);
  });
}

function againClaims(make: MakeStore): void {
  test('can begin anew with the same chains, in the same commit or later', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const { chain, writes } = mixedChain(conversation);
    made.store.commit(writes);
    const before = summary(made.store, chain, conversation);
    made.store.commit([drop(conversation), ...writes]);
    expect(summary(made.store, chain, conversation)).toEqual(before);
    made.store.commit([drop(conversation)]);
    made.store.commit(writes);
    await claimTwice(made, (held) => {
      expect(summary(held, chain, conversation)).toEqual(before);
      expect(held.arrivals(0, 9).map(({ arrival }) => arrival)).toEqual([5, 6]);
      expect(held.search('word', null, 99)).toHaveLength(3);
    });
  });

  test('lets its chains go, to any conversation', async () => {
    const { store } = await storeForTest(make);
    const [here, there] = [newConversation(), newConversation()];
    const record = chainOf(here, ['one']).record();
    store.commit([{ kind: 'chain', chain: record }]);
    const moved = { ...record, conversation: there };
    store.commit([drop(here), { kind: 'chain', chain: moved }]);
    expect(store.chains()).toEqual([moved]);
  });
}

function refusalClaims(make: MakeStore): void {
  test('is all there again when the batch is refused, its chains in their places', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const { chain, writes } = mixedChain(conversation);
    const after = sealedChain(newConversation(), 1);
    made.store.commit([...writes, after.write(0, 1)]);
    const before = told(made.store, chain, conversation);
    const batch = [drop(conversation), ...writes, after.opened(0, ['not sealed'])];
    expect(() => made.store.commit(batch)).toThrow('not sealed');
    await claimTwice(made, (held) => {
      expect(told(held, chain, conversation)).toEqual(before);
      expect(held.chains().map((record) => record.chain)).toEqual([chain.chain, after.chain]);
      expect(held.lastArrival()).toBe(3);
    });
  });
}

/** What is told of a chain, but for the arrival numbers. */
function summary(store: Store, chain: TestChain, conversation: ConversationId): object {
  return JSON.parse(
    JSON.stringify(told(store, chain, conversation), (key, value: unknown) =>
      key === 'arrival' ? undefined : value,
    ),
  ) as object;
}
