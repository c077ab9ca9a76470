// Pages of a session's history from any place in it, and lines that were searched for: both read only what they show.

import type { OrderKey, SearchHit, StoredEntry, WindowQuery } from '@parley/core';
import { compareOrder, orderKeyOf } from '@parley/core';
import type { HistoryPage, LinePlace, PageRange, ShownLine } from './api.ts';

export const ENTRIES_AT_FIRST = 4;
export const ENTRIES_PER_READ = 64;

export interface PageSources {
  readonly window: (query: Omit<WindowQuery, 'conversation'>) => readonly StoredEntry[];
  /** The lines of one entry. */
  readonly show: (stored: StoredEntry) => readonly ShownLine[];
}

/** Lines from the edge on, exactly `linesMax` where there are so many. */
export function readPage({ window, show }: PageSources, range: PageRange): HistoryPage {
  const { after, linesMax } = range;
  const isForward = after !== undefined;
  let lines: readonly ShownLine[] = [];
  let edge = firstEdge(range);
  let entriesMax = ENTRIES_AT_FIRST;
  while (lines.length < linesMax) {
    const place = edge === undefined ? {} : isForward ? { after: edge } : { before: edge };
    const entries = window({ ...place, entriesMax });
    const shown = entries.flatMap((stored) => show(stored)).filter((line) => isWithin(line, range));
    lines = isForward ? [...lines, ...shown] : [...shown, ...lines];
    const last = isForward ? entries.at(-1) : entries[0];
    if (last === undefined) return { lines, end: true };
    edge = orderKeyOf(last.entry);
    entriesMax = entriesFor(linesMax - lines.length, shown.length / entries.length);
  }
  if (lines.length === linesMax) return { lines, end: false };
  return { lines: isForward ? lines.slice(0, linesMax) : lines.slice(-linesMax), end: false };
}

/** Entries hold one line when it is quiet and hundreds under load: those before tell how many are needed. */
export function entriesFor(lines: number, linesPerEntry: number): number {
  const wanted = Math.ceil(lines / Math.max(1, linesPerEntry));
  return Math.max(1, Math.min(ENTRIES_PER_READ, wanted));
}

/** Beyond the entry of the line at the edge, since others of its lines may be wanted. */
function firstEdge({ before, after }: PageRange): OrderKey | undefined {
  if (after !== undefined) return { ...after, seq: after.seq - 1 };
  return before === undefined ? undefined : { ...before, seq: before.seq + 1 };
}

function isWithin({ place }: ShownLine, { before, after }: PageRange): boolean {
  if (after !== undefined) return comparePlaces(place, after) > 0;
  return before === undefined || comparePlaces(place, before) < 0;
}

function comparePlaces(left: LinePlace, right: LinePlace): number {
  return compareOrder(left, right) || left.index - right.index;
}

/** The lines of hits, the newest first. */
export function foundLines(
  hits: readonly SearchHit[],
  show: PageSources['show'],
): readonly ShownLine[] {
  const found = hits.flatMap(({ stored, index }) =>
    show(stored).filter(({ place }) => place.index === index),
  );
  return found.toSorted((left, right) => comparePlaces(right.place, left.place));
}
