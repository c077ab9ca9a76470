// Claims of the store contract about finding lines by their words.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConversationId, Store } from '@parley/core';
import { TestChain, chainOf, newConversation } from './store-entries.ts';
import { storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

/** A store that holds these texts in one conversation, a line and an entry each. */
async function storeOf(make: MakeStore, texts: readonly string[]): Promise<Store> {
  const { store } = await storeForTest(make);
  if (texts.length > 0) store.commit([chainOf(newConversation(), texts).write()]);
  return store;
}

/** The number of the entry (from 0, in order of arrival) of each hit. */
function found(store: Store, query: string, conversation: ConversationId | null = null): number[] {
  return store.search(query, conversation, 100).map(({ stored }) => stored.arrival - 1);
}

export function searchClaims(make: MakeStore): void {
  describe('search', () => {
    wordClaims(make);
    queryClaims(make);
    placeClaims(make);
    indexClaims(make);
  });
}

function wordClaims(make: MakeStore): void {
  test('finds lines that have all the words, in any order and case', async () => {
    const store = await storeOf(make, ['the quick brown fox', 'Quick, said the FOX', 'quick']);
    expect(found(store, 'fox quick')).toEqual([1, 0]);
    expect(found(store, 'QUICK the')).toEqual([1, 0]);
    expect(found(store, 'quick')).toEqual([2, 1, 0]);
    expect(found(store, 'slow')).toEqual([]);
  });

  test('takes the last word for a beginning, and only the last', async () => {
    const store = await storeOf(make, ['deploy failed again', 'deployment']);
    expect(found(store, 'deploy')).toEqual([1, 0]);
    expect(found(store, 'failed ag')).toEqual([0]);
    expect(found(store, 'fail again')).toEqual([]);
  });

  test('does not mind the accents of Latin letters, composed or not', async () => {
    const store = await storeOf(make, ['naïve café', 'naive cafe', 'ÜBER re\u0301sume\u0301']);
    expect(found(store, 'naive cafe')).toEqual([1, 0]);
    expect(found(store, 'NAÏVE CAFÉ')).toEqual([1, 0]);
    expect(found(store, 'uber résumé')).toEqual([2]);
  });

  test('finds words of other scripts', async () => {
    const store = await storeOf(make, ['привет мир', 'γειά σου', '你好']);
    expect(found(store, 'ПРИВЕТ')).toEqual([0]);
    expect(found(store, 'γειά')).toEqual([1]);
    expect(found(store, '你')).toEqual([2]);
  });
}

function queryClaims(make: MakeStore): void {
  test('takes quotes, operators and column names for what they say', async () => {
    const texts = ['this AND that', 'NEAR the "end" OR not', 'text: scope', "drop table 'x'; --"];
    const store = await storeOf(make, texts);
    expect(found(store, 'that AND this')).toEqual([0]);
    expect(found(store, 'NEAR("end" the)')).toEqual([1]);
    expect(found(store, '"end" OR')).toEqual([1]);
    expect(found(store, 'this OR end')).toEqual([]);
    expect(found(store, 'scope:text')).toEqual([2]);
    expect(found(store, "'; drop table")).toEqual([3]);
    expect(found(store, 'NOT')).toEqual([1]);
  });

  test('of a query without a word finds nothing', async () => {
    const store = await storeOf(make, ['hello', '* " :']);
    for (const query of ['', ' ', '"', '*', '()', '\u0301', '\0', '🙂']) {
      expect(found(store, query)).toEqual([]);
    }
  });

  test('answers any query at all', async () => {
    const store = await storeOf(make, ['hello world', 'c0 c1 text scope']);
    const piece = fc.constantFrom(
      '"',
      "'",
      '*',
      '^',
      ':',
      '(',
      ')',
      '-',
      '+',
      '{',
      '}',
      'AND',
      'NEAR',
      'hello',
      ' ',
    );
    const query = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.array(fc.string({ minLength: 1 }), { maxLength: 100 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(query, (text) => {
        expect(store.search(text, null, 9).length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 500 },
    );
  });
}

function placeClaims(make: MakeStore): void {
  test('lists the newest on screen first, whenever it came, and later lines first', async () => {
    const { store } = await storeForTest(make);
    const conversation = newConversation();
    const chain = new TestChain(conversation);
    chain.say(['word a', 'other', 'word b'], { ms: 500 });
    chain.say(['word c'], { ms: 100 });
    const rival = new TestChain(conversation);
    rival.say(['word d'], { ms: 300 });
    store.commit([chain.write(), rival.write()]);
    const hits = store.search('word', null, 9);
    expect(hits.map(({ stored, index }) => [stored.arrival, index])).toEqual([
      [1, 2],
      [1, 0],
      [3, 0],
      [2, 0],
    ]);
    expect(hits[0]?.stored).toEqual(store.entry(chain.at(0).id));
    expect(store.search('word', null, 2)).toEqual(hits.slice(0, 2));
  });

  test('can be kept to one conversation', async () => {
    const { store } = await storeForTest(make);
    const [here, there] = [newConversation(), newConversation()];
    store.commit([chainOf(here, ['word']).write(), chainOf(there, ['word', 'word']).write()]);
    expect(found(store, 'word', here)).toEqual([0]);
    expect(found(store, 'word', there)).toEqual([2, 1]);
    expect(found(store, 'word')).toHaveLength(3);
    expect(found(store, 'word', newConversation())).toEqual([]);
  });

  test('looks at no encrypted and no pruned payload', async () => {
    const { store } = await storeForTest(make);
    const chain = new TestChain(newConversation());
    chain.say(['word encrypted'], { keyId: 1 });
    chain.say(['word pruned'], { pruned: true });
    chain.say(['word plain']);
    store.commit([chain.write()]);
    expect(found(store, 'word')).toEqual([2]);
  });
}

function indexClaims(make: MakeStore): void {
  test('finds what came a moment ago, indexed or not', async () => {
    const { store, reopen } = await storeForTest(make);
    const chain = chainOf(newConversation(), ['word one', 'word two', 'word three']);
    store.commit([chain.write(0, 1)]);
    expect(found(store, 'word')).toEqual([0]);
    store.commit([chain.write(1, 2)]);
    expect(found(store, 'word')).toHaveLength(2);
    store.commit([chain.write(2, 3)]);
    expect(found(await reopen(), 'word')).toHaveLength(3);
  });

  test('is prepared in steps of any size, which say how much is left', async () => {
    const { store } = await storeForTest(make);
    const chain = chainOf(newConversation(), ['a', 'b', 'c', 'd', 'e']);
    expect(store.indexSome(10)).toBe(0);
    store.commit([chain.write()]);
    expect([0, 2, 2, 2, 2].map((step) => store.indexSome(step))).toEqual([5, 3, 1, 0, 0]);
    expect(found(store, 'c')).toEqual([2]);
  });
}
