// Claims of the store contract about entries from the future: kept and served, but not shown before
// their time.

import { describe, expect, test } from 'vitest';
import type { Store } from '@parley/core';
import { ALL_BYTES, TestChain, chainOf, newConversation } from './store-entries.ts';
import { claimTwice, storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

const parked = { parked: true } as const;

function arrivedIds(store: Store): string[] {
  return store.arrivals(0, 100).map(({ entry }) => entry.id);
}

export function parkingClaims(make: MakeStore): void {
  describe('parked entries', () => {
    absenceClaims(make);
    releaseClaims(make);
  });
}

function absenceClaims(make: MakeStore): void {
  test('are served and found by id, and otherwise not there', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const chain = chainOf(conversation, ['now', 'future']);
    made.store.commit([chain.write(0, 1), chain.write(1, 2, parked)]);
    const [now, future] = [chain.at(0), chain.at(1)];
    await claimTwice(made, (held) => {
      expect(arrivedIds(held)).toEqual([now.id]);
      expect(held.lastArrival()).toBe(1);
      expect(held.window({ conversation, entriesMax: 9 })).toHaveLength(1);
      expect(held.search('future', null, 9)).toEqual([]);
      expect(held.count(conversation)).toEqual({ entries: 1, lines: 1 });
      expect(held.entry(future.id)).toMatchObject({ entry: future, arrival: 0 });
      const query = { chain: chain.chain, from: 0, to: 2, bytesMax: ALL_BYTES };
      expect(held.run({ ...query, direction: 'up' })).toEqual([now, future]);
      expect(held.run({ ...query, direction: 'down' })).toEqual([now, future]);
    });
  });
}

function releaseClaims(make: MakeStore): void {
  test('arrive in the order on screen when their time has come, and no sooner', async () => {
    const { store, reopen } = await storeForTest(make);
    const conversation = newConversation();
    const [early, late] = [new TestChain(conversation), new TestChain(conversation)];
    for (const ms of [300, 100, 200]) late.say([`late ${ms}`], { ms });
    for (const ms of [150, 250]) early.say([`early ${ms}`], { ms });
    const elsewhere = chainOf(newConversation(), ['elsewhere']);
    store.commit([
      late.write(0, 3, parked),
      early.write(0, 2, parked),
      elsewhere.write(0, 1, parked),
    ]);
    expect(store.nextParkedMs(conversation)).toBe(100);

    store.commit([{ kind: 'unpark', conversation, throughMs: 99 }]);
    expect(store.lastArrival()).toBe(0);
    store.commit([{ kind: 'unpark', conversation, throughMs: 200 }]);
    const [l300, l100, l200] = late.entries.map(({ id }) => id);
    const [e150, e250] = early.entries.map(({ id }) => id);
    expect(arrivedIds(store)).toEqual([l100, e150, l200]);
    expect(store.count(conversation)).toEqual({ entries: 3, lines: 3 });
    expect(store.search('late 200', null, 9)).toHaveLength(1);

    const again = await reopen();
    expect(again.nextParkedMs(conversation)).toBe(250);
    again.commit([{ kind: 'unpark', conversation, throughMs: 1_000 }]);
    expect(arrivedIds(again)).toEqual([l100, e150, l200, e250, l300]);
    expect(again.nextParkedMs(conversation)).toBeNull();
    const shown = again.window({ conversation, entriesMax: 9 }).map(({ entry }) => entry.id);
    expect(shown).toEqual([l100, e150, l200, e250, l300]);
  });

  test('put twice are parked once, and not parked again once they have arrived', async () => {
    const { store } = await storeForTest(make);
    const conversation = newConversation();
    const chain = chainOf(conversation, ['future']);
    store.commit([chain.write(0, 1, parked), chain.write(0, 1, parked), chain.write(0, 1)]);
    expect(store.lastArrival()).toBe(0);
    store.commit([{ kind: 'unpark', conversation, throughMs: 1_000 }]);
    store.commit([chain.write(0, 1, parked)]);
    expect(store.nextParkedMs(conversation)).toBeNull();
    expect(arrivedIds(store)).toEqual([chain.at(0).id]);
  });

  test('of a conversation without any are none', async () => {
    const { store } = await storeForTest(make);
    const conversation = newConversation();
    store.commit([{ kind: 'unpark', conversation, throughMs: 1_000 }]);
    expect(store.nextParkedMs(conversation)).toBeNull();
    expect(store.lastArrival()).toBe(0);
  });
}
