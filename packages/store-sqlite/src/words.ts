// The indexes filled in batches when there is time: of the words of lines that are plain or opened,
// and of entry ids.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { decodeLines, LIMITS } from '@parley/core';
import type { ConversationId, Entry, Line, Result, SearchHit, StoredEntry } from '@parley/core';

import { toBlob } from './hex.ts';
import type { Reader } from './reader.ts';

/** What unicode61 takes for a word, and combining marks: punctuation can never be query syntax. */
const wordPattern = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;

type Name = 'add' | 'remove' | 'progress' | 'advance' | 'addIds' | 'match' | 'conversation';

/** Exported for the test that asks SQLite for their plans. */
export const wordQueries: Readonly<Record<Name, string>> = {
  add: 'INSERT INTO words (rowid, scope, text) VALUES (?, ?, ?)',
  // A table without content has to be told what it forgets.
  remove: "INSERT INTO words (words, rowid, scope, text) VALUES ('delete', ?, ?, ?)",
  progress: 'SELECT arrival FROM indexed WHERE name = ?',
  advance: 'UPDATE indexed SET arrival = ? WHERE name = ?',
  // In their order, so that each page of the index is changed once.
  addIds: `
    INSERT INTO ids (prefix, arrival)
    SELECT substr(id, 1, 6) AS prefix, arrival FROM entries WHERE arrival > ? AND arrival <= ?
    ORDER BY prefix`,
  // The latest matches to arrive, and of those the newest on screen.
  match: `
    SELECT line FROM (
      SELECT rowid AS line FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?
    )
    CROSS JOIN entries ON entries.arrival = line / ${LIMITS.entryLinesMax}
    CROSS JOIN chains ON chains.id = entries.chain
    ORDER BY hlc_ms DESC, hlc_counter DESC, chains.chain DESC, seq DESC, line DESC
    LIMIT ?`,
  conversation: 'SELECT id FROM conversations WHERE conversation = ?',
};

type Statements = Readonly<Record<Name, StatementSync>>;

/** Rows of `words` that one entry may have; the row of line i of arrival a is a × 256 + i. */
const ROWS_PER_ENTRY = LIMITS.entryLinesMax;

export class Words {
  readonly #reader: Reader;
  readonly #statements: Statements;
  #wordsTo = 0;
  #idsTo = 0;

  constructor(database: DatabaseSync, reader: Reader) {
    this.#reader = reader;
    const prepared = Object.entries(wordQueries).map(([name, sql]) => [
      name,
      database.prepare(sql),
    ]);
    this.#statements = Object.fromEntries(prepared) as Statements;
  }

  /** Reads from the disk how far the indexes go: when opening, and after a rollback. */
  refresh(): void {
    const { progress } = this.#statements;
    this.#wordsTo = Number(progress.get('words')?.['arrival']);
    this.#idsTo = Number(progress.get('ids')?.['arrival']);
  }

  /** How many of the entries that have arrived are to be indexed yet. */
  remaining(lastArrival: number): number {
    const words = lastArrival - this.#wordsTo;
    return words > 0 ? words : lastArrival - this.#idsTo;
  }

  /**
   * To be called inside a transaction. Indexes the words of the next entries; after the last of
   * them, ids.
   */
  add(entriesMax: number, lastArrival: number): void {
    const batch = this.#reader.arrivals(this.#wordsTo, entriesMax);
    for (const stored of batch) this.#eachText(stored, this.#statements.add);
    // Numbers of what was dropped may follow the last that there are.
    const atEnd = batch.length < entriesMax;
    this.#wordsTo = atEnd ? lastArrival : (batch.at(-1)?.arrival ?? this.#wordsTo);
    this.#statements.advance.run(this.#wordsTo, 'words');
    if (this.#wordsTo < lastArrival) return;
    const idsTo = Math.min(lastArrival, this.#idsTo + LIMITS.indexIdsEntriesMax);
    this.#statements.addIds.run(this.#idsTo, idsTo);
    this.#idsTo = idsTo;
    this.#statements.advance.run(idsTo, 'ids');
  }

  search(query: string, conversation: ConversationId | null, hitsMax: number): SearchHit[] {
    const expression = this.#expression(query, conversation);
    if (expression === null) return [];
    const rows = this.#statements.match.all(expression, LIMITS.searchMatchesMax, hitsMax);
    return rows.flatMap((row) => this.#hit(Number(row['line'])));
  }

  /** To be called inside a transaction, while the entries' conversation is still known. */
  forget(entries: readonly StoredEntry[]): void {
    for (const stored of entries) {
      if (stored.arrival > 0 && stored.arrival <= this.#wordsTo) {
        this.#eachText(stored, this.#statements.remove);
      }
    }
  }

  #eachText({ arrival, entry, opened }: StoredEntry, statement: StatementSync): void {
    const lines = linesOf(entry, opened);
    const scope = this.#scope(entry.header.conversation);
    for (const [index, line] of lines.entries()) {
      if (line.type !== 'say' && line.type !== 'me') continue;
      statement.run(arrival * ROWS_PER_ENTRY + index, scope, line.text);
    }
  }

  #scope(conversation: ConversationId): string | null {
    const row = this.#statements.conversation.get(toBlob(conversation));
    return row === undefined ? null : `c${Number(row['id'])}`;
  }

  /**
   * The query in the language of FTS5: every word quoted, the last one as a prefix. Null where
   * nothing can match.
   */
  #expression(query: string, conversation: ConversationId | null): string | null {
    const words = (query.match(wordPattern) ?? []).slice(0, LIMITS.searchWordsMax);
    if (words.length === 0) return null;
    const text = `text : (${words.map((word) => `"${word}"`).join(' AND ')} *)`;
    if (conversation === null) return text;
    const scope = this.#scope(conversation);
    return scope === null ? null : `scope : "${scope}" AND ${text}`;
  }

  #hit(line: number): SearchHit[] {
    const arrival = Math.floor(line / ROWS_PER_ENTRY);
    const [stored] = this.#reader.arrivals(arrival - 1, 1);
    if (stored?.arrival !== arrival) return [];
    return [{ stored, index: line % ROWS_PER_ENTRY }];
  }
}

/** A payload that says nothing readable is shown as such and cannot be found. */
function linesOf({ header, payload }: Entry, opened: Uint8Array | null): readonly Line[] {
  if (opened !== null) return valueOr(decodeLines(opened, null));
  if (header.keyId !== null || payload === null) return [];
  return valueOr(decodeLines(payload, header.lineCount));
}

function valueOr(lines: Result<readonly Line[], unknown>): readonly Line[] {
  return lines.ok ? lines.value : [];
}
