// Decides when the WAL is copied into the database: often enough to bound it, and where it stalls
// least.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { LIMITS } from '@parley/core';

/*
 * SQLite's own way (wal_autocheckpoint) checkpoints inside the commit that crosses the mark, and
 * waits there for a sync of the WAL and one of the database. We look twice:
 *
 * - After each asynchronous sync of the WAL, if it has walPagesSoft pages or more: no commit is
 *   waiting then, and the WAL is clean, so only the copying and the sync of the database are left
 *   to wait for.
 * - Before a commit, if it has walPagesMax or more: someone commits without ever letting the event
 *   loop turn. Before and not after, because a checkpoint that fails must not make a commit fail
 *   that has happened.
 *
 * We are the only writer, so a PASSIVE checkpoint copies everything and the next commit begins the
 * WAL anew, unless another process is reading. Then the marks move up by what could not be copied,
 * for that reader to end.
 */
const COMMITS_PER_LOOK = 8;

export class Checkpointer {
  readonly #size: StatementSync;
  readonly #passive: StatementSync;
  readonly #truncate: StatementSync;
  #unasked = 0;
  /** Pages that a reader kept from being copied the last time. */
  #stuckPages = 0;

  constructor(database: DatabaseSync) {
    this.#size = database.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#passive = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#truncate = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  afterSync(): void {
    if (this.#isDue(LIMITS.walPagesSoft)) this.run();
  }

  beforeCommit(): void {
    // Asking costs as much as a small commit.
    this.#unasked += 1;
    if (this.#unasked < COMMITS_PER_LOOK) return;
    this.#unasked = 0;
    if (this.#isDue(LIMITS.walPagesMax)) this.run();
  }

  /** Copies what can be copied without waiting for anyone. */
  run(): void {
    const { log, copied } = pages(this.#passive);
    this.#stuckPages = copied < log ? log : 0;
  }

  /** Copies everything and empties the WAL; true if nobody was in the way. */
  finish(): boolean {
    const { busy, log, copied } = pages(this.#truncate);
    return !busy && copied === log;
  }

  #isDue(pagesMax: number): boolean {
    const { log, copied } = pages(this.#size);
    if (log < this.#stuckPages) this.#stuckPages = 0;
    return copied < log && log - this.#stuckPages >= pagesMax;
  }
}

interface Pages {
  readonly busy: boolean;
  /** Pages in the WAL since it was begun anew. */
  readonly log: number;
  /** How many of them are in the database. */
  readonly copied: number;
}

function pages(statement: StatementSync): Pages {
  const row = statement.get();
  const [busy, log, copied] = [row?.['busy'], row?.['log'], row?.['checkpointed']].map(Number);
  return { busy: busy !== 0, log: log ?? 0, copied: copied ?? 0 };
}
