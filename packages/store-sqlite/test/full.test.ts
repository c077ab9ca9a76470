// A full disk is an error of the commit that found it full, and of nothing else.

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '@parley/core';
import type { Store, Write } from '@parley/core';
import { TestChain, newConversation } from '@parley/testkit';
import { openStore } from '../src/open.ts';
import { dump } from './dump.ts';
import { fileForTest, thrownBy } from './support.ts';

const text = 'x'.repeat(2_000);

/**
 * Commits entries, `batch` at a time, until that fails; returns what was committed and the error.
 */
function fill(
  store: Store,
  batch: number,
): { committed: TestChain; error: ReturnType<typeof thrownBy> } {
  const committed = new TestChain(newConversation());
  for (;;) {
    const from = committed.entries.length;
    for (let said = 0; said < batch; said += 1) committed.say([text]);
    try {
      store.commit([{ kind: 'meta', key: 'last', value: `${from}` }, committed.write(from)]);
    } catch {
      const error = thrownBy(() => store.commit([committed.write(from)]));
      committed.entries.splice(from);
      return { committed, error };
    }
  }
}

describe('a database that may grow no further', () => {
  test('keeps nothing of the commit that did not fit, and all before it', async () => {
    const file = fileForTest();
    const store = openStore({ path: file, databaseBytesMax: 1_048_576 });
    const { committed, error } = fill(store, 10);
    expect(error).toMatchObject({ name: 'StoreError', code: 'full' });
    expect(error.message).toContain('free some');
    expect(committed.entries.length).toBeGreaterThan(200);
    const ids = committed.entries.map(({ id }) => id);
    expect(store.arrivals(0, 9_999).map(({ entry }) => entry.id)).toEqual(ids);
    expect(store.meta('last')).toBe(`${ids.length - 10}`);
    await store.close();
    const again = openStore({ path: file });
    expect(again.arrivals(0, 9_999).map(({ entry }) => entry.id)).toEqual(ids);
    committed.say(['there is room again']);
    expect(again.commit([committed.write(ids.length)])).toBe(1);
    await again.close();
  });

  test('still takes what fits', () => {
    const store = openStore({ path: fileForTest(), databaseBytesMax: 1_048_576 });
    const { committed } = fill(store, 10);
    const small: Write = { kind: 'meta', key: 'last', value: 'small' };
    store.commit([small]);
    expect(store.meta('last')).toBe('small');
    expect(store.lastArrival()).toBe(committed.entries.length);
    return store.close();
  });
});

describe('the reserve', () => {
  test('is there while there is room, and keeps its size', async () => {
    const file = fileForTest();
    await openStore({ path: file }).close();
    expect(fs.statSync(`${file}.reserve`).size).toBe(LIMITS.reserveBytes);
    fs.writeFileSync(`${file}.reserve`, 'short');
    const store = openStore({ path: file });
    expect(fs.statSync(`${file}.reserve`).size).toBe(LIMITS.reserveBytes);
    expect(dump(store)).toMatchObject({ lastArrival: 0 });
    await store.close();
    expect(fs.readdirSync(path.dirname(file))).toEqual(['parley.db', 'parley.db.reserve']);
  });
});
