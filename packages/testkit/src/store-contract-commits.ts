// Claims of the store contract about commits: numbered, all or nothing, durable, and the same entry
// only once.

import { describe, expect, test, vi } from 'vitest';
import type { Store, Write } from '@parley/core';
import { ALL_BYTES, TestChain, chainOf, newConversation } from './store-entries.ts';
import { claimTwice, storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

const meta = (value: string): Write => ({ kind: 'meta', key: 'key', value });

function idsOf(store: Store): string[] {
  return store.arrivals(0, 100).map(({ entry }) => entry.id);
}

export function commitClaims(make: MakeStore): void {
  describe('commits', () => {
    test('are numbered 1, 2, 3 from each opening on', async () => {
      const { store, reopen } = await storeForTest(make);
      expect([store.commit([meta('a')]), store.commit([]), store.commit([meta('b')])]).toEqual([
        1, 2, 3,
      ]);
      const again = await reopen();
      expect(again.commit([meta('c')])).toBe(1);
    });

    test('are reported as synced, in rising order, up to the last', async () => {
      const { store } = await storeForTest(make);
      const synced: number[] = [];
      store.onSynced((commit) => synced.push(commit));
      for (let count = 0; count < 20; count += 1) store.commit([meta(`${count}`)]);
      await vi.waitFor(() => expect(synced.at(-1)).toBe(20), { timeout: 5_000, interval: 5 });
      store.commit([meta('later')]);
      await vi.waitFor(() => expect(synced.at(-1)).toBe(21), { timeout: 5_000, interval: 5 });
      expect(synced).toEqual([...new Set(synced)].toSorted((left, right) => left - right));
    });

    test('are synced when the store has closed', async () => {
      const { store } = await storeForTest(make);
      const synced: number[] = [];
      store.onSynced((commit) => synced.push(commit));
      store.commit([meta('a')]);
      store.commit([meta('b')]);
      await store.close();
      expect(synced.at(-1)).toBe(2);
    });

    atomicityClaims(make);
    repetitionClaims(make);

    test('survive closing, all of them', async () => {
      const { store, reopen } = await storeForTest(make);
      const conversation = newConversation();
      const chain = chainOf(conversation, ['one', 'two', 'three']);
      const future = chainOf(conversation, ['later']);
      store.commit([chain.write(0, 2, { arrivedMs: 7, late: true }), meta('kept')]);
      store.commit([chain.write(2, 3), future.write(0, 1, { parked: true })]);
      const everything = (from: Store): unknown => ({
        chains: from.chains(),
        arrivals: from.arrivals(0, 100),
        window: from.window({ conversation, entriesMax: 100 }),
        last: from.lastArrival(),
        parked: from.nextParkedMs(conversation),
        count: from.count(conversation),
        hits: from.search('two', null, 10),
        meta: from.meta('key'),
      });
      const before = everything(store);
      expect(everything(await reopen())).toEqual(before);
    });

    test('end with closing, which may be repeated', async () => {
      const { store } = await storeForTest(make);
      store.commit([meta('a')]);
      await store.close();
      await store.close();
      expect(() => store.commit([meta('b')])).toThrow('closed');
    });
  });
}

function atomicityClaims(make: MakeStore): void {
  test('keep nothing of a batch one write of which is refused', async () => {
    const made = await storeForTest(make);
    const { store } = made;
    const conversation = newConversation();
    const elsewhere = chainOf(newConversation(), ['held']);
    store.commit([elsewhere.write(), meta('before')]);
    const chain = chainOf(conversation, ['lost']);
    const misplaced = { ...elsewhere.record(), conversation };
    const batch: Write[] = [
      meta('after'),
      chain.write(),
      { kind: 'peer', peer: { peer: 'p' as never, addresses: [], lastSeenMs: 1 } },
      { kind: 'chain', chain: misplaced },
    ];
    expect(() => store.commit(batch)).toThrow('another conversation');
    await claimTwice(made, (now) => {
      expect(now.meta('key')).toBe('before');
      expect(idsOf(now)).toEqual(elsewhere.entries.map(({ id }) => id));
      expect(now.chains()).toEqual([elsewhere.record()]);
      expect(now.peers()).toEqual([]);
      expect(now.count(conversation)).toEqual({ entries: 0, lines: 0 });
      expect(now.window({ conversation, entriesMax: 9 })).toEqual([]);
    });
  });

  test('go on after a refused one as if it had not been', async () => {
    const { store, reopen } = await storeForTest(make);
    const chain = chainOf(newConversation(), ['one', 'two']);
    const rival = chainOf(newConversation(), ['rival']);
    const misplaced = { ...chain.record(), conversation: newConversation() };
    store.commit([chain.write(0, 1)]);
    const refused: Write[] = [rival.write(), { kind: 'chain', chain: misplaced }];
    expect(() => store.commit(refused)).toThrow('another conversation');
    expect(store.commit([chain.write(1, 2)])).toBe(2);
    const again = await reopen();
    expect(again.arrivals(0, 9).map(({ arrival }) => arrival)).toEqual([1, 2]);
    expect(idsOf(again)).toEqual(chain.entries.map(({ id }) => id));
  });
}

function repetitionClaims(make: MakeStore): void {
  test('ignore an entry that is held already, and keep when it first arrived', async () => {
    const { store } = await storeForTest(make);
    const conversation = newConversation();
    const chain = chainOf(conversation, ['one', 'two', 'three']);
    store.commit([chain.write(0, 2, { arrivedMs: 1 })]);
    store.commit([chain.write(0, 3, { arrivedMs: 2, late: true })]);
    const arrived = store
      .arrivals(0, 9)
      .map(({ arrival, arrivedMs, late }) => [arrival, arrivedMs, late]);
    expect(arrived).toEqual([
      [1, 1, false],
      [2, 1, false],
      [3, 2, true],
    ]);
    expect(store.count(conversation)).toEqual({ entries: 3, lines: 3 });
    expect(store.window({ conversation, entriesMax: 9 })).toHaveLength(3);
    expect(store.search('two', null, 9)).toHaveLength(1);
  });

  test('refuse another entry in a place that is taken', async () => {
    const { store } = await storeForTest(make);
    const chain = chainOf(newConversation(), ['one']);
    store.commit([chain.write()]);
    const fork = new TestChain(newConversation());
    const other = fork.say(['other']);
    const write: Write = { ...chain.write(), kind: 'entries', entries: [other] } as Write;
    expect(() => store.commit([write])).toThrow('another entry');
    const held = store.run({
      chain: chain.chain,
      from: 0,
      to: 1,
      direction: 'up',
      bytesMax: ALL_BYTES,
    });
    expect(held.map(({ id }) => id)).toEqual([chain.entries[0]?.id]);
  });
}
