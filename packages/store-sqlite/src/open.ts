// Opens a profile's database as core's Store port.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { LIMITS, StoreError } from '@parley/core';
import type { Store } from '@parley/core';

import { Database } from './database.ts';
import { fault, guarded } from './faults.ts';
import { prepareDatabaseFile, syncDirectory } from './files.ts';
import { Reserve } from './reserve.ts';
import { APPLICATION_ID, migrate, SCHEMA_VERSION, schemaVersion } from './schema.ts';

export interface StoreOptions {
  /**
   * The database file; made if missing, like the directory it is in. `-wal`, `-shm` and `.reserve`
   * stand beside it.
   */
  readonly path: string;
  /**
   * How large the database file may grow; 'full' is thrown beyond. Default: as large as the disk.
   */
  readonly databaseBytesMax?: number;
}

export type SqliteStore = Store;

/**
 * Opens the database, makes a new one, or brings an old one to today's schema. Throws StoreError
 * 'damaged', 'newer-schema', 'locked', 'full' or 'io'. Does not keep a second process out: see
 * lockProfile.
 */
export function openStore(options: StoreOptions): SqliteStore {
  const file = path.resolve(options.path);
  const reserve = new Reserve(`${file}.reserve`, LIMITS.reserveBytes);
  return asStore(
    file,
    guarded(file, () => openWithRoom(file, reserve, options)),
  );
}

/** On a full disk even opening fails, for want of 32 KiB: the reserve is for that too. */
function openWithRoom(file: string, reserve: Reserve, options: StoreOptions): Database {
  try {
    return guarded(file, () => openDatabase(file, reserve, options));
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'full') throw error;
    reserve.free();
    return openDatabase(file, reserve, options);
  }
}

function openDatabase(file: string, reserve: Reserve, options: StoreOptions): Database {
  prepareDatabaseFile(file);
  const connection = new DatabaseSync(file, { timeout: LIMITS.storeBusyMsMax });
  let walDescriptor: number | null = null;
  try {
    checkOrigin(file, connection);
    configure(connection, options);
    migrate(connection);
    // The first read in WAL mode, which migrate did, made the file.
    walDescriptor = fs.openSync(`${file}-wal`, 'r+');
    syncDirectory(path.dirname(file));
    const database = new Database(file, connection, walDescriptor, reserve);
    database.load();
    return database;
  } catch (error) {
    connection.close();
    if (walDescriptor !== null) fs.closeSync(walDescriptor);
    throw error;
  }
}

/** Before anything is written: whether it is ours, and not from the future. */
function checkOrigin(file: string, connection: DatabaseSync): void {
  const origin = connection.prepare('PRAGMA application_id').get()?.['application_id'];
  if (origin !== APPLICATION_ID)
    throw fault('damaged', file, 'it is the database of another program');
  const version = schemaVersion(connection);
  if (version > SCHEMA_VERSION) {
    throw fault('newer-schema', file, `schema ${version}, this one knows up to ${SCHEMA_VERSION}`);
  }
}

/**
 * secure_delete overwrites with zeros what is replaced or deleted, in the database file: no old key
 * of a session can be read from it after the next checkpoint. Until then the old page is in it, and
 * the WAL has old pages until it is begun anew and they are written over; a file system or a disk
 * that writes elsewhere than in place keeps what it likes. Words of dropped lines stay in the
 * full-text index, without saying where they stood, until it merges that part.
 */
function configure(connection: DatabaseSync, { databaseBytesMax }: StoreOptions): void {
  connection.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = ${LIMITS.walBytesKept};
    PRAGMA cache_size = ${-LIMITS.storeCacheBytes / 1024};
    PRAGMA temp_store = MEMORY;
    PRAGMA secure_delete = ON;
  `);
  if (databaseBytesMax === undefined) return;
  const pageBytes = Number(connection.prepare('PRAGMA page_size').get()?.['page_size']);
  connection.exec(`PRAGMA max_page_count = ${Math.floor(databaseBytesMax / pageBytes)}`);
}

function asStore(file: string, database: Database): SqliteStore {
  const { reader, records, sync, words } = database;
  const indexSome = (entriesMax: number): number =>
    guarded(file, () => database.indexSome(entriesMax));
  return {
    chains: () => guarded(file, () => records.chains()),
    proofs: () => guarded(file, () => records.proofs()),
    peers: () => guarded(file, () => records.peers()),
    meta: (key) => guarded(file, () => records.meta(key)),
    value: (key) => guarded(file, () => records.value(key)),
    values: (prefix) => guarded(file, () => records.values(prefix)),
    commit: (writes) => guarded(file, () => database.commit(writes)),
    onSynced: (listener) => sync.listen(listener),
    run: (query) => guarded(file, () => reader.run(query)),
    oldest: (query) => guarded(file, () => reader.oldest(query)),
    nextParkedMs: (conversation) => guarded(file, () => reader.nextParkedMs(conversation)),
    entry: (id) => guarded(file, () => reader.entry(id)),
    window: (query) => guarded(file, () => reader.window(query)),
    arrivals: (after, entriesMax) => guarded(file, () => reader.arrivals(after, entriesMax)),
    lastArrival: () => guarded(file, () => reader.lastArrival()),
    search: (query, conversation, hitsMax) =>
      guarded(file, () => {
        let remaining = indexSome(LIMITS.indexBatchEntries);
        while (remaining > 0) remaining = indexSome(LIMITS.indexBatchEntries);
        return words.search(query, conversation, hitsMax);
      }),
    indexSome,
    count: (conversation) => guarded(file, () => reader.count(conversation)),
    close: () => database.close(),
  };
}
