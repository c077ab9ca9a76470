// The WAL stays bounded whether or not the event loop turns, and a reader from outside does not
// stop commits.

import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test, vi } from 'vitest';
import { LIMITS } from '@parley/core';
import { TestChain, newConversation } from '@parley/testkit';
import { fileForTest, storeForTest } from './support.ts';

const frameBytes = 4_096 + 24;
const batchEntries = 100;
const text = 'x'.repeat(4_000);

/** A chain that grows by about 500 KB with each call. */
function grower(): { chain: TestChain; grow: () => ReturnType<TestChain['write']> } {
  const chain = new TestChain(newConversation());
  const grow = (): ReturnType<TestChain['write']> => {
    const from = chain.entries.length;
    for (let said = 0; said < batchEntries; said += 1) chain.say([text]);
    return chain.write(from);
  };
  return { chain, grow };
}

describe('the WAL', () => {
  test('is bounded though commits never let the event loop turn', () => {
    const file = fileForTest();
    const store = storeForTest({ path: file });
    const { grow } = grower();
    let largest = 0;
    for (let batch = 0; batch < 80; batch += 1) {
      store.commit([grow()]);
      largest = Math.max(largest, fs.statSync(`${file}-wal`).size);
    }
    expect(fs.statSync(file).size).toBeGreaterThan(LIMITS.walPagesMax * frameBytes);
    expect(largest).toBeLessThan((LIMITS.walPagesMax + 1_000) * frameBytes);
  });

  test('is emptied between commits, at its soft limit, when the event loop turns', async () => {
    const file = fileForTest();
    const store = storeForTest({ path: file });
    const { grow } = grower();
    let synced = 0;
    store.onSynced((commit) => {
      synced = commit;
    });
    for (let batch = 0; batch < 30; batch += 1) {
      const commit = store.commit([grow()]);
      await vi.waitFor(() => expect(synced).toBe(commit), { timeout: 5_000, interval: 1 });
    }
    expect(fs.statSync(file).size).toBeGreaterThan(2 * LIMITS.walPagesSoft * frameBytes);
    expect(fs.statSync(`${file}-wal`).size).toBeLessThan(
      (LIMITS.walPagesSoft + 1_000) * frameBytes,
    );
  });

  test('grows while someone else reads, and shrinks when they are done', async () => {
    const file = fileForTest();
    const store = storeForTest({ path: file });
    const { chain, grow } = grower();
    store.commit([grow()]);
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec('BEGIN; SELECT count(*) FROM entries');
    const seen = reader.prepare('SELECT count(*) AS entries FROM entries');
    expect(seen.get()).toEqual({ entries: batchEntries });
    for (let batch = 0; batch < 50; batch += 1) store.commit([grow()]);
    expect(fs.statSync(`${file}-wal`).size).toBeGreaterThan(LIMITS.walPagesMax * frameBytes);
    expect(seen.get()).toEqual({ entries: batchEntries });
    reader.close();
    for (let batch = 0; batch < 50; batch += 1) store.commit([grow()]);
    expect(fs.statSync(`${file}-wal`).size).toBeLessThanOrEqual(2 * LIMITS.walBytesKept);
    expect(store.lastArrival()).toBe(chain.entries.length);
    await store.close();
    expect(fs.existsSync(`${file}-wal`)).toBe(false);
  });
});
