// What is open in place of the scrollback: a list to read, or lines that were found.

import type { ShownLine } from '@parley/client';
import type { Mode } from '../model/mode.ts';
import { plain } from '../style/painter.ts';
import { cut } from '../text/width.ts';
import type { Look } from './look.ts';
import { sliceAround } from './slice.ts';

type Open = Extract<Mode, { kind: 'list' | 'hits' }>;

export function overlayRows(mode: Open, look: Look, width: number, height: number): string[] {
  const rows =
    mode.kind === 'list' ? listRows(mode, look, width) : hitRows(mode, look, width, height);
  return Array.from({ length: height }, (_, at) => rows[at] ?? ' '.repeat(width));
}

/** Rows of a list: what stands before two blanks is the key of the rest. */
function listRows(
  { rows, top }: Extract<Open, { kind: 'list' }>,
  look: Look,
  width: number,
): string[] {
  return rows.slice(top).map((row) => {
    const [key = '', gap = '', rest = ''] = row.split(/( {2,})(.*)/u);
    const spans = rest === '' ? [plain(row)] : [look.painter.span('key', key), plain(gap + rest)];
    return look.painter.row(spans, width);
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
