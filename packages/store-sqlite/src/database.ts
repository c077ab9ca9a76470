// One open database: commits, indexes, and gets through a full disk and through closing.

import fs from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { StoreError } from '@parley/core';
import type { Write } from '@parley/core';

import { Checkpointer } from './checkpoint.ts';
import { asFault, fault } from './faults.ts';
import { Dropper } from './drop.ts';
import { Pruner } from './prune.ts';
import { Reader } from './reader.ts';
import { Records } from './records.ts';
import type { Reserve } from './reserve.ts';
import { syncDescriptor, WalSync } from './wal-sync.ts';
import { Words } from './words.ts';
import { Writer } from './writer.ts';

export class Database {
  readonly reader: Reader;
  readonly records: Records;
  readonly words: Words;
  readonly sync: WalSync;
  readonly #path: string;
  readonly #connection: DatabaseSync;
  readonly #reserve: Reserve;
  readonly #writer: Writer;
  readonly #checkpointer: Checkpointer;
  readonly #walDescriptor: number;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  #commits = 0;
  #closed: Promise<void> | null = null;
  /** A checkpoint that failed between two commits; the next commit throws it. */
  #failure: unknown = null;

  /**
   * Takes a connection in WAL mode whose -wal file is open as `walDescriptor`; closes both in the
   * end.
   */
  constructor(path: string, connection: DatabaseSync, walDescriptor: number, reserve: Reserve) {
    this.#path = path;
    this.#connection = connection;
    this.#walDescriptor = walDescriptor;
    this.#reserve = reserve;
    this.#checkpointer = new Checkpointer(connection);
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#end = connection.prepare('COMMIT');
    this.reader = new Reader(connection);
    this.records = new Records(connection);
    this.words = new Words(connection, this.reader);
    const dropper = new Dropper(connection, this.reader, this.words);
    this.#writer = new Writer(connection, dropper, new Pruner(connection, this.words));
    this.sync = new WalSync(path, syncDescriptor(walDescriptor), () => this.#afterSync());
  }

  /** Reads what is kept in memory; to be called once before anything else. */
  load(): void {
    this.#refresh();
    this.#reserve.hold();
  }

  commit(writes: readonly Write[]): number {
    this.#write(() => this.#writer.apply(writes));
    this.#commits += 1;
    this.sync.committed(this.#commits);
    return this.#commits;
  }

  /** Returns how many entries are not indexed yet. */
  indexSome(entriesMax: number): number {
    const { lastArrival } = this.#writer;
    if (entriesMax > 0 && this.words.remaining(lastArrival) > 0) {
      this.#write(() => this.words.add(entriesMax, lastArrival));
    }
    return this.words.remaining(lastArrival);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #write(work: () => void): void {
    if (this.#closed !== null) throw new Error('the store is closed');
    const failure = this.sync.failure ?? this.#failure;
    if (failure !== null) throw failure;
    // Without it there would be no way out of a full disk, so nothing is written until there is
    // room for it again.
    if (!this.#reserve.hold()) throw fault('full', this.#path, 'no room for the reserve');
    try {
      this.#checkpointer.beforeCommit();
      this.#transaction(work);
    } catch (error) {
      const found = asFault(error, this.#path);
      if (found instanceof StoreError && found.code === 'full') this.#makeRoom();
      throw found;
    }
  }

  #transaction(work: () => void): void {
    this.#begin.run();
    try {
      work();
      this.#end.run();
    } catch (error) {
      // SQLite has rolled back some faults by itself.
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      this.#refresh();
      throw error;
    }
  }

  #refresh(): void {
    this.#writer.refresh();
    this.words.refresh();
  }

  /**
   * Gives up the reserve, so that what is in the WAL fits into the database and the WAL can be used
   * anew.
   */
  #makeRoom(): boolean {
    this.#reserve.free();
    try {
      this.#checkpointer.run();
      return true;
    } catch (error) {
      const found = asFault(error, this.#path);
      // Then it stays in the WAL, which is just as safe.
      if (found instanceof StoreError && found.code === 'full') return false;
      throw found;
    }
  }

  #afterSync(): void {
    try {
      this.#checkpointer.afterSync();
    } catch (error) {
      const found = asFault(error, this.#path);
      if (found instanceof StoreError && found.code === 'full') this.#makeRoom();
      else this.#failure = found;
    }
  }

  async #close(): Promise<void> {
    await this.sync.stop();
    try {
      if (!this.#finish()) fs.fdatasyncSync(this.#walDescriptor);
      this.sync.durable();
    } catch (error) {
      throw asFault(error, this.#path);
    } finally {
      this.#connection.close();
      fs.closeSync(this.#walDescriptor);
    }
    if (this.sync.failure !== null) throw this.sync.failure;
  }

  /** True if all is in the database and synced, false if some of it stays in the WAL. */
  #finish(): boolean {
    try {
      return this.#checkpointer.finish();
    } catch (error) {
      const found = asFault(error, this.#path);
      if (!(found instanceof StoreError) || found.code !== 'full') throw error;
      return this.#makeRoom() && this.#checkpointer.finish();
    }
  }
}
