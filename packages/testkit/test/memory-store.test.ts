// The store in memory keeps the contract of stores, and fails exactly as it is told to.

import { describe, expect, test } from 'vitest';
import { StoreError } from '@parley/core';
import type { Write } from '@parley/core';
import { MemoryDisk } from '../src/memory-store.ts';
import { storeContract } from '../src/store-contract.ts';
import { chainOf, newConversation } from '../src/store-entries.ts';

storeContract('the store in memory', async () => {
  const disk = new MemoryDisk({ sync: 'soon' });
  const store = disk.open();
  return {
    store,
    reopen: async () => {
      await store.close();
      return disk.open();
    },
    dispose: async () => {},
  };
});

const meta = (value: string): Write => ({ kind: 'meta', key: 'key', value });

describe('a crash', () => {
  test('by kill keeps every commit', () => {
    const disk = new MemoryDisk();
    const chain = chainOf(newConversation(), ['one', 'two']);
    disk.open().commit([chain.write()]);
    disk.crash('kill');
    expect(
      disk
        .open()
        .arrivals(0, 9)
        .map(({ entry }) => entry),
    ).toEqual(chain.entries);
  });

  test('by loss of power takes the commits since the last sync, of every kind', () => {
    const disk = new MemoryDisk();
    const store = disk.open();
    const conversation = newConversation();
    const chain = chainOf(conversation, ['one', 'two', 'three']);
    const future = chainOf(conversation, ['future']);
    const unsigned = chainOf(conversation, []);
    const covered = unsigned.say(['covered'], { signed: false });
    const peer = { peer: 'p' as never, addresses: ['a'], lastSeenMs: 1 };
    store.commit([
      chain.write(0, 1),
      meta('synced'),
      unsigned.write(),
      future.write(0, 1, { parked: true }),
      { kind: 'peer', peer },
    ]);
    store.sync();
    const state = (): unknown => ({
      chains: store.chains(),
      arrivals: store.arrivals(0, 99),
      window: store.window({ conversation, entriesMax: 99 }),
      count: store.count(conversation),
      parked: store.nextParkedMs(conversation),
      meta: store.meta('key'),
      peers: store.peers(),
      proofs: store.proofs(),
      covered: store.entry(covered.id),
      second: store.entry(chain.entries[1]!.id),
    });
    const synced = state();
    store.commit([chain.write(1, 2), meta('lost')]);
    store.commit([
      chain.write(2, 3),
      chainOf(newConversation(), ['elsewhere']).write(),
      { kind: 'unpark', conversation, throughMs: 1_000 },
      {
        kind: 'signature',
        chain: unsigned.chain,
        seq: 0,
        id: covered.id,
        signature: new Uint8Array(64),
      },
      { kind: 'forgetPeer', peer: peer.peer },
      { kind: 'proof', proof: { chain: chain.chain, bytes: new Uint8Array(1) } },
    ]);
    expect(state()).not.toEqual(synced);
    disk.crash('power');
    const again = disk.open();
    Object.assign(store, again);
    expect(state()).toEqual(synced);
    expect(again.commit([chain.write(1, 2)])).toBe(1);
    expect(again.lastArrival()).toBe(3);
  });

  test('by loss of power after a kill takes what the killed process had not synced', () => {
    const disk = new MemoryDisk();
    disk.open().commit([meta('unsynced')]);
    disk.crash('kill');
    expect(disk.open().meta('key')).toBe('unsynced');
    disk.crash('power');
    expect(disk.open().meta('key')).toBeNull();
  });

  test('leaves a store that can only throw', () => {
    const disk = new MemoryDisk();
    const store = disk.open();
    disk.crash('kill');
    expect(() => store.commit([])).toThrow('crashed');
    expect(() => store.chains()).toThrow('crashed');
    const second = disk.open();
    disk.open();
    expect(() => second.meta('key')).toThrow('another store');
  });
});

describe('a sync', () => {
  test('happens when it is called for, and tells the listener the last commit', () => {
    const store = new MemoryDisk().open();
    const synced: number[] = [];
    store.onSynced((commit) => synced.push(commit));
    store.commit([meta('a')]);
    store.commit([meta('b')]);
    expect(synced).toEqual([]);
    store.sync();
    store.sync();
    expect(synced).toEqual([2]);
  });
});

describe('a disk told to fail', () => {
  test('keeps nothing of the next commit and goes on with the one after', () => {
    const disk = new MemoryDisk();
    const store = disk.open();
    const chain = chainOf(newConversation(), ['one']);
    disk.failNextCommit();
    expect(() => store.commit([meta('lost'), chain.write()])).toThrow(StoreError);
    expect(store.meta('key')).toBeNull();
    expect(store.lastArrival()).toBe(0);
    expect(store.commit([meta('kept'), chain.write()])).toBe(1);
    disk.failNextCommit('io');
    expect(() => store.commit([])).toThrow(expect.objectContaining({ code: 'io' }));
  });
});
