// Forgets the oldest entries of a chain: their rows in all tables, and their words in the index.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { LIMITS } from '@parley/core';
import type { ChainRecord } from '@parley/core';

import { lineCountOf } from './line-count.ts';
import { storedColumns, storedOf } from './reader.ts';
import type { StoredRow } from './reader.ts';
import type { Words } from './words.ts';

type Name = 'page' | 'ids' | 'places' | 'parked' | 'entries' | 'count' | 'mark';

/** Exported for the test that asks SQLite for their plans. */
export const pruneQueries: Readonly<Record<Name, string>> = {
  // A page at a time: the words of an entry are forgotten by its lines, and those must be read.
  page: `
    SELECT ${storedColumns}, seq FROM entries CROSS JOIN chains ON chains.id = entries.chain
    WHERE entries.chain = ? AND seq < ? ORDER BY seq LIMIT ?`,
  ids: `
    DELETE FROM ids WHERE (prefix, arrival) IN
      (SELECT substr(id, 1, 6), arrival FROM entries WHERE chain = ? AND seq <= ?)`,
  places: `
    DELETE FROM places WHERE (conversation, hlc_ms, hlc_counter, chain, seq) IN (
      SELECT chains.conversation, hlc_ms, hlc_counter, chains.chain, seq
      FROM chains CROSS JOIN entries ON entries.chain = chains.id
      WHERE chains.id = ? AND seq <= ?)`,
  parked: `
    DELETE FROM parked WHERE (conversation, hlc_ms, hlc_counter, chain, seq) IN (
      SELECT chains.conversation, hlc_ms, hlc_counter, chains.chain, seq
      FROM chains CROSS JOIN entries ON entries.chain = chains.id
      WHERE chains.id = ? AND seq <= ?)`,
  entries: 'DELETE FROM entries WHERE chain = ? AND seq <= ?',
  count: `
    UPDATE conversations SET entries = entries - ?, lines = lines - ?
    WHERE id = (SELECT conversation FROM chains WHERE id = ?)`,
  mark: 'UPDATE dropped SET arrival = ? WHERE id = 1',
};

type Statements = Readonly<Record<Name, StatementSync>>;

export class Pruner {
  readonly #statements: Statements;
  readonly #words: Words;

  constructor(database: DatabaseSync, words: Words) {
    const prepared = Object.entries(pruneQueries).map(([name, sql]) => [
      name,
      database.prepare(sql),
    ]);
    this.#statements = Object.fromEntries(prepared) as Statements;
    this.#words = words;
  }

  /**
   * To be called inside a transaction, with the key of the chain's row and the highest arrival
   * number there is. Takes time with the number of entries that go, and with no other.
   */
  prune(chain: number, { floor }: ChainRecord, lastArrival: number): void {
    const { count, entries, ids, mark, page, parked, places } = this.#statements;
    for (;;) {
      const rows = page.all(chain, floor, LIMITS.indexBatchEntries) as unknown as PageRow[];
      const last = rows.at(-1);
      if (last === undefined) break;
      const shown = rows.map(storedOf).filter(({ arrival }) => arrival > 0);
      this.#words.forget(shown);
      for (const statement of [ids, places, parked, entries]) statement.run(chain, last.seq);
      const lines = shown.reduce((sum, stored) => sum + lineCountOf(stored), 0);
      count.run(shown.length, lines, chain);
    }
    mark.run(lastArrival);
  }
}

interface PageRow extends StoredRow {
  readonly seq: number;
}
