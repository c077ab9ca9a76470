// Claims of the store contract about values: bytes that are kept and replaced with what depends on
// them.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store, Write } from '@parley/core';
import { chainOf, newConversation, sealedChain } from './store-entries.ts';
import { claimTwice, storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

function keep(key: string, ...bytes: number[]): Write {
  return { kind: 'value', key, value: Uint8Array.from(bytes) };
}

const erase = (key: string): Write => ({ kind: 'value', key, value: null });

function keysOf(store: Store, prefix: string): string[] {
  return store.values(prefix).map(({ key }) => key);
}

export function valueClaims(make: MakeStore): void {
  describe('values', () => {
    keepingClaims(make);
    prefixClaims(make);
    batchClaims(make);
  });
}

function keepingClaims(make: MakeStore): void {
  test('are null until kept, then what was kept last, and null once erased', async () => {
    const { store, reopen } = await storeForTest(make);
    const kept = new Map<string, Uint8Array>();
    const change = fc.record({
      key: fc.constantFrom('', 'a', 'ab', 'b', 'é'),
      value: fc.option(fc.oneof(fc.uint8Array(), fc.uint8Array({ minLength: 5_000 }))),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        store.commit(changes.map((each) => ({ kind: 'value', ...each })));
        for (const { key, value } of changes) {
          if (value === null) kept.delete(key);
          else kept.set(key, value);
        }
        for (const { key } of changes) expect(store.value(key)).toEqual(kept.get(key) ?? null);
      }),
    );
    const again = await reopen();
    expect(new Map(again.values('').map(({ key, value }) => [key, value]))).toEqual(kept);
    expect(again.value('never kept')).toBeNull();
  });

  test('may be long', async () => {
    const made = await storeForTest(make);
    const value = Uint8Array.from({ length: 1_000_000 }, (_, at) => at % 251);
    made.store.commit([{ kind: 'value', key: 'long', value }]);
    await claimTwice(made, (held) => expect(held.value('long')).toEqual(value));
  });

  test('are bytes of their own: wiping what was given or what came back changes none', async () => {
    const { store } = await storeForTest(make);
    const given = Uint8Array.of(1, 2, 3);
    store.commit([{ kind: 'value', key: 'key', value: given }]);
    given.fill(0);
    store.value('key')?.fill(9);
    for (const { value } of store.values('')) value.fill(9);
    expect(store.value('key')).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('are not settings, nor are settings values', async () => {
    const { store } = await storeForTest(make);
    store.commit([keep('key', 1), { kind: 'meta', key: 'set', value: 'text' }]);
    expect(store.meta('key')).toBeNull();
    expect(store.value('set')).toBeNull();
    expect(keysOf(store, '')).toEqual(['key']);
  });
}

function prefixClaims(make: MakeStore): void {
  test('are listed by how their keys begin, in the order of the bytes of those', async () => {
    const made = await storeForTest(make);
    const unordered = [
      'b',
      'a/2',
      'a',
      'a/\u{10FFFF}',
      'a/',
      'a0',
      'a/\uFFFD',
      'a/10',
      'a/é',
      'A/',
    ];
    made.store.commit(unordered.map((key, at) => keep(key, at)));
    await claimTwice(made, (held) => {
      expect(keysOf(held, 'a/')).toEqual(['a/', 'a/10', 'a/2', 'a/é', 'a/\uFFFD', 'a/\u{10FFFF}']);
      expect(keysOf(held, 'b')).toEqual(['b']);
      expect(keysOf(held, 'c')).toEqual([]);
      expect(keysOf(held, 'a/é/')).toEqual([]);
      expect(keysOf(held, '')).toHaveLength(unordered.length);
      expect(held.values('a/2')).toEqual([{ key: 'a/2', value: Uint8Array.of(1) }]);
    });
  });

  test('are all listed whose keys begin so, whatever the text', async () => {
    const { store } = await storeForTest(make);
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '\0', 'é', '\u{10FFFF}'),
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 20 }), text, (keys, prefix) => {
        store.commit(keysOf(store, '').map(erase));
        store.commit(keys.map((key) => keep(key, 1)));
        const expected = keys.filter((key) => key.startsWith(prefix));
        expect(keysOf(store, prefix).toSorted()).toEqual(expected.toSorted());
      }),
    );
  });
}

function batchClaims(make: MakeStore): void {
  test('change with the entries of their batch, or not at all', async () => {
    const made = await storeForTest(make);
    const chain = sealedChain(newConversation(), 2);
    const plain = chainOf(newConversation(), ['plain']);
    made.store.commit([chain.write(0, 2, { sealed: true }), plain.write(), keep('state', 0)]);
    made.store.commit([keep('state', 1), chain.opened(0, ['one']), keep('more', 1)]);
    const refused = [keep('state', 2), erase('more'), keep('new', 2), chain.opened(1, ['two'])];
    expect(() => made.store.commit([...refused, plain.opened(0, ['no'])])).toThrow('not sealed');
    await claimTwice(made, (held) => {
      expect(held.lastArrival()).toBe(2);
      expect(held.values('')).toEqual([
        { key: 'more', value: Uint8Array.of(1) },
        { key: 'state', value: Uint8Array.of(1) },
      ]);
    });
  });
}
