// The store in memory keeps the contract of stores, and fails exactly as it is told to.

import { describe, expect, test } from 'vitest';
import { StoreError } from '@parley/core';
import type { Store, Write } from '@parley/core';
import { MemoryDisk } from '../src/memory-store.ts';
import type { MemoryStore } from '../src/memory-store.ts';
import { storeContract } from '../src/store-contract.ts';
import { chainOf, newConversation, sealedChain } from '../src/store-entries.ts';

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

const meta = (text: string): Write => ({ kind: 'meta', key: 'key', value: text });

function value(byte: number | null): Write {
  return { kind: 'value', key: 'state', value: byte === null ? null : Uint8Array.of(byte) };
}

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
    const secret = sealedChain(newConversation(), 2);
    store.commit([
      chain.write(0, 1),
      meta('synced'),
      unsigned.write(),
      future.write(0, 1, { parked: true }),
      { kind: 'peer', peer },
      secret.write(0, 2, { sealed: true }),
      secret.opened(0, ['opened']),
      value(1),
    ]);
    store.sync();
    const state = (): unknown => ({
      chains: store.chains(),
      arrivals: store.arrivals(0, 99),
      window: store.window({ conversation, entriesMax: 99 }),
      count: store.count(conversation),
      parked: store.nextParkedMs(conversation),
      meta: store.meta('key'),
      values: store.values(''),
      opened: store.search('opened', null, 9),
      sealed: store.entry(secret.at(1).id),
      peers: store.peers(),
      proofs: store.proofs(),
      covered: store.entry(covered.id),
      second: store.entry(chain.entries[1]!.id),
    });
    const synced = state();
    store.commit([chain.write(1, 2), meta('lost'), secret.opened(1, ['opened too']), value(2)]);
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
      { kind: 'drop', conversation: secret.at(0).header.conversation },
      value(null),
      { kind: 'forgetPeer', peer: peer.peer },
      { kind: 'proof', proof: { chain: chain.chain, bytes: new Uint8Array(1) } },
    ]);
    expect(state()).not.toEqual(synced);
    disk.crash('power');
    const again = disk.open();
    Object.assign(store, again);
    expect(state()).toEqual(synced);
    expect(again.commit([chain.write(1, 2)])).toBe(1);
    expect(again.lastArrival()).toBe(4);
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

/** A disk with something of every kind on it, and what can be asked of a store on it. */
function full(): { store: MemoryStore; tell: (from: Store) => unknown; more: Write[] } {
  const [conversation, gone] = [newConversation(), newConversation()];
  const [plain, future] = [chainOf(conversation, ['said', 'more']), chainOf(conversation, ['f'])];
  const secret = sealedChain(conversation, 2);
  const store = new MemoryDisk().open();
  store.commit([chainOf(gone, ['gone']).write(), plain.write(0, 1), meta('kept')]);
  store.commit([
    future.write(0, 1, { parked: true }),
    secret.write(0, 2, { sealed: true }),
    secret.opened(0, ['opened'], { arrivedMs: 9, late: true }),
    value(1),
    { kind: 'peer', peer: { peer: 'p' as never, addresses: ['a'], lastSeenMs: 1 } },
    { kind: 'proof', proof: { chain: plain.chain, bytes: new Uint8Array(1) } },
    { kind: 'drop', conversation: gone },
  ]);
  const tell = (from: Store): unknown => ({
    chains: from.chains(),
    arrivals: from.arrivals(0, 99),
    last: from.lastArrival(),
    window: from.window({ conversation, entriesMax: 99 }),
    count: from.count(conversation),
    parkedMs: from.nextParkedMs(conversation),
    entries: [...secret.entries, ...future.entries].map(({ id }) => from.entry(id)),
    remembered: [from.meta('key'), from.values(''), from.peers(), from.proofs()],
  });
  const more: Write[] = [
    plain.write(1, 2),
    secret.opened(1, ['too']),
    { kind: 'unpark', conversation, throughMs: 9 },
    value(null),
  ];
  return { store, tell, more };
}

describe('a copy of a disk', () => {
  test('holds all that it holds, and goes on as it would', () => {
    const { store, tell, more } = full();
    const copy = store.copy().open();
    expect(tell(copy)).toEqual(tell(store));
    for (const each of [copy, store]) each.commit(more);
    expect(copy.lastArrival()).toBe(6);
    expect(tell(copy)).toEqual(tell(store));
  });

  test('stays as it is, whatever becomes of the other, and after a power cut too', () => {
    const { store, tell, more } = full();
    const disk = store.copy();
    const before = tell(store);
    store.commit(more);
    disk.crash('power');
    expect(tell(disk.open())).toEqual(before);
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
