// The clock of one simulated machine: virtual time, shown wrong by its skew.

import type { Scheduler } from '@parley/client';
import type { Now } from '@parley/core';
import type { Agenda, Task } from './agenda.ts';

/** Virtual time 0 as a date: 2026-01-01. */
export const EPOCH_MS = 1_767_225_600_000;

/** What a machine's clock shows beyond the true time; may be set at any moment. */
export interface WallClock {
  skewMs: number;
}

/** Time and turns for one run of a process; after `end` nothing of it runs any more. */
export class ProcessClock implements Scheduler {
  readonly #agenda: Agenda;
  readonly #wall: WallClock;
  /** Monotonic clocks count from any beginning, in fractions of milliseconds. */
  readonly #originMs: number;
  #ended = false;

  constructor(agenda: Agenda, wall: WallClock, originMs: number) {
    this.#agenda = agenda;
    this.#wall = wall;
    this.#originMs = originMs;
  }

  now(): Now {
    const { nowMs } = this.#agenda;
    return { monotonicMs: nowMs - this.#originMs, wallMs: EPOCH_MS + nowMs + this.#wall.skewMs };
  }

  soon(task: Task): void {
    this.#agenda.after(0, this.#whileAlive(task));
  }

  at(monotonicMs: number, task: Task): () => void {
    return this.#agenda.at(Math.ceil(monotonicMs + this.#originMs), this.#whileAlive(task));
  }

  end(): void {
    this.#ended = true;
  }

  #whileAlive(task: Task): Task {
    return () => (this.#ended ? undefined : task());
  }
}
