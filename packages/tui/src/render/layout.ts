// Which part of the screen stands where; small screens give up the columns at the sides first, then the topic.

import { TUI_LIMITS } from '../limits.ts';

export interface Rect {
  readonly row: number;
  readonly column: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly sessions: Rect | null;
  readonly topic: Rect | null;
  readonly main: Rect;
  readonly people: Rect | null;
  readonly status: Rect | null;
  readonly input: Rect;
}

export interface Wishes {
  readonly columns: number;
  readonly rows: number;
  readonly showsSessions: boolean;
  readonly showsPeople: boolean;
  readonly inputRows: number;
}

const sessionsFrom = 60;
const peopleFrom = 78;
const topicFromRows = 7;
const statusFromRows = 4;

/** How many rows the input may take on a screen of so many. */
export function inputRowsMax(rows: number): number {
  return Math.max(1, Math.floor(rows * TUI_LIMITS.inputRowsShare));
}

export function layoutOf(wishes: Wishes): Layout {
  const { columns, rows } = wishes;
  const input = Math.min(Math.max(1, wishes.inputRows), inputRowsMax(rows));
  const status = rows >= statusFromRows ? 1 : 0;
  const topic = rows >= topicFromRows ? 1 : 0;
  const height = Math.max(1, rows - input - status);
  const left = wishes.showsSessions && columns >= sessionsFrom ? sideWidth(columns, 0.2) : 0;
  const right = wishes.showsPeople && columns >= peopleFrom ? sideWidth(columns, 0.15) : 0;
  const main = {
    row: topic,
    column: left,
    width: columns - left - right,
    height: Math.max(1, height - topic),
  };
  const place = { row: 0, height };
  return {
    sessions: left === 0 ? null : { ...place, column: 0, width: left },
    topic: topic === 0 ? null : { row: 0, column: left, width: columns - left, height: 1 },
    main,
    people:
      right === 0
        ? null
        : { row: topic, column: columns - right, width: right, height: main.height },
    status: status === 0 ? null : { row: height, column: 0, width: columns, height: 1 },
    input: { row: height + status, column: 0, width: columns, height: input },
  };
}

function sideWidth(columns: number, share: number): number {
  return Math.min(26, Math.max(12, Math.floor(columns * share)));
}
