// The newest entries with their lines already decoded, so that showing what just came reads no disk.

import type { Line, StoredEntry } from '@parley/core';
import { LIMITS } from '@parley/core';

/** An entry with its lines, numbered by arrival. */
export interface ReadEntry {
  readonly arrival: number;
  readonly stored: Pick<StoredEntry, 'entry' | 'identity' | 'late'>;
  readonly lines: readonly Line[];
}

/** A ring of entries in order of arrival without gaps, bounded by lines and by bytes. */
export class RecentEntries {
  readonly #entries: ReadEntry[] = [];
  #first = 0;
  #lines = 0;
  #bytes = 0;

  /** Arrival numbers follow each other; a jump empties the ring. */
  add(entry: ReadEntry): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && entry.arrival !== last.arrival + 1) this.#clear();
    this.#entries.push(entry);
    this.#count(entry, 1);
    while (this.#lines > LIMITS.recentLinesMax || this.#bytes > LIMITS.recentBytesMax)
      this.#dropFirst();
    if (this.#first > LIMITS.recentLinesMax) {
      this.#entries.splice(0, this.#first);
      this.#first = 0;
    }
  }

  /** Entries with arrival > after, or null where the ring no longer reaches back so far. */
  after(after: number): readonly ReadEntry[] | null {
    const oldest = this.#entries[this.#first];
    if (oldest === undefined || after < oldest.arrival - 1) return null;
    return this.#entries.slice(this.#first + after - (oldest.arrival - 1));
  }

  #dropFirst(): void {
    const entry = this.#entries[this.#first];
    if (entry === undefined) throw new Error('an empty ring holds nothing');
    this.#first += 1;
    this.#count(entry, -1);
  }

  #count({ stored, lines }: ReadEntry, sign: 1 | -1): void {
    this.#lines += sign * lines.length;
    this.#bytes += sign * (stored.entry.payload?.length ?? 0);
  }

  #clear(): void {
    this.#entries.length = 0;
    this.#first = 0;
    this.#lines = 0;
    this.#bytes = 0;
  }
}
