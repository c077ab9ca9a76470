// What was replaced or forgotten cannot be read from the files that are left.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Write } from '@parley/core';
import { chainOf, newConversation, sealedChain } from '@parley/testkit';
import { openStore } from '../src/open.ts';
import { fileForTest } from './support.ts';

/** Bytes to be recognised by any part of them: their mark, over and over. */
interface Marked {
  readonly mark: Buffer;
  readonly bytes: Buffer;
}

function marked(length: number): Marked {
  const mark = randomBytes(16);
  return { mark, bytes: Buffer.alloc(length, mark) };
}

const value = (key: string, bytes: Uint8Array | null): Write => {
  return { kind: 'value', key, value: bytes };
};

/** Everything in the directory of a database. */
function allBytes(file: string): Buffer {
  const directory = path.dirname(file);
  const names = fs.readdirSync(directory).map((name) => path.join(directory, name));
  return Buffer.concat(names.map((name) => fs.readFileSync(name)));
}

describe('once the store has closed', () => {
  test.each([100, 3_000, 20_000])(
    'values of %i bytes that were replaced or erased are nowhere',
    async (length) => {
      const file = fileForTest();
      const store = openStore({ path: file });
      const old: Marked[] = [];
      for (let round = 0; round < 40; round += 1) {
        const [state, key] = [marked(length + round), marked(length)];
        store.commit([value('state', state.bytes), value(`key ${round}`, key.bytes)]);
        old.push(state, key);
        if (round % 3 > 0) store.commit([value(`key ${round - 1}`, null)]);
      }
      const last = old.at(-2)!;
      store.commit(store.values('key ').map(({ key }) => value(key, null)));
      await store.close();
      const left = allBytes(file);
      expect(left.includes(last.mark)).toBe(true);
      expect(old.filter((each) => each !== last && left.includes(each.mark))).toEqual([]);
    },
  );

  test('what was opened of a conversation that was dropped is nowhere', async () => {
    const file = fileForTest();
    const store = openStore({ path: file });
    const conversation = newConversation();
    const chain = sealedChain(conversation, 50);
    const said = chain.entries.map((_, at) => `${'what was said in secret '.repeat(9)}${at}`);
    store.commit([chain.write(0, 50, { sealed: true })]);
    store.commit(said.map((text, seq) => chain.opened(seq, [text])));
    await store.close();
    expect(allBytes(file).includes('said in secret')).toBe(true);
    const again = openStore({ path: file });
    again.commit([{ kind: 'drop', conversation }]);
    await again.close();
    expect(allBytes(file).includes('said in secret')).toBe(false);
  });

  test('what was pruned is nowhere, and has no row and no word left', async () => {
    const file = fileForTest();
    const store = openStore({ path: file });
    const chain = chainOf(
      newConversation(),
      Array.from({ length: 50 }, (_, at) =>
        at < 49 ? `${'said and pruned '.repeat(9)}${at}` : 'kept',
      ),
    );
    store.commit([chain.write()]);
    expect(store.search('pruned', null, 99)).toHaveLength(49);
    store.commit([{ kind: 'prune', chain: chain.record(49) }]);
    await store.close();
    expect(allBytes(file).includes('and pruned')).toBe(false);
    expect(allBytes(file).includes('kept')).toBe(true);
    const database = new DatabaseSync(file, { readOnly: true });
    const count = (from: string): unknown =>
      database.prepare(`SELECT count(*) AS rows FROM ${from}`).get()?.['rows'];
    expect(['entries', 'ids', 'places', 'parked'].map(count)).toEqual([1, 1, 1, 0]);
    expect(count("words WHERE words MATCH 'pruned'")).toBe(0);
    database.close();
  });
});

describe('a conversation that was dropped', () => {
  test('has no row left in any table, and no word in the index', async () => {
    const file = fileForTest();
    const store = openStore({ path: file });
    const [conversation, other] = [newConversation(), newConversation()];
    const [secret, plain] = [sealedChain(conversation, 3), chainOf(conversation, ['word', 'word'])];
    const indexed: Write[] = [secret.write(0, 2, { sealed: true }), secret.opened(0, ['a word'])];
    store.commit([plain.write(0, 1), ...indexed]);
    expect(store.search('word', null, 9)).toHaveLength(2);
    store.commit([plain.write(1, 2, { parked: true }), chainOf(other, ['kept']).write()]);
    store.commit([secret.write(2, 3, { sealed: true }), secret.opened(1, ['word'])]);
    store.commit([{ kind: 'drop', conversation }]);
    expect(store.search('kept', null, 9)).toHaveLength(1);
    await store.close();
    const database = new DatabaseSync(file, { readOnly: true });
    const count = (from: string): unknown =>
      database.prepare(`SELECT count(*) AS rows FROM ${from}`).get()?.['rows'];
    const tables = ['conversations', 'chains', 'entries', 'ids', 'places', 'parked'];
    expect(tables.map(count)).toEqual([1, 1, 1, 1, 1, 0]);
    expect(count("words WHERE words MATCH 'word'")).toBe(0);
    expect(count("words WHERE words MATCH 'kept'")).toBe(1);
    database.close();
  });
});
