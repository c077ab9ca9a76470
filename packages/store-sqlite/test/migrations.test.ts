// Databases of every schema there ever was open with today's code and keep what they hold.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { chainOf, newConversation } from '@parley/testkit';
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

describe('a database of schema 1', () => {
  const expected: unknown = JSON.parse(fs.readFileSync(fixture('schema-1.json'), 'utf8'));

  test('opens with all that it held, and is of the newest schema from then on', async () => {
    expect(versionOf(fixture('schema-1.db'))).toBe(1);
    const file = path.join(directoryForTest(), 'parley.db');
    fs.copyFileSync(fixture('schema-1.db'), file);
    const store = openStore({ path: file });
    expect(dump(store)).toEqual(expected);
    await store.close();
    expect(versionOf(file)).toBe(SCHEMA_VERSION);
  });

  test('can be added to', () => {
    const file = path.join(directoryForTest(), 'parley.db');
    fs.copyFileSync(fixture('schema-1.db'), file);
    const store = storeForTest({ path: file });
    const [lobby] = store.chains();
    const before = store.lastArrival();
    store.commit([
      { kind: 'unpark', conversation: lobby!.conversation, throughMs: 1_890_000_000_000 },
      chainOf(newConversation(), ['quick and new']).write(),
    ]);
    expect(store.lastArrival()).toBe(before + 2);
    expect(store.search('future', lobby!.conversation, 9)).toHaveLength(1);
    expect(store.search('quick new', null, 9)).toHaveLength(1);
  });
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
