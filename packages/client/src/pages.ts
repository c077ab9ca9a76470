// Pages of a session's history from any place in it, and lines that were searched for: both read only what they show.

import type { OrderKey, SearchHit, StoredEntry, WindowQuery } from '@parley/core';
import { compareOrder, orderKeyOf } from '@parley/core';
import type { HistoryPage, PageRange, ShownLine } from './api.ts';

const ENTRIES_PER_READ = 64;

export interface PageSources {
  readonly window: (query: Omit<WindowQuery, 'conversation'>) => readonly StoredEntry[];
  /** The lines of one entry. */
  readonly show: (stored: StoredEntry) => readonly ShownLine[];
}

/** Whole entries, as many as give `linesMax` lines. */
export function readPage({ window, show }: PageSources, range: PageRange): HistoryPage {
  const { before, after, linesMax } = range;
  const isForward = after !== undefined;
  let lines: readonly ShownLine[] = [];
  let edge: OrderKey | undefined = after ?? before;
  while (lines.length < linesMax) {
    const place = edge === undefined ? {} : isForward ? { after: edge } : { before: edge };
    const entriesMax = Math.min(ENTRIES_PER_READ, linesMax - lines.length);
    const entries = window({ ...place, entriesMax });
    const shown = entries.flatMap((stored) => show(stored));
    lines = isForward ? [...lines, ...shown] : [...shown, ...lines];
    const last = isForward ? entries.at(-1) : entries[0];
    if (last === undefined) return { lines, end: true };
    edge = orderKeyOf(last.entry);
  }
  return { lines, end: false };
}

/** The lines of hits, the newest first. */
export function foundLines(
  hits: readonly SearchHit[],
  show: PageSources['show'],
): readonly ShownLine[] {
  const found = hits.flatMap(({ stored, index }) =>
    show(stored).filter(({ place }) => place.index === index),
  );
  return found.toSorted(
    (left, right) => compareOrder(right.place, left.place) || right.place.index - left.place.index,
  );
}
