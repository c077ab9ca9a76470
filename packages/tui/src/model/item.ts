// What stands in a scrollback: lines that people said, and notes that only this screen shows.

import type { LinePlace, ShownLine } from '@parley/client';
import { compareOrder } from '@parley/core';
import type { ChainKey } from '@parley/core';

/** `answer`: of a command. `presence`: who came and went. */
export type Tone = 'notice' | 'error' | 'answer' | 'presence';

export interface LineItem {
  readonly kind: 'line';
  readonly key: string;
  readonly place: LinePlace;
  readonly line: ShownLine;
}

export interface NoteItem {
  readonly kind: 'note';
  readonly key: string;
  /** Of the line that was the newest when the note was made. */
  readonly place: LinePlace;
  /** Among the notes behind one line. */
  readonly turn: number;
  readonly tone: Tone;
  readonly atMs: number;
  readonly text: string;
  /** Names, for folding: who came and who went, in this order. */
  readonly presence: readonly Presence[];
}

export interface Presence {
  readonly name: string;
  readonly event: 'came' | 'went';
}

export type Item = LineItem | NoteItem;

/** Before every line there can be. */
export const firstPlace: LinePlace = {
  hlc: { ms: 0, counter: 0 },
  chain: '0'.repeat(80) as ChainKey,
  seq: 0,
  index: 0,
};

export function lineItem(line: ShownLine): LineItem {
  return { kind: 'line', key: line.id, place: line.place, line };
}

function comparePlaces(left: LinePlace, right: LinePlace): number {
  return compareOrder(left, right) || left.index - right.index;
}

export function compareItems(left: Item, right: Item): number {
  return comparePlaces(left.place, right.place) || turnOf(left) - turnOf(right);
}

export function timeOf(item: Item): number {
  return item.kind === 'line' ? item.line.timeMs : item.atMs;
}

function turnOf(item: Item): number {
  return item.kind === 'line' ? 0 : item.turn;
}
