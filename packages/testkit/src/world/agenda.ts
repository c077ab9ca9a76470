// Virtual time: what is to happen, in the order of its time, and of its entry where times are the same.

/** What happens at once, or (a promise) what takes real time but none of the world's: nothing else happens meanwhile. */
export type Task = () => void | Promise<void>;

interface Entry {
  readonly atMs: number;
  readonly order: number;
  task: Task | null;
}

export class Agenda {
  nowMs = 0;
  /** Events that have happened. */
  count = 0;
  readonly #heap: Entry[] = [];
  #order = 0;

  /** Runs `task` at that time, or now if it is past; returns how to call it off. Whole milliseconds. */
  at(atMs: number, task: Task): () => void {
    const entry: Entry = { atMs: Math.max(atMs, this.nowMs), order: this.#order, task };
    this.#order += 1;
    this.#push(entry);
    return () => {
      entry.task = null;
    };
  }

  after(delayMs: number, task: Task): () => void {
    return this.at(this.nowMs + delayMs, task);
  }

  /** Lets time pass until then, or until `countMax` events have happened in all; false for the latter. */
  async runUntil(untilMs: number, countMax: number): Promise<boolean> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) break;
      if (this.count >= countMax) return false;
      this.#pop();
      const { task } = next;
      if (task === null) continue;
      this.nowMs = next.atMs;
      this.count += 1;
      const pending = task();
      if (pending !== undefined) await pending;
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
    return true;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Entry)) child += 1;
      const below = heap[child] as Entry;
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs === other.atMs ? one.order < other.order : one.atMs < other.atMs;
}
