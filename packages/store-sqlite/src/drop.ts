// Forgets conversations: what is in all the tables of one, and its words in the index.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { LIMITS, orderKeyOf } from '@parley/core';
import type { ConversationId } from '@parley/core';

import { toBlob } from './hex.ts';
import type { Reader } from './reader.ts';
import type { Words } from './words.ts';

/** Exported for the test that asks SQLite for their plans. */
export const dropQueries = {
  conversation: 'SELECT id FROM conversations WHERE conversation = ?',
  chains: 'SELECT id FROM chains WHERE conversation = ?',
  ids: `
    DELETE FROM ids WHERE (prefix, arrival) IN
      (SELECT substr(id, 1, 6), arrival FROM entries WHERE chain = ?)`,
  entries: 'DELETE FROM entries WHERE chain = ?',
  places: 'DELETE FROM places WHERE conversation = ?',
  parked: 'DELETE FROM parked WHERE conversation = ?',
  forgetChains: 'DELETE FROM chains WHERE conversation = ?',
  forgetConversation: 'DELETE FROM conversations WHERE id = ?',
  mark: 'UPDATE dropped SET arrival = ? WHERE id = 1',
} as const;

type Statements = Readonly<Record<keyof typeof dropQueries, StatementSync>>;

export class Dropper {
  readonly #statements: Statements;
  readonly #reader: Reader;
  readonly #words: Words;

  constructor(database: DatabaseSync, reader: Reader, words: Words) {
    const prepared = Object.entries(dropQueries).map(([name, sql]) => [
      name,
      database.prepare(sql),
    ]);
    this.#statements = Object.fromEntries(prepared) as Statements;
    this.#reader = reader;
    this.#words = words;
  }

  /** To be called inside a transaction, with the highest arrival number there is. */
  drop(conversation: ConversationId, lastArrival: number): void {
    const statements = this.#statements;
    const row = statements.conversation.get(toBlob(conversation));
    if (row === undefined) return;
    const key = Number(row['id']);
    this.#forgetWords(conversation);
    for (const chain of statements.chains.all(key)) {
      statements.ids.run(Number(chain['id']));
      statements.entries.run(Number(chain['id']));
    }
    statements.places.run(key);
    statements.parked.run(key);
    statements.forgetChains.run(key);
    statements.forgetConversation.run(key);
    statements.mark.run(lastArrival);
  }

  /** Page by page in the order on screen, so that a long history never is in memory as a whole. */
  #forgetWords(conversation: ConversationId): void {
    const entriesMax = LIMITS.indexBatchEntries;
    let page = this.#reader.window({ conversation, entriesMax });
    while (page.length > 0) {
      this.#words.forget(page);
      const [first] = page;
      if (first === undefined || page.length < entriesMax) return;
      page = this.#reader.window({ conversation, entriesMax, before: orderKeyOf(first.entry) });
    }
  }
}
