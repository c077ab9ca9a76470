// Fills the full-text index while nothing else happens, a little at a time, so that no line waits for it.

import type { Store } from '@parley/core';
import type { Scheduler } from './loop.ts';

/** Nothing may have come for so long before the index grows. */
const IDLE_MS = 1_000;
const ENTRIES_AT_ONCE = 8;
/** After so much work others get their turn. */
const WORK_MS = 8;

export class IdleIndexer {
  readonly #store: Store;
  readonly #scheduler: Scheduler;
  readonly #failed: (error: unknown) => void;
  #busyMs = 0;
  #callOff: (() => void) | null = null;
  #stopped = false;

  constructor(store: Store, scheduler: Scheduler, failed: (error: unknown) => void) {
    this.#store = store;
    this.#scheduler = scheduler;
    this.#failed = failed;
  }

  /** Something came: the index has grown stale, and it waits for quiet. */
  note(): void {
    this.#busyMs = this.#scheduler.now().monotonicMs;
    if (this.#callOff === null) this.#look(this.#busyMs + IDLE_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#callOff?.();
  }

  #look(atMs: number): void {
    if (this.#stopped) return;
    this.#callOff = this.#scheduler.at(atMs, () => this.#work());
  }

  #work(): void {
    this.#callOff = null;
    const nowMs = this.#scheduler.now().monotonicMs;
    const quietMs = this.#busyMs + IDLE_MS;
    if (nowMs < quietMs) return this.#look(quietMs);
    try {
      let left = this.#store.indexSome(ENTRIES_AT_ONCE);
      while (left > 0 && this.#scheduler.now().monotonicMs < nowMs + WORK_MS) {
        left = this.#store.indexSome(ENTRIES_AT_ONCE);
      }
      if (left > 0) this.#look(nowMs);
    } catch (error) {
      this.stop();
      this.#failed(error);
    }
  }
}
