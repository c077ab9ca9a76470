// The text in rows of so many cells, the cursor among them, and moving up and down through these rows.

import { sanitise } from '@parley/client';
import { graphemesOf, widthOf } from '../text/width.ts';
import { moved } from './editor.ts';
import type { Editor, Snapshot } from './editor.ts';

export interface TextRow {
  readonly text: string;
  /** Without control characters. */
  readonly shown: string;
  /** Where it begins in the whole text. */
  readonly start: number;
}

export interface Laid {
  readonly rows: readonly TextRow[];
  readonly cursor: { readonly row: number; readonly column: number };
}

/** Broken where the width is full, so that no cursor stands beyond it; `width` is at least 2. */
export function layOut({ text, cursor }: Snapshot, width: number): Laid {
  const rows: TextRow[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    rows.push(...rowsOf(line, start, width));
    start += line.length + 1;
  }
  const at = rows.findLastIndex((row) => row.start <= cursor);
  const row = rows[at] ?? { text: '', start: 0 };
  const before = graphemesOf(row.text.slice(0, cursor - row.start))
    .map(sanitise)
    .join('');
  return { rows, cursor: { row: at, column: widthOf(before) } };
}

function rowsOf(line: string, lineStart: number, width: number): TextRow[] {
  const rows: TextRow[] = [];
  let [text, shown, used] = ['', '', 0];
  let start = lineStart;
  for (const grapheme of graphemesOf(line)) {
    const visible = sanitise(grapheme);
    const cells = widthOf(visible);
    // One cell is left free for a cursor behind the last character.
    if (used + cells > width - 1 && text !== '') {
      rows.push({ text, shown, start });
      start += text.length;
      [text, shown, used] = ['', '', 0];
    }
    text += grapheme;
    shown += visible;
    used += cells;
  }
  rows.push({ text, shown, start });
  return rows;
}

/** A row up or down, to the same column; null where there is no such row. */
export function movedVertically(editor: Editor, by: -1 | 1, width: number): Editor | null {
  const { rows, cursor } = layOut(editor, width);
  const row = rows[cursor.row + by];
  if (row === undefined) return null;
  let at = row.start;
  let column = 0;
  for (const grapheme of graphemesOf(row.text)) {
    column += widthOf(sanitise(grapheme));
    if (column > cursor.column) break;
    at += grapheme.length;
  }
  const isInner = rows[cursor.row + by + 1]?.start === row.start + row.text.length;
  const end = row.start + row.text.length;
  // The place behind the last character of a row that goes on belongs to the next row.
  const last = graphemesOf(row.text).at(-1)?.length ?? 0;
  return moved(editor, isInner && at === end ? end - last : at);
}
