// Pages of a history: whole entries, in order, and as little read of a million as of a thousand.

import type { ShownLine } from '@parley/client';
import type { ChainKey, OrderKey, StoredEntry } from '@parley/core';
import { compareOrder } from '@parley/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPage } from '../src/pages.ts';
import type { PageSources } from '../src/pages.ts';

const chain = 'a'.repeat(80) as ChainKey;

/** A history of so many entries, of which each has `linesOf` lines; counts the entries read. */
class History implements PageSources {
  read = 0;
  readonly #entries: number;
  readonly #linesOf: (seq: number) => number;

  constructor(entries: number, linesOf: (seq: number) => number = () => 1) {
    this.#entries = entries;
    this.#linesOf = linesOf;
  }

  readonly window: PageSources['window'] = ({ before, after, entriesMax }) => {
    const start = after === undefined ? 0 : after.seq + 1;
    const end = before === undefined ? this.#entries : Math.min(before.seq, this.#entries);
    const from = after === undefined ? Math.max(start, end - entriesMax) : start;
    const to = after === undefined ? end : Math.min(this.#entries, start + entriesMax);
    this.read += Math.max(0, to - from);
    return Array.from({ length: Math.max(0, to - from) }, (_, at) => storedAt(from + at));
  };

  readonly show: PageSources['show'] = (stored) => {
    const { seq } = stored.entry.header;
    return Array.from({ length: this.#linesOf(seq) }, (_, index) => lineAt(seq, index));
  };

  all(): string[] {
    return Array.from({ length: this.#entries }, (_, seq) =>
      this.show(storedAt(seq)).map(({ id }) => id),
    ).flat();
  }
}

function storedAt(seq: number): StoredEntry {
  const header = { hlc: { ms: seq, counter: 0 }, chain, seq };
  return { entry: { header } } as unknown as StoredEntry;
}

function lineAt(seq: number, index: number): ShownLine {
  const place = { hlc: { ms: seq, counter: 0 }, chain, seq, index };
  return { id: `${seq}.${index}`, place } as unknown as ShownLine;
}

describe('a page of history', () => {
  it('of a million entries costs as many reads as one of a thousand, at any place', () => {
    const counts = [1_000, 1_000_000].map((entries) => {
      const history = new History(entries);
      const newest = readPage(history, { linesMax: 200 });
      const [first] = newest.lines;
      if (first === undefined) throw new Error('no lines');
      readPage(history, { linesMax: 200, before: first.place });
      readPage(history, { linesMax: 100, after: lineAt(400, 0).place });
      return history.read;
    });
    expect(counts[0]).toBe(counts[1]);
    expect(counts[1]).toBeLessThan(520);
  });

  it('of entries with hundreds of lines reads only the few that it needs', () => {
    const history = new History(10_000, () => 256);
    const { lines, end } = readPage(history, { linesMax: 200 });
    expect(lines.map(({ id }) => id)).toEqual(history.all().slice(-200));
    expect(end).toBe(false);
    expect(history.read).toBeLessThanOrEqual(4);
  });

  it('goes on from any line, also from one amid its entry', () => {
    const history = new History(3, () => 4);
    const all = history.all();
    for (const [at, id] of all.entries()) {
      const [seq = 0, index = 0] = id.split('.').map(Number);
      const { place } = lineAt(seq, index);
      const older = readPage(history, { linesMax: 99, before: place });
      const newer = readPage(history, { linesMax: 99, after: place });
      expect(older.lines.map((line) => line.id)).toEqual(all.slice(0, at));
      expect(newer.lines.map((line) => line.id)).toEqual(all.slice(at + 1));
    }
  });

  it('follows the one before without gap or overlap, in both directions, whatever entries hold', () => {
    const sizes = fc.array(fc.nat(6), { maxLength: 150 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 40 }), (lines, linesMax) => {
        const history = new History(lines.length, (seq) => lines[seq] ?? 0);
        expect(walked(history, linesMax, 'older')).toEqual(history.all());
        expect(walked(history, linesMax, 'newer')).toEqual(history.all());
      }),
    );
  });
});

function walked(history: History, linesMax: number, direction: 'older' | 'newer'): string[] {
  let ids: string[] = [];
  let edge: ShownLine['place'] | undefined =
    direction === 'newer' ? { ...lineAt(0, 0).place, seq: -1 } : undefined;
  for (;;) {
    const side =
      edge === undefined ? {} : direction === 'older' ? { before: edge } : { after: edge };
    const { lines, end } = readPage(history, { linesMax, ...side });
    expectOrder(lines.map(({ place }) => place));
    const page = lines.map(({ id }) => id);
    ids = direction === 'older' ? [...page, ...ids] : [...ids, ...page];
    if (end) return ids;
    edge = (direction === 'older' ? lines[0] : lines.at(-1))?.place;
  }
}

function expectOrder(places: readonly OrderKey[]): void {
  expect(places.toSorted(compareOrder)).toEqual(places);
}
