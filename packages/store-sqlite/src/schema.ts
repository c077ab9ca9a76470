// The tables, as an append-only list of migrations: a database's user_version says how many of them
// it has seen.

import type { DatabaseSync } from 'node:sqlite';

/**
 * Marks the file as ours ("prly"), so that another program's database is never taken for a profile.
 */
export const APPLICATION_ID = 0x70726c79;

/**
 * - Hashes and keys are blobs; a chain and a conversation are named by a small integer everywhere
 *   but in their table.
 * - `entries.arrival` is negative while an entry is parked: then no reader that goes by arrival can
 *   meet it.
 * - `places` is the order on screen. It is a table of its own because the tie-break (the chain's
 *   key, 40 bytes) would otherwise stand in the entry's row and in its index.
 * - `ids` has the first 6 bytes of each id, for the row to compare the whole. Ids are random, so
 *   that a commit of a thousand entries would change nearly as many pages of it, and take twice as
 *   long: like the words, they are indexed later, up to `indexed.arrival`, and what came after is
 *   searched as it stands. Parked entries are there at once.
 * - `words` holds no text (contentless): rowid is arrival × 256 + index of the line; `scope` names
 *   the conversation.
 */
const schema1 = `
  CREATE TABLE conversations (
    id INTEGER PRIMARY KEY, conversation BLOB NOT NULL UNIQUE,
    entries INTEGER NOT NULL, lines INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE chains (
    id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, chain BLOB NOT NULL UNIQUE,
    identity BLOB NOT NULL, certificate BLOB NOT NULL,
    floor INTEGER NOT NULL, length INTEGER NOT NULL,
    head_id BLOB NOT NULL, floor_prev BLOB NOT NULL,
    head_hlc_ms INTEGER NOT NULL, head_hlc_counter INTEGER NOT NULL,
    name TEXT NOT NULL, stopped TEXT
  ) STRICT;

  CREATE TABLE entries (
    arrival INTEGER PRIMARY KEY, chain INTEGER NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL,
    hlc_ms INTEGER NOT NULL, hlc_counter INTEGER NOT NULL,
    arrived_ms INTEGER NOT NULL, late INTEGER NOT NULL,
    header BLOB NOT NULL, signature BLOB, payload BLOB
  ) STRICT;
  CREATE UNIQUE INDEX entries_run ON entries (chain, seq);
  CREATE TABLE ids (
    prefix BLOB NOT NULL, arrival INTEGER NOT NULL, PRIMARY KEY (prefix, arrival)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE places (
    conversation INTEGER NOT NULL, hlc_ms INTEGER NOT NULL, hlc_counter INTEGER NOT NULL,
    chain BLOB NOT NULL, seq INTEGER NOT NULL, arrival INTEGER NOT NULL,
    PRIMARY KEY (conversation, hlc_ms, hlc_counter, chain, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE parked (
    conversation INTEGER NOT NULL, hlc_ms INTEGER NOT NULL, hlc_counter INTEGER NOT NULL,
    chain BLOB NOT NULL, seq INTEGER NOT NULL, arrival INTEGER NOT NULL, lines INTEGER NOT NULL,
    PRIMARY KEY (conversation, hlc_ms, hlc_counter, chain, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE proofs (chain BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE peers (
    peer TEXT PRIMARY KEY, addresses TEXT NOT NULL, last_seen_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX peers_seen ON peers (last_seen_ms, peer);
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE VIRTUAL TABLE words USING fts5(
    scope, text, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TABLE indexed (name TEXT PRIMARY KEY, arrival INTEGER NOT NULL) STRICT;
  INSERT INTO indexed (name, arrival) VALUES ('ids', 0), ('words', 0);
`;

/**
 * - A sealed entry has a negative arrival like a parked one and is in `ids` at once, but has no row
 *   in `parked`; `opened` is what it turned out to say.
 * - `dropped` has the highest arrival number there was when entries were last dropped: readers
 *   remember how far they have read by such numbers, so that none is given twice.
 * - `kept` has the values: other keys than those of `meta`, and bytes.
 */
const schema2 = `
  ALTER TABLE entries ADD COLUMN opened BLOB;
  CREATE INDEX chains_conversation ON chains (conversation);
  CREATE TABLE dropped (id INTEGER PRIMARY KEY, arrival INTEGER NOT NULL) STRICT;
  INSERT INTO dropped (id, arrival) VALUES (1, 0);
  CREATE TABLE kept (key TEXT NOT NULL UNIQUE, value BLOB NOT NULL) STRICT;
`;

/** - `chains.bytes` is how much a chain takes, so that quotas are known without reading it all. */
const schema3 = `
  ALTER TABLE chains ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE chains SET bytes = sizes.bytes FROM (
    SELECT chain, sum(length(header) + 64 + coalesce(length(payload), 0)) AS bytes
    FROM entries GROUP BY chain
  ) AS sizes WHERE sizes.chain = chains.id;
`;

/**
 * Migration n takes a database from user_version n to n + 1. Never edit one that was released:
 * append.
 */
const migrations: readonly string[] = [schema1, schema2, schema3];

export const SCHEMA_VERSION: number = migrations.length;

/** How many migrations a database has seen. */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Brings a database to today's schema, each migration in a transaction of its own. */
export function migrate(database: DatabaseSync): void {
  for (let version = schemaVersion(database); version < SCHEMA_VERSION; version += 1) {
    database.exec('BEGIN IMMEDIATE');
    try {
      if (version === 0) database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      database.exec(migrations[version] ?? '');
      database.exec(`PRAGMA user_version = ${version + 1}`);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}
