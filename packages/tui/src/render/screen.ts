// The whole screen as one frame.

import { itemRows } from './item-rows.ts';
import type { Setting } from './item-rows.ts';
import { statusRow, topicRow } from './bars.ts';
import { inputRows } from './input.ts';
import type { InputRows } from './input.ts';
import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { labelsOf } from './look.ts';
import type { Look } from './look.ts';
import { overlayRows } from './overlay.ts';
import { peopleRows, sessionRows } from './sides.ts';
import { scrollbackOf } from '../model/state.ts';
import type { State } from '../model/state.ts';
import { seen } from '../model/viewport.ts';
import { piecesOf } from '../output/frame.ts';
import type { Frame, Piece } from '../output/frame.ts';
import { cut } from '../text/width.ts';
import { TUI_LIMITS } from '../limits.ts';

export function layoutNow(state: State, look: Look): { layout: Layout; input: InputRows } {
  const input = inputRows(state, look);
  const { columns, rows, showsSessions, showsPeople } = state;
  const wishes = { columns, rows, showsSessions, showsPeople };
  return { layout: layoutOf({ ...wishes, inputRows: input.rows.length }), input };
}

export function frameOf(state: State, look: Look): Frame {
  const { columns, rows } = state;
  if (columns < TUI_LIMITS.columnsMin || rows < TUI_LIMITS.rowsMin) return tooSmall(state);
  const { layout, input } = layoutNow(state, look);
  const { sessions, topic, main, people, status } = layout;
  const pieces: Piece[] = [...piecesOf(main, mainRows(state, look, main))];
  if (sessions !== null)
    pieces.push(...piecesOf(sessions, sessionRows(state, look, sessions.width, sessions.height)));
  if (topic !== null) pieces.push(...piecesOf(topic, [topicRow(state, look, topic.width)]));
  if (people !== null)
    pieces.push(...piecesOf(people, peopleRows(state, look, people.width, people.height)));
  if (status !== null) pieces.push(...piecesOf(status, [statusRow(state, look, status.width)]));
  pieces.push(...piecesOf(layout.input, input.rows));
  pieces.sort((left, right) => left.row - right.row || left.column - right.column);
  const { row, column } = input.cursor;
  const moving = { top: main.row, end: main.row + main.height };
  return { columns, rows, pieces, moving, cursor: { row: layout.input.row + row, column } };
}

/** What the rows of the current scrollback depend on. */
export function settingOf(state: State, look: Look, width: number): Setting {
  const back = scrollbackOf(state, state.current);
  return {
    back,
    width,
    labels: labelsNow(state),
    ownName: state.ownName,
    found: state.found,
    look,
  };
}

function mainRows(
  state: State,
  look: Look,
  { width, height }: { readonly width: number; readonly height: number },
): readonly string[] {
  const { mode } = state;
  if (mode.kind === 'list' || mode.kind === 'hits' || mode.kind === 'picture')
    return overlayRows(mode, look, width, height);
  const setting = settingOf(state, look, width);
  const rowsOf = itemRows(setting);
  const view = seen(setting.back, height, (index) => rowsOf(index).length);
  const rows: string[] = [];
  for (let at = view.first; at <= view.last; at += 1) rows.push(...rowsOf(at));
  const shown = rows.slice(view.skipped, view.skipped + view.rows);
  const blank = Array.from({ length: height - shown.length }, () => ' '.repeat(width));
  return [...blank, ...shown];
}

const labelsByPeople = new WeakMap<State['people'], ReturnType<typeof labelsOf>>();

function labelsNow({ people }: State): ReturnType<typeof labelsOf> {
  const known = labelsByPeople.get(people);
  if (known !== undefined) return known;
  const labels = labelsOf(people);
  labelsByPeople.set(people, labels);
  return labels;
}

function tooSmall({ columns, rows }: State): Frame {
  const text = cut('too small', Math.max(1, columns)).padEnd(columns);
  const lines = Array.from({ length: rows }, (_, at) => (at === 0 ? text : ' '.repeat(columns)));
  return {
    columns,
    rows,
    pieces: piecesOf({ row: 0, column: 0, width: columns }, lines),
    moving: null,
    cursor: null,
  };
}
