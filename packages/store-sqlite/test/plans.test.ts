// Every query finds its rows by an index and in their order, so that a long history is as quick as
// a short one.

import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Write } from '@parley/core';
import { TestChain, newConversation } from '@parley/testkit';
import { dropQueries } from '../src/drop.ts';
import { pruneQueries } from '../src/prune.ts';
import { readerQueries } from '../src/reader.ts';
import { recordQueries } from '../src/records.ts';
import { migrate } from '../src/schema.ts';
import { wordQueries } from '../src/words.ts';
import { writerQueries } from '../src/writer.ts';
import { fileForTest, storeForTest } from './support.ts';

/** Queries that read a whole table or sort, and why they may. */
const allowed: Record<string, RegExp> = {
  // All of what is small and kept in memory by its reader.
  'records chains': /^(SCAN chains|SEARCH conversations USING INTEGER PRIMARY KEY \(rowid=\?\))$/u,
  'records proofs': /^SCAN proofs USING INDEX/u,
  'records peers': /^SCAN peers USING INDEX peers_seen$/u,
  // At most one more than rememberedPeersMax of them.
  'writer forgetOldPeers':
    /^(SCAN peers USING COVERING INDEX peers_seen|SEARCH peers|LIST SUBQUERY)/u,
  // Sorts a batch of indexIdsEntriesMax.
  'words addIds': /^(SEARCH entries USING INTEGER PRIMARY KEY|USE TEMP B-TREE FOR ORDER BY$)/u,
  // Sorts searchMatchesMax lines at most; the full-text index always calls it a scan.
  'words match':
    /^(CO-ROUTINE|SCAN (words VIRTUAL|\(subquery)|SEARCH|USE TEMP B-TREE FOR ORDER BY$)/u,
};

const queries = Object.entries({
  drop: dropQueries,
  prune: pruneQueries,
  records: recordQueries,
  reader: readerQueries,
  words: wordQueries,
  writer: writerQueries,
}).flatMap(([part, named]) =>
  Object.entries(named).map(([name, sql]) => [`${part} ${name}`, sql] as const),
);

function newDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  return database;
}

function planOf(database: DatabaseSync, sql: string): string[] {
  const statement = database.prepare(`EXPLAIN QUERY PLAN ${sql}`);
  return statement.all().map((row) => String(row['detail']));
}

describe('every query', () => {
  test.each(queries)('%s searches by an index and sorts nothing', (name, sql) => {
    const plan = planOf(newDatabase(), sql);
    const pattern = allowed[name] ?? /^(SEARCH|LIST SUBQUERY|SCALAR SUBQUERY|CORRELATED SCALAR)/u;
    expect(plan.filter((line) => !pattern.test(line))).toEqual([]);
  });

  test('is looked at, and every exception is still one', () => {
    expect(queries.length).toBeGreaterThan(55);
    const names: string[] = queries.map(([name]) => name);
    expect(Object.keys(allowed).filter((name) => !names.includes(name))).toEqual([]);
  });
});

/** The part of StatementSync that @types/node does not describe yet. */
interface Counting {
  stat(counter: 'vmStep' | 'fullscanStep'): number;
}

/** How many steps SQLite's virtual machine takes for a query. */
function stepsOf(statement: StatementSync, values: readonly (number | Uint8Array)[]): number {
  const counting = statement as StatementSync & Counting;
  const before = counting.stat('vmStep');
  statement.all(...values);
  expect(counting.stat('fullscanStep')).toBe(0);
  return counting.stat('vmStep') - before;
}

describe('with 100,000 entries', () => {
  const pageEntries = 50;
  const none = new Uint8Array();

  /** Steps for a page in the middle, upwards and downwards, an entry, arrivals and a run. */
  async function steps(entries: number): Promise<Record<string, number>> {
    const file = fileForTest();
    const store = storeForTest({ path: file });
    const chain = new TestChain(newConversation());
    const batches: Write[][] = [];
    for (let from = 0; from < entries; from += 10_000) {
      const to = Math.min(entries, from + 10_000);
      for (let said = from; said < to; said += 1) chain.say(['quick'], { ms: said });
      batches.push([chain.write(from, to)]);
    }
    for (const batch of batches) store.commit(batch);
    await store.close();
    const database = new DatabaseSync(file, { readOnly: true });
    const middle = entries / 2;
    const count = (name: keyof typeof readerQueries, ...values: (number | Uint8Array)[]): number =>
      stepsOf(database.prepare(readerQueries[name]), values);
    const place = [middle, 0, none, 0];
    const found = {
      up: count('windowUp', 1, ...place, entries, 0, none, 0, pageEntries),
      down: count('windowDown', 1, -1, 0, none, 0, ...place, pageEntries),
      arrivals: count('byArrival', middle, pageEntries),
      steps: count('up', 1, middle, middle + pageEntries, pageEntries),
      signed: count('signedFrom', 1, middle),
      run: count('range', 1, middle, middle + pageEntries),
    };
    database.close();
    return found;
  }

  test('a page, a run or a signature costs what it costs with 1,000', async () => {
    const [few, many] = [await steps(1_000), await steps(100_000)];
    expect(many).toEqual(few);
    expect(Math.max(...Object.values(many))).toBeLessThan(40 * pageEntries);
  }, 60_000);
});
