// Reads more of a session's history where the window onto it ends.

import type { LinePlace, SessionName, View } from '@parley/client';
import { TUI_LIMITS } from '../limits.ts';
import type { Item } from '../model/item.ts';
import { emptyScrollback, jumped, withNewer, withOlder } from '../model/scrollback.ts';
import type { Scrollback } from '../model/scrollback.ts';

type Pages = Pick<View, 'page'>;

/** The newest lines of a session that nobody has looked at yet. */
export function opened(view: Pages, session: SessionName, unreadAfter: number | null): Scrollback {
  const { lines, end } = view.page(session, { linesMax: TUI_LIMITS.pageLines });
  return withOlder({ ...emptyScrollback, unreadAfter }, lines, !end);
}

export function pagedOlder(view: Pages, session: SessionName, back: Scrollback): Scrollback {
  const before = back.items.find(isLine)?.place;
  if (!back.hasOlder || before === undefined) return { ...back, hasOlder: false };
  const { lines, end } = view.page(session, { before, linesMax: TUI_LIMITS.pageLines });
  return withOlder(back, lines, !end);
}

export function pagedNewer(view: Pages, session: SessionName, back: Scrollback): Scrollback {
  const after = back.items.findLast(isLine)?.place;
  if (!back.hasNewer || after === undefined) return { ...back, hasNewer: false };
  const { lines, end } = view.page(session, { after, linesMax: TUI_LIMITS.pageLines });
  return withNewer(back, lines, !end);
}

/** The newest again, wherever one was. */
export function pagedToEnd(view: Pages, session: SessionName, back: Scrollback): Scrollback {
  const end = { ...back, anchor: null, below: 0 };
  if (!back.hasNewer) return end;
  const { unreadAfter, marks } = back;
  return { ...opened(view, session, unreadAfter), marks };
}

/** A window around a line, with that line in view. */
export function pagedAround(
  view: Pages,
  session: SessionName,
  back: Scrollback,
  { place, key }: { readonly place: LinePlace; readonly key: string },
): Scrollback {
  if (back.items.some((item) => item.key === key)) return { ...back, anchor: { key, hidden: 0 } };
  const { linesMax } = { linesMax: TUI_LIMITS.pageLines };
  const older = view.page(session, { before: place, linesMax });
  // The place just before it, so that its own entry is in the page.
  const newer = view.page(session, { after: { ...place, seq: place.seq - 1 }, linesMax });
  const lines = [...older.lines, ...newer.lines];
  return jumped(back, { lines, hasOlder: !older.end, hasNewer: !newer.end }, key);
}

function isLine(item: Item): boolean {
  return item.kind === 'line';
}
