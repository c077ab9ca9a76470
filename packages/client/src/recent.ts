// The newest entries with their lines already decoded, so that showing what just came reads no disk.

import type { Line, StoredEntry } from '@parley/core';
import { LIMITS } from '@parley/core';

/** An entry with its lines, numbered by arrival. */
export interface ReadEntry {
  readonly arrival: number;
  readonly stored: Pick<StoredEntry, 'entry' | 'identity' | 'late'>;
  readonly lines: readonly Line[];
}

/** Entries in order of arrival without gaps, bounded by lines and by bytes; those before them are let go at once. */
export class RecentEntries {
  /** By arrival. */
  readonly #entries = new Map<number, ReadEntry>();
  #oldest = 0;
  #newest = 0;
  #lines = 0;
  #bytes = 0;

  /** Arrival numbers follow each other; after a jump there is nothing but what comes then. */
  add(entry: ReadEntry): void {
    if (entry.arrival !== this.#newest + 1) this.#clear();
    if (this.#entries.size === 0) this.#oldest = entry.arrival;
    this.#newest = entry.arrival;
    this.#entries.set(entry.arrival, entry);
    this.#count(entry, 1);
    while (this.#lines > LIMITS.recentLinesMax || this.#bytes > LIMITS.recentBytesMax)
      this.#dropOldest();
  }

  /** Entries with arrival > after, or null where they do not reach back so far. */
  after(after: number): readonly ReadEntry[] | null {
    if (this.#entries.size === 0 || after < this.#oldest - 1) return null;
    const found: ReadEntry[] = [];
    for (let arrival = after + 1; arrival <= this.#newest; arrival += 1)
      found.push(this.#at(arrival));
    return found;
  }

  #at(arrival: number): ReadEntry {
    const entry = this.#entries.get(arrival);
    if (entry === undefined) throw new Error(`arrival ${arrival} is not among the recent ones`);
    return entry;
  }

  #dropOldest(): void {
    this.#count(this.#at(this.#oldest), -1);
    this.#entries.delete(this.#oldest);
    this.#oldest += 1;
  }

  #count({ stored, lines }: ReadEntry, sign: 1 | -1): void {
    this.#lines += sign * lines.length;
    this.#bytes += sign * (stored.entry.payload?.length ?? 0);
  }

  #clear(): void {
    this.#entries.clear();
    this.#lines = 0;
    this.#bytes = 0;
  }
}
