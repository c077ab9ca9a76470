// Full-text search over the lines of entries that are not encrypted, kept up to date in batches when there is time.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { compareOrder, decodeLines, LIMITS, orderKeyOf } from '@parley/core';
import type { ConversationId, SearchHit, StoredEntry } from '@parley/core';

import { toBlob } from './hex.ts';
import type { Reader } from './reader.ts';

/** What unicode61 takes for a word, and combining marks: punctuation can never be query syntax. */
const wordPattern = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

/** Exported for the test that asks SQLite for their plans. */
export const wordQueries = {
  add: 'INSERT INTO words (rowid, scope, text) VALUES (?, ?, ?)',
  progress: 'SELECT arrival FROM word_progress WHERE id = 0',
  advance: 'UPDATE word_progress SET arrival = ? WHERE id = 0',
  match: 'SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?',
  conversation: 'SELECT id FROM conversations WHERE conversation = ?',
} as const;

type Statements = Readonly<Record<keyof typeof wordQueries, StatementSync>>;

/** Rows of `words` that one entry may have; the row of line i of arrival a is a × 256 + i. */
const ROWS_PER_ENTRY = LIMITS.entryLinesMax;

export class Words {
  readonly #reader: Reader;
  readonly #statements: Statements;
  #indexedTo = 0;

  constructor(database: DatabaseSync, reader: Reader) {
    this.#reader = reader;
    const prepared = Object.entries(wordQueries).map(([name, sql]) => [
      name,
      database.prepare(sql),
    ]);
    this.#statements = Object.fromEntries(prepared) as Statements;
  }

  /** Reads from the disk how far the index goes: when opening, and after a rollback. */
  refresh(): void {
    this.#indexedTo = Number(this.#statements.progress.get()?.['arrival']);
  }

  get indexedTo(): number {
    return this.#indexedTo;
  }

  /** To be called inside a transaction. Indexes the next entries in order of arrival. */
  add(entriesMax: number): void {
    const batch = this.#reader.arrivals(this.#indexedTo, entriesMax);
    for (const stored of batch) this.#addEntry(stored);
    const last = batch.at(-1);
    if (last === undefined) return;
    this.#statements.advance.run(last.arrival);
    this.#indexedTo = last.arrival;
  }

  search(query: string, conversation: ConversationId | null, hitsMax: number): SearchHit[] {
    const expression = this.#expression(query, conversation);
    if (expression === null) return [];
    const rows = this.#statements.match.all(expression, LIMITS.searchMatchesMax);
    const hits = rows.flatMap((row) => this.#hit(Number(row['rowid'])));
    return hits.toSorted(newestFirst).slice(0, hitsMax);
  }

  #addEntry({ arrival, entry }: StoredEntry): void {
    const { conversation, keyId, lineCount } = entry.header;
    if (keyId !== null || entry.payload === null) return;
    const lines = decodeLines(entry.payload, lineCount);
    // A payload that is signed but says nothing readable is shown as such and cannot be found.
    if (!lines.ok) return;
    const scope = this.#scope(conversation);
    for (const [index, line] of lines.value.entries()) {
      if (line.type !== 'say' && line.type !== 'me') continue;
      this.#statements.add.run(arrival * ROWS_PER_ENTRY + index, scope, line.text);
    }
  }

  #scope(conversation: ConversationId): string | null {
    const row = this.#statements.conversation.get(toBlob(conversation));
    return row === undefined ? null : `c${Number(row['id'])}`;
  }

  /** The query in the language of FTS5: every word quoted, the last one as a prefix. Null where nothing can match. */
  #expression(query: string, conversation: ConversationId | null): string | null {
    const words = (query.match(wordPattern) ?? []).slice(0, LIMITS.searchWordsMax);
    if (words.length === 0) return null;
    const text = `text : (${words.map((word) => `"${word}"`).join(' AND ')} *)`;
    if (conversation === null) return text;
    const scope = this.#scope(conversation);
    return scope === null ? null : `scope : "${scope}" AND ${text}`;
  }

  #hit(row: number): SearchHit[] {
    const arrival = Math.floor(row / ROWS_PER_ENTRY);
    const [stored] = this.#reader.arrivals(arrival - 1, 1);
    if (stored?.arrival !== arrival) return [];
    return [{ stored, index: row % ROWS_PER_ENTRY }];
  }
}

function newestFirst(left: SearchHit, right: SearchHit): number {
  const order = compareOrder(orderKeyOf(right.stored.entry), orderKeyOf(left.stored.entry));
  return order === 0 ? right.index - left.index : order;
}
