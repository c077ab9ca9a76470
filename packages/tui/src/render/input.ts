// What someone is typing, or the question that is to be answered first, and where the cursor stands.

import { layOut } from '../editor/rows.ts';
import { editorOf } from '../model/state.ts';
import type { State } from '../model/state.ts';
import { plain } from '../style/painter.ts';
import { widthOf } from '../text/width.ts';
import type { Look } from './look.ts';
import { inputRowsMax } from './layout.ts';

export interface InputRows {
  readonly rows: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number };
}

const prompt = '> ';
const more = '  ';

/** Cells for typed text on a screen of so many columns. */
export function typingWidth(columns: number): number {
  return Math.max(2, columns - prompt.length);
}

export function inputRows(state: State, look: Look): InputRows {
  const question = questionOf(state, look);
  return question === null ? typedRows(state, look) : question;
}

function typedRows(state: State, { painter }: Look): InputRows {
  const { columns, rows: screenRows } = state;
  const laid = layOut(editorOf(state), typingWidth(columns));
  const height = Math.min(laid.rows.length, inputRowsMax(screenRows));
  const top = Math.min(Math.max(0, laid.cursor.row - height + 1), laid.rows.length - height);
  const rows = laid.rows
    .slice(top, top + height)
    .map(({ shown }, at) =>
      painter.row([painter.span('prompt', top + at === 0 ? prompt : more), plain(shown)], columns),
    );
  const column = Math.min(prompt.length + laid.cursor.column, columns - 1);
  return { rows, cursor: { row: laid.cursor.row - top, column } };
}

/** Null while one types. */
function questionOf({ mode, columns }: State, { painter, shown }: Look): InputRows | null {
  const row = (label: string, text: string): InputRows => {
    const spans = [painter.span('prompt', label), plain(text)];
    const column = Math.min(widthOf(label) + widthOf(text), columns - 1);
    return { rows: [painter.row(spans, columns)], cursor: { row: 0, column } };
  };
  switch (mode.kind) {
    case 'typing':
      return null;
    case 'list':
      return row(`${mode.title}: `, 'up and down scroll, escape closes');
    case 'picture':
      return row(`${mode.title}: `, 'any key closes it');
    case 'paste': {
      const lines = mode.text.split('\n').length;
      return row(`paste ${lines} lines? `, 's sends them as one message, e edits, escape cancels');
    }
    case 'search': {
      const found =
        mode.query === ''
          ? ''
          : mode.hits.length === 0
            ? ' (nothing)'
            : ` (${mode.at + 1} of ${mode.hits.length})`;
      return row(`search${found}: `, shown(mode.query));
    }
    case 'hits':
      return row(
        `found ${mode.hits.length}: `,
        'up and down choose, enter goes there, escape closes',
      );
  }
  return mode satisfies never;
}
