// What is open in place of the scrollback: a list to read, or lines that were found.

import type { ShownLine } from '@parley/client';
import type { Mode } from '../model/mode.ts';
import { plain } from '../style/painter.ts';
import { cut, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { Look } from './look.ts';
import { sliceAround } from './slice.ts';

type Open = Extract<Mode, { kind: 'list' | 'hits' | 'picture' }>;

export function overlayRows(mode: Open, look: Look, width: number, height: number): string[] {
  const rows = openRows(mode, look, width, height);
  return Array.from({ length: height }, (_, at) => rows[at] ?? ' '.repeat(width));
}

function openRows(mode: Open, look: Look, width: number, height: number): readonly string[] {
  switch (mode.kind) {
    case 'list':
      return listRows(mode, look, width);
    case 'hits':
      return hitRows(mode, look, width, height);
    case 'picture':
      return mode.rows.map((row) => look.painter.row([look.painter.span('picture', row)], width));
  }
  return mode satisfies never;
}

type List = Extract<Open, { kind: 'list' }>;

function listRows(mode: List, look: Look, width: number): string[] {
  return listLines(mode.rows, width)
    .slice(mode.top)
    .map(({ key, rest }) => look.painter.row([look.painter.span('key', key), plain(rest)], width));
}

interface ListLine {
  readonly key: string;
  readonly rest: string;
}

const besideMin = 24;

/** A list in so many cells: what stands before two blanks is the key of the rest, which hangs beside or below it. */
export function listLines(rows: readonly string[], width: number): readonly ListLine[] {
  return rows.flatMap((row): ListLine[] => {
    const [key = '', gap = '', rest = ''] = row.split(/(?<=\S)( {2,})(.*)/u);
    if (rest === '') return wrap(row, width).map((part) => ({ key: '', rest: part }));
    const indent = widthOf(key + gap);
    if (width - indent >= besideMin) {
      return wrap(rest, width - indent).map((part, at) =>
        at === 0 ? { key, rest: gap + part } : { key: '', rest: ' '.repeat(indent) + part },
      );
    }
    const below = wrap(rest, width - 2).map((part) => ({ key: '', rest: `  ${part}` }));
    return [{ key, rest: '' }, ...below];
  });
}

function hitRows(
  mode: Extract<Open, { kind: 'hits' }>,
  look: Look,
  width: number,
  height: number,
): string[] {
  const seen = sliceAround(mode.hits, mode.at, height);
  return seen.map((line) => hitRow(line, line === mode.hits[mode.at], look, width));
}

function hitRow(
  line: ShownLine,
  isChosen: boolean,
  { painter, shown, clock }: Look,
  width: number,
): string {
  const day = new Date(line.timeMs).toISOString().slice(0, 10);
  const place = line.forkedBy === null ? line.session : `session ${line.session}`;
  const text = shown(line.text.replaceAll(/\r?\n/gu, ' '));
  const start = `${day} ${clock(line.timeMs)} ${shown(place)} ${shown(line.from.label)}: `;
  if (isChosen) return painter.row([painter.span('current', cut(start + text, width))], width);
  return painter.row([painter.span('time', start), plain(text)], width);
}
