// Claims of the store contract about ciphertext: kept and served, but not shown before it is opened.

import { describe, expect, test } from 'vitest';
import { encodeLines } from '@parley/core';
import type { Store, StoredEntry, Write } from '@parley/core';
import { ALL_BYTES, TestChain, chainOf, newConversation, sealedChain } from './store-entries.ts';
import { claimTwice, storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

const sealed = { sealed: true } as const;

function arrivals(store: Store): StoredEntry[] {
  return store.arrivals(0, 100);
}

function idsOf(stored: readonly StoredEntry[]): string[] {
  return stored.map(({ entry }) => entry.id);
}

export function sealingClaims(make: MakeStore): void {
  describe('sealed entries', () => {
    sealedClaims(make);
    openingClaims(make);
    placeClaims(make);
    lineClaims(make);
    refusalClaims(make);
  });
  describe('ciphertext that was read as it came', () => {
    readClaims(make);
  });
}

function says(text: string): Uint8Array {
  return encodeLines([{ type: 'say', text }]);
}

function readClaims(make: MakeStore): void {
  test('is shown and found by what it says, and served as it is', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const chain = sealedChain(conversation, 3);
    const opened = [says('one'), says('two'), says('three')];
    made.store.commit([chain.write(0, 2, { opened: opened.slice(0, 2) })]);
    // Those that are held already are no reason to give the others their words.
    made.store.commit([chain.write(1, 3, { opened: opened.slice(1) })]);
    await claimTwice(made, (held) => {
      expect(arrivals(held).map((stored) => stored.opened)).toEqual(opened);
      expect(held.window({ conversation, entriesMax: 9 })).toEqual(arrivals(held));
      expect(held.entry(chain.at(2).id)).toMatchObject({ opened: opened[2], arrival: 3 });
      expect(held.count(conversation)).toEqual({ entries: 3, lines: 3 });
      expect(held.search('two', conversation, 9)).toHaveLength(1);
      expect(held.search('cipher', null, 9)).toEqual([]);
      const query = { chain: chain.chain, from: 0, to: 3, bytesMax: ALL_BYTES };
      expect(held.run({ ...query, direction: 'up' })).toEqual(chain.entries);
    });
  });

  test('is parked and shown later like what is plain', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const chain = sealedChain(conversation, 1);
    made.store.commit([chain.write(0, 1, { parked: true, opened: [says('later')] })]);
    expect(arrivals(made.store)).toEqual([]);
    expect(made.store.search('later', null, 9)).toEqual([]);
    made.store.commit([{ kind: 'unpark', conversation, throughMs: 1_000 }]);
    await claimTwice(made, (held) => {
      expect(arrivals(held).map((stored) => stored.opened)).toEqual([says('later')]);
      expect(held.search('later', null, 9)).toHaveLength(1);
    });
  });

  test('is not sealed too', async () => {
    const { store } = await storeForTest(make);
    const chain = sealedChain(newConversation(), 1);
    expect(() => store.commit([chain.write(0, 1, { ...sealed, opened: [says('a')] })])).toThrow(
      'not opened',
    );
  });
}

function sealedClaims(make: MakeStore): void {
  test('are served and found by id, and otherwise not there', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const chain = sealedChain(conversation, 2);
    made.store.commit([chain.write(0, 2, { ...sealed, arrivedMs: 7 })]);
    made.store.commit([{ kind: 'unpark', conversation, throughMs: 1_000 }]);
    await claimTwice(made, (held) => {
      expect(arrivals(held)).toEqual([]);
      expect(held.lastArrival()).toBe(0);
      expect(held.window({ conversation, entriesMax: 9 })).toEqual([]);
      expect(held.search('cipher', null, 9)).toEqual([]);
      expect(held.count(conversation)).toEqual({ entries: 0, lines: 0 });
      expect(held.nextParkedMs(conversation)).toBeNull();
      expect(held.chains()).toEqual([chain.record()]);
      const entry = chain.at(1);
      expect(held.entry(entry.id)).toMatchObject({ entry, opened: null, arrival: 0, arrivedMs: 7 });
      const query = { chain: chain.chain, from: 0, to: 2, bytesMax: ALL_BYTES };
      expect(held.run({ ...query, direction: 'up' })).toEqual(chain.entries);
      expect(held.run({ ...query, direction: 'down' })).toEqual(chain.entries);
    });
  });

  test('stay as they are when they are put again, sealed or not', async () => {
    const { store } = await storeForTest(make);
    const chain = sealedChain(newConversation(), 2);
    store.commit([chain.write(0, 2, sealed), chain.write(0, 2)]);
    expect(store.lastArrival()).toBe(0);
    store.commit([chain.opened(0, ['plain'])]);
    store.commit([chain.write(0, 2, sealed), chain.write(0, 2, { parked: true })]);
    expect(idsOf(arrivals(store))).toEqual([chain.at(0).id]);
    expect(store.search('plain', null, 9)).toHaveLength(1);
  });

  test('may get their signature later, sealed and opened', async () => {
    const { store } = await storeForTest(make);
    const chain = new TestChain(newConversation());
    for (const _ of [0, 1]) chain.say(['cipher'], { keyId: 1, signed: false });
    store.commit([chain.write(0, 2, sealed), chain.opened(0, ['plain'])]);
    const signature = new Uint8Array(64).fill(7);
    const signed = chain.entries.map(({ header, id }): Write => {
      return { kind: 'signature', chain: chain.chain, seq: header.seq, id, signature };
    });
    store.commit(signed);
    for (const entry of chain.entries) {
      expect(store.entry(entry.id)?.entry).toEqual({ ...entry, signature });
    }
  });
}

function openingClaims(make: MakeStore): void {
  test('arrive when they are opened, with what they say beside the ciphertext', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const chain = sealedChain(conversation, 1);
    made.store.commit([chain.write(0, 1, { ...sealed, arrivedMs: 7 })]);
    const opening = chain.opened(0, ['one', 'two'], { arrivedMs: 9, late: true });
    made.store.commit([opening]);
    const entry = chain.at(0);
    const expected = {
      entry,
      opened: (opening as Extract<Write, { kind: 'opened' }>).lines,
      identity: chain.certificate.identity,
      arrival: 1,
      arrivedMs: 9,
      late: true,
    };
    await claimTwice(made, (held) => {
      expect(held.entry(entry.id)).toEqual(expected);
      expect(arrivals(held)).toEqual([expected]);
      expect(held.window({ conversation, entriesMax: 9 })).toEqual([expected]);
      const query = { chain: chain.chain, from: 0, to: 1, bytesMax: ALL_BYTES } as const;
      expect(held.run({ ...query, direction: 'up' })).toEqual([entry]);
      expect(held.search('one', conversation, 9)).toEqual([{ stored: expected, index: 0 }]);
      expect(held.entry(entry.id)).toEqual(expected);
    });
  });
}

function placeClaims(make: MakeStore): void {
  test('arrive in the order of their opening, among others, and stand in the order on screen', async () => {
    const made = await storeForTest(make);
    const { store } = made;
    const [here, there] = [newConversation(), newConversation()];
    const [first, second, away] = [
      sealedChain(here, 2),
      sealedChain(here, 2),
      sealedChain(there, 1),
    ];
    const plain = chainOf(here, ['plain', 'plain']);
    store.commit([
      plain.write(0, 1),
      first.write(0, 2, sealed),
      second.write(0, 2, sealed),
      away.write(0, 1, sealed),
    ]);
    store.commit([
      second.opened(0, ['a']),
      away.opened(0, ['b']),
      first.opened(0, ['c']),
      plain.write(1, 2),
      first.opened(1, ['d']),
    ]);
    const order = [plain.at(0), second.at(0), away.at(0), first.at(0), plain.at(1), first.at(1)];
    await claimTwice(made, (held) => {
      expect(idsOf(arrivals(held))).toEqual(order.map(({ id }) => id));
      expect(arrivals(held).map(({ arrival }) => arrival)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(held.lastArrival()).toBe(6);
      const shown = held.window({ conversation: here, entriesMax: 9 });
      expect(shown.map(({ entry }) => entry.header.hlc.ms)).toEqual([0, 0, 0, 1, 1]);
      expect(held.window({ conversation: there, entriesMax: 9 })).toHaveLength(1);
      expect(held.entry(second.at(1).id)?.arrival).toBe(0);
    });
  });

  test('may be opened in the commit that stores them', async () => {
    const { store } = await storeForTest(make);
    const chain = sealedChain(newConversation(), 1);
    store.commit([chain.write(0, 1, sealed), chain.opened(0, ['at once'])]);
    expect(store.search('once', null, 9)).toHaveLength(1);
  });

  test('that are not held are not opened, and nothing is said of it', async () => {
    const { store } = await storeForTest(make);
    const [chain, unknown] = [sealedChain(newConversation(), 2), sealedChain(newConversation(), 1)];
    store.commit([chain.write(0, 1, sealed)]);
    store.commit([unknown.opened(0, ['no']), chain.opened(1, ['no']), chain.opened(0, ['yes'])]);
    expect(idsOf(arrivals(store))).toEqual([chain.at(0).id]);
    expect(store.chains()).toEqual([chain.record(0, 1)]);
  });
}

function lineClaims(make: MakeStore): void {
  test('count with the lines they turn out to have, which may be none', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const chain = sealedChain(conversation, 3);
    made.store.commit([chain.write(0, 3, sealed)]);
    made.store.commit([chain.opened(0, ['one', 'two', 'three']), chain.opened(1, [])]);
    await claimTwice(made, (held) => {
      expect(held.count(conversation)).toEqual({ entries: 2, lines: 3 });
      expect(idsOf(held.window({ conversation, entriesMax: 9 }))).toHaveLength(2);
    });
  });

  test('are found by the words they turn out to have, not by those of the ciphertext', async () => {
    const { store } = await storeForTest(make);
    const [here, there] = [newConversation(), newConversation()];
    const chains = [sealedChain(here, 1), sealedChain(there, 1)] as const;
    store.commit(chains.map((chain) => chain.write(0, 1, sealed)));
    expect(store.indexSome(100)).toBe(0);
    expect(store.search('word', null, 9)).toEqual([]);
    store.commit(chains.map((chain) => chain.opened(0, ['other', 'a word'])));
    const hits = store.search('word', here, 9);
    expect(hits.map(({ stored, index }) => [stored.arrival, index])).toEqual([[1, 1]]);
    expect(store.search('word', null, 9)).toHaveLength(2);
    expect(store.search('cipher', null, 9)).toEqual([]);
  });

  test('that say nothing readable are shown, with no lines, and not found', async () => {
    const { store } = await storeForTest(make);
    const conversation = newConversation();
    const chain = sealedChain(conversation, 1);
    const lines = Uint8Array.of(0xff, 0, 1);
    store.commit([chain.write(0, 1, sealed)]);
    const opening = { kind: 'opened', chain: chain.chain, seq: 0, lines } as const;
    store.commit([{ ...opening, arrivedMs: 1, late: false }]);
    expect(store.count(conversation)).toEqual({ entries: 1, lines: 0 });
    expect(arrivals(store)[0]?.opened).toEqual(lines);
    expect(store.search('cipher', null, 9)).toEqual([]);
  });
}

function refusalClaims(make: MakeStore): void {
  test('are opened once: again is refused, with all of its batch', async () => {
    const made = await storeForTest(make);
    const conversation = newConversation();
    const chain = sealedChain(conversation, 3);
    made.store.commit([chain.write(0, 3, sealed)]);
    made.store.commit([chain.opened(0, ['first'])]);
    for (const again of [0, 1]) {
      const batch = [chain.opened(1, ['lost']), chain.opened(again, ['second'])];
      expect(() => made.store.commit(batch)).toThrow('not sealed');
    }
    await claimTwice(made, (held) => {
      expect(idsOf(arrivals(held))).toEqual([chain.at(0).id]);
      expect(held.count(conversation)).toEqual({ entries: 1, lines: 1 });
      expect(held.entry(chain.at(1).id)).toMatchObject({ arrival: 0, opened: null });
      expect(held.search('second', null, 9)).toEqual([]);
      expect(held.search('first', null, 9)).toHaveLength(1);
    });
  });

  test('are the only ones that can be opened', async () => {
    const { store } = await storeForTest(make);
    const conversation = newConversation();
    const [plain, future] = [chainOf(conversation, ['plain']), chainOf(conversation, ['future'])];
    store.commit([plain.write(), future.write(0, 1, { parked: true })]);
    for (const chain of [plain, future]) {
      expect(() => store.commit([chain.opened(0, ['no'])])).toThrow('not sealed');
    }
    expect(store.nextParkedMs(conversation)).toBe(0);
    expect(arrivals(store).map(({ opened }) => opened)).toEqual([null]);
  });

  test('are never parked too', async () => {
    const { store } = await storeForTest(make);
    const chain = sealedChain(newConversation(), 1);
    const both = chain.write(0, 1, { sealed: true, parked: true });
    expect(() => store.commit([both])).toThrow('sealed');
    expect(store.chains()).toEqual([]);
  });
}
