// The scrollback of one session: a window onto its history, where one looks into it, and what became of own lines.

import type { ShownLine } from '@parley/client';
import { TUI_LIMITS } from '../limits.ts';
import { compareItems, firstPlace, lineItem } from './item.ts';
import type { Item, NoteItem } from './item.ts';

/** What became of own lines up to one: on the platter, and held by so many others (null: not known). */
export interface Mark {
  readonly stored: boolean;
  readonly heldBy: number | null;
}

export interface Scrollback {
  /** In the order on screen. */
  readonly items: readonly Item[];
  /** The store has lines before the first item. */
  readonly hasOlder: boolean;
  /** The store has lines behind the last item. */
  readonly hasNewer: boolean;
  /** The item at the lower edge and how many of its rows are below that; null: the newest is always seen. */
  readonly anchor: Anchor | null;
  /** Lines that came below the lower edge since one scrolled away from the end. */
  readonly below: number;
  /** Lines of others that arrived after this are new to the reader; null: no line to draw. */
  readonly unreadAfter: number | null;
  /** By the id of the last own line that each is about. */
  readonly marks: ReadonlyMap<string, Mark>;
}

export interface Anchor {
  readonly key: string;
  readonly hidden: number;
}

const marksMax = 256;

export const emptyScrollback: Scrollback = {
  items: [],
  hasOlder: true,
  hasNewer: false,
  anchor: null,
  below: 0,
  unreadAfter: null,
  marks: new Map(),
};

/** With lines that arrived: at the end, or at their places where they are late. */
export function arrived(back: Scrollback, lines: readonly ShownLine[]): Scrollback {
  const known = new Set(back.items.slice(-TUI_LIMITS.windowItems).map(({ key }) => key));
  const fresh = lines.filter(({ id }) => !known.has(id)).map(lineItem);
  if (fresh.length === 0) return back;
  const below = back.anchor === null ? 0 : back.below + fresh.length;
  // What is newer than a window that ends before the newest is read when one comes there.
  if (back.hasNewer) return { ...back, below };
  const last = back.items.at(-1);
  const isInOrder = [...(last === undefined ? [] : [last]), ...fresh].every(
    (item, at, all) => at === 0 || compareItems(all[at - 1] ?? item, item) <= 0,
  );
  const all = [...back.items, ...fresh];
  return trimmedAbove({ ...back, items: isInOrder ? all : all.toSorted(compareItems), below });
}

/** With what stands before the first item. */
export function withOlder(
  back: Scrollback,
  lines: readonly ShownLine[],
  hasOlder: boolean,
): Scrollback {
  const items = merged(lines, back.items);
  const kept = items.slice(0, TUI_LIMITS.windowItems);
  return { ...back, items: kept, hasOlder, hasNewer: back.hasNewer || kept.length < items.length };
}

/** With what stands behind the last item. */
export function withNewer(
  back: Scrollback,
  lines: readonly ShownLine[],
  hasNewer: boolean,
): Scrollback {
  return trimmedAbove({ ...back, items: merged(lines, back.items), hasNewer });
}

/** A window at another place of the history, whose lower edge is at `key`. */
export function jumped(
  back: Scrollback,
  page: Pick<Scrollback, 'hasOlder' | 'hasNewer'> & { readonly lines: readonly ShownLine[] },
  key: string,
): Scrollback {
  const { lines, hasOlder, hasNewer } = page;
  return { ...back, items: lines.map(lineItem), hasOlder, hasNewer, anchor: { key, hidden: 0 } };
}

/** A note behind the newest line; one of presence joins the one before it. */
export function noted(
  back: Scrollback,
  note: Pick<NoteItem, 'tone' | 'atMs' | 'text' | 'presence'>,
): Scrollback {
  if (back.hasNewer) return back;
  const last = back.items.at(-1);
  const place = last?.place ?? firstPlace;
  if (note.tone === 'presence' && last?.kind === 'note' && last.tone === 'presence') {
    const folded = { ...last, presence: [...last.presence, ...note.presence] };
    return { ...back, items: [...back.items.slice(0, -1), folded] };
  }
  const turn = (last?.kind === 'note' ? last.turn : 0) + 1;
  const key = `note ${place.chain} ${place.seq} ${place.index} ${turn}`;
  const item: NoteItem = { kind: 'note', key, place, turn, ...note };
  return trimmedAbove({ ...back, items: [...back.items, item] });
}

export function marked(back: Scrollback, id: string, mark: Partial<Mark>): Scrollback {
  const before = back.marks.get(id) ?? { stored: false, heldBy: null };
  const marks = new Map(back.marks).set(id, { ...before, ...mark });
  if (marks.size > marksMax) marks.delete(marks.keys().next().value ?? '');
  return { ...back, marks };
}

/** The newest is seen again. */
export function following(back: Scrollback): Scrollback {
  return { ...back, anchor: null, below: 0 };
}

/** The first line of others that the reader has not seen; -1 for none. */
export function firstUnread({ items, unreadAfter }: Scrollback): number {
  if (unreadAfter === null) return -1;
  return items.findIndex(
    (item) => item.kind === 'line' && !item.line.own && item.line.arrival > unreadAfter,
  );
}

/** What became of each own line of the window; a mark holds for all own lines before its own. */
export function marksOf({ items, marks }: Scrollback): ReadonlyMap<string, Mark> {
  const all = new Map<string, Mark>();
  if (marks.size === 0) return all;
  let newest: Mark = { stored: false, heldBy: null };
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const item = items[at];
    if (item?.kind !== 'line' || !item.line.own) continue;
    newest = most(newest, marks.get(item.key));
    all.set(item.key, newest);
  }
  return all;
}

function most(left: Mark, right: Mark | undefined): Mark {
  if (right === undefined) return left;
  const heldBy =
    left.heldBy === null ? right.heldBy : Math.max(left.heldBy, right.heldBy ?? left.heldBy);
  return { stored: left.stored || right.stored, heldBy };
}

function merged(lines: readonly ShownLine[], items: readonly Item[]): Item[] {
  const known = new Set(items.map(({ key }) => key));
  const fresh = lines.filter(({ id }) => !known.has(id)).map(lineItem);
  return [...items, ...fresh].toSorted(compareItems);
}

function trimmedAbove(back: Scrollback): Scrollback {
  const surplus = back.items.length - TUI_LIMITS.windowItems;
  if (surplus <= 0) return back;
  const at = back.items.findIndex(({ key }) => key === back.anchor?.key);
  // What one looks at stays; then it is the newest that are left to the store.
  if (back.anchor !== null && at < surplus + TUI_LIMITS.pageLines) {
    return { ...back, items: back.items.slice(0, TUI_LIMITS.windowItems), hasNewer: true };
  }
  return { ...back, items: back.items.slice(surplus), hasOlder: true };
}
