// Databases of every schema there ever was open with today's code and keep what they hold.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { encodeLines } from '@parley/core';
import { chainOf, newConversation, sealedChain } from '@parley/testkit';
import { openStore } from '../src/open.ts';
import { SCHEMA_VERSION, schemaVersion } from '../src/schema.ts';
import { dump } from './dump.ts';
import { directoryForTest, fileForTest, storeForTest, thrownBy } from './support.ts';

function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

function versionOf(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const version = schemaVersion(database);
  database.close();
  return version;
}

// The databases hold the names that this process would give first.
for (let given = 0; given < 100; given += 1) newConversation();

/** A copy of the database of a schema, for the test that is running. */
function copyOf(schema: number): string {
  const file = path.join(directoryForTest(), 'parley.db');
  fs.copyFileSync(fixture(`schema-${schema}.db`), file);
  return file;
}

describe.each([1, 2])('a database of schema %i', (schema) => {
  const expected: unknown = JSON.parse(fs.readFileSync(fixture(`schema-${schema}.json`), 'utf8'));

  test('opens with all that it held, and is of the newest schema from then on', async () => {
    const file = copyOf(schema);
    expect(versionOf(file)).toBe(schema);
    const store = openStore({ path: file });
    expect(dump(store)).toEqual(expected);
    await store.close();
    expect(versionOf(file)).toBe(SCHEMA_VERSION);
  });

  test('can be added to', () => {
    const store = storeForTest({ path: copyOf(schema) });
    const [lobby] = store.chains();
    const before = store.lastArrival();
    const secret = sealedChain(newConversation(), 1);
    store.commit([
      { kind: 'unpark', conversation: lobby!.conversation, throughMs: 1_890_000_000_000 },
      chainOf(newConversation(), ['quick and new']).write(),
      secret.write(0, 1, { sealed: true }),
      secret.opened(0, ['quick and secret']),
      { kind: 'value', key: 'state', value: Uint8Array.of(1) },
    ]);
    expect(store.lastArrival()).toBe(before + 3);
    expect(store.search('future', lobby!.conversation, 9)).toHaveLength(1);
    expect(store.search('quick new', null, 9)).toHaveLength(1);
    expect(store.search('quick secret', secret.at(0).header.conversation, 9)).toHaveLength(1);
    expect(store.value('state')).toEqual(Uint8Array.of(1));
  });

  test('can lose a conversation, with what was indexed of it then', () => {
    const store = storeForTest({ path: copyOf(schema) });
    const conversations = new Set(store.chains().map(({ conversation }) => conversation));
    const last = store.lastArrival();
    for (const conversation of conversations) store.commit([{ kind: 'drop', conversation }]);
    expect(dump(store)).toMatchObject({ chains: [], arrivals: [], runs: [], hits: [] });
    expect(store.lastArrival()).toBe(last);
  });
});

test('a database of schema 2 keeps what is sealed, for it to be opened', () => {
  const store = storeForTest({ path: copyOf(2) });
  const sealed = store
    .chains()
    .flatMap(({ chain, length }) =>
      store
        .run({ chain, from: 0, to: length, direction: 'up', bytesMax: 2 ** 30 })
        .filter(({ id, header }) => header.keyId === 1 && store.entry(id)?.arrival === 0),
    );
  expect(sealed).toHaveLength(1);
  const { chain, conversation, seq } = sealed[0]!.header;
  const before = store.lastArrival();
  const lines = encodeLines([{ type: 'say', text: 'quick at last' }]);
  store.commit([{ kind: 'opened', chain, seq, lines, arrivedMs: 1, late: false }]);
  expect(store.lastArrival()).toBe(before + 1);
  expect(store.search('quick last', conversation, 9)).toHaveLength(1);
});

describe('a database of a newer schema', () => {
  test('is refused with the advice to update, and not changed', async () => {
    const file = fileForTest();
    await openStore({ path: file }).close();
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA journal_mode = DELETE; PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    database.close();
    const before = fs.readFileSync(file);
    const error = thrownBy(() => openStore({ path: file }));
    expect(error).toMatchObject({ name: 'StoreError', code: 'newer-schema' });
    expect(error.message).toContain('newer parley');
    expect(error.message).toContain(`schema ${SCHEMA_VERSION + 1}`);
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });
});
