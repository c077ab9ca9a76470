// Gets commits onto the platter behind the back of those who commit: one asynchronous sync for all
// that gathered.

import fs from 'node:fs';

import { LIMITS, StoreError } from '@parley/core';

import { asFault } from './faults.ts';

/*
 * Why syncing a descriptor of our own makes commits durable, whatever SQLite does with the WAL
 * meanwhile:
 *
 * - A sync belongs to the file, not to the descriptor: it writes out what anyone wrote to the inode
 *   before it began. With synchronous=NORMAL a commit ends with its frames written to the -wal file
 *   and no sync. So a sync that begins after commit n returned covers every commit up to n whose
 *   frames are still in the file.
 * - Frames leave the file only after a checkpoint has synced the WAL, copied all of them to the
 *   database and synced that; only then may the next commit write over them from the start, or cut
 *   the file to journal_size_limit. A commit that is not in the WAL any more is therefore durable
 *   already. This holds also when the reset falls into the middle of our sync, which runs on
 *   another thread: what it no longer finds, the checkpoint had synced before.
 * - The inode stays the same while our connection is open: a reset overwrites or truncates it in
 *   place, and only the last connection to close deletes it. Were the name unlinked or replaced
 *   from outside, SQLite would go on writing to the inode that it opened, which is the one we
 *   opened right after it. So we never look the name up again.
 * - POSIX drops a process's locks on a file when any descriptor of it is closed. SQLite locks the
 *   database and the -shm file, which we never open, but not the -wal file.
 * - A new file also needs its name on the platter: openStore syncs the directory once.
 * - After a sync that failed, the kernel may count the pages as clean: a second one could succeed
 *   and prove nothing. So the first failure ends the store's promises, and every later commit
 *   throws it.
 */

/** Syncs a file and says when; fs.fdatasync on the WAL outside tests. */
export type SyncFile = (done: (error: Error | null) => void) => void;

export class WalSync {
  readonly #file: string;
  readonly #syncFile: SyncFile;
  readonly #afterSync: () => void;
  #listener: (commit: number) => void = () => {};
  #committed = 0;
  #synced = 0;
  #running = false;
  #timer: NodeJS.Timeout | null = null;
  #lastStartMs = Number.NEGATIVE_INFINITY;
  #failure: StoreError | null = null;
  #onIdle: (() => void) | null = null;

  /** `afterSync` is called after each sync, when the WAL is clean and a checkpoint is cheapest. */
  constructor(file: string, syncFile: SyncFile, afterSync: () => void) {
    this.#file = file;
    this.#syncFile = syncFile;
    this.#afterSync = afterSync;
  }

  listen(listener: (commit: number) => void): void {
    this.#listener = listener;
  }

  /** Why no commit can be made durable any more; null while all is well. */
  get failure(): StoreError | null {
    return this.#failure;
  }

  /** Commit `commit` has returned; within syncDelayMsMax its sync begins. */
  committed(commit: number): void {
    this.#committed = commit;
    this.#schedule();
  }

  /** All commits so far are durable by other means (a complete checkpoint with its syncs). */
  durable(): void {
    if (this.#failure === null) this.#report(this.#committed);
  }

  /** Waits for the sync under way and begins no other. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#lastStartMs = Number.POSITIVE_INFINITY;
    if (!this.#running) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    await promise;
  }

  #schedule(): void {
    if (this.#running || this.#timer !== null || this.#failure !== null) return;
    if (this.#lastStartMs === Number.POSITIVE_INFINITY) return;
    // The first commit after a pause is synced at once; under load they gather from one start to
    // the next.
    const delayMs = this.#lastStartMs + LIMITS.syncDelayMsMax - performance.now();
    this.#timer = setTimeout(() => this.#start(), Math.max(0, delayMs));
    // Closing syncs; a sync alone need not keep the process alive.
    this.#timer.unref();
  }

  #start(): void {
    this.#timer = null;
    this.#running = true;
    this.#lastStartMs = performance.now();
    const upTo = this.#committed;
    this.#syncFile((error) => this.#done(upTo, error));
  }

  #done(upTo: number, error: Error | null): void {
    this.#running = false;
    if (error === null) {
      this.#report(upTo);
      if (this.#onIdle === null) this.#afterSync();
    } else {
      const found = asFault(error, this.#file);
      this.#failure = found instanceof StoreError ? found : null;
      if (this.#failure === null) throw error;
    }
    if (this.#committed > upTo) this.#schedule();
    this.#onIdle?.();
  }

  #report(commit: number): void {
    if (commit <= this.#synced) return;
    this.#synced = commit;
    this.#listener(commit);
  }
}

/** The SyncFile of an open descriptor. */
export function syncDescriptor(descriptor: number): SyncFile {
  return (done) => fs.fdatasync(descriptor, done);
}
