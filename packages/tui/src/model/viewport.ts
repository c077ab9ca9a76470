// Which rows of a scrollback are seen: found by walking up from the lower edge, so that its cost is that of one screen.

import { following } from './scrollback.ts';
import type { Anchor, Scrollback } from './scrollback.ts';

/** How many rows the item at an index takes, with what stands above it (a day, the unread line). */
export type HeightOf = (index: number) => number;

export interface Seen {
  /** The first item seen, and how many of its rows are above the upper edge. */
  readonly first: number;
  readonly skipped: number;
  /** The last item seen, and how many of its rows are below the lower edge. */
  readonly last: number;
  readonly hidden: number;
  /** Rows seen, at most `height`. */
  readonly rows: number;
}

export function seen(back: Scrollback, height: number, heightOf: HeightOf): Seen {
  const { last, hidden } = edgeOf(back);
  let rows = -hidden;
  let first = last + 1;
  while (rows < height && first > 0) {
    first -= 1;
    rows += heightOf(first);
  }
  const skipped = Math.max(0, rows - height);
  return { first: Math.max(0, first), skipped, last, hidden, rows: Math.max(0, rows - skipped) };
}

/** Rows between the upper end of the window and the lower edge, counted up to `max`. */
export function rowsAbove(back: Scrollback, max: number, heightOf: HeightOf): number {
  const { last, hidden } = edgeOf(back);
  let rows = -hidden;
  for (let at = last; at >= 0 && rows < max; at -= 1) rows += heightOf(at);
  return rows;
}

/** So many rows towards older lines, as far as there are some. */
export function scrolledUp(
  back: Scrollback,
  by: number,
  { height, heightOf }: { readonly height: number; readonly heightOf: HeightOf },
): Scrollback {
  const most = Math.max(0, rowsAbove(back, height + by, heightOf) - height);
  let left = Math.min(by, most);
  if (left === 0) return back;
  let { last, hidden } = edgeOf(back);
  for (;;) {
    const rest = heightOf(last) - hidden;
    if (left < rest) return { ...back, anchor: anchorOf(back, last, hidden + left) };
    left -= rest;
    last -= 1;
    hidden = 0;
  }
}

/** So many rows towards newer lines; at the end it follows what comes. */
export function scrolledDown(back: Scrollback, by: number, heightOf: HeightOf): Scrollback {
  if (back.anchor === null || by <= 0) return back;
  let { last, hidden } = edgeOf(back);
  let left = by;
  while (left > 0) {
    if (hidden >= left) return { ...back, anchor: anchorOf(back, last, hidden - left) };
    left -= hidden;
    if (last >= back.items.length - 1) break;
    last += 1;
    hidden = heightOf(last);
  }
  const isEnd = last === back.items.length - 1;
  if (isEnd && !back.hasNewer) return following(back);
  return { ...back, anchor: anchorOf(back, last, isEnd ? 0 : hidden) };
}

function edgeOf({ items, anchor }: Scrollback): { last: number; hidden: number } {
  const end = { last: items.length - 1, hidden: 0 };
  if (anchor === null) return end;
  const last = items.findLastIndex(({ key }) => key === anchor.key);
  return last === -1 ? end : { last, hidden: anchor.hidden };
}

function anchorOf({ items }: Scrollback, at: number, hidden: number): Anchor | null {
  const item = items[at];
  return item === undefined ? null : { key: item.key, hidden };
}
