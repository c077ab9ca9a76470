// A QR code among lines: dark on light where there are colours, and a word where there is none.

import { drawCode, smallCodeText } from '@parley/client';
import type { CharacterRoom } from '@parley/client';
import type { Screen } from './screen.ts';

/** Black on white whatever the terminal's own colours are. */
const DARK_ON_LIGHT = '\u001b[38;5;16;48;5;231m';
const PLAIN = '\u001b[0m';

export interface CodeText {
  /** Lines with their ends; empty where none can be shown. */
  readonly picture: string;
  /** What there is to say of it; null for nothing. */
  readonly note: string | null;
}

/** `room` is null where nobody looks at a screen. */
export function codeText(text: string, room: CharacterRoom | null, screen: Screen): CodeText {
  if (!screen.unicode)
    return { picture: '', note: 'no QR code: it takes a terminal and a locale with UTF-8' };
  // The line of the prompt stays below it.
  const within = room === null ? null : { columns: room.columns, rows: room.rows - 1 };
  const drawn = drawCode(text, within);
  if (!drawn.ok) return { picture: '', note: drawn.reason };
  const rows = drawn.value.rows.map((row) =>
    screen.color ? `${DARK_ON_LIGHT}${row}${PLAIN}\n` : `${row}\n`,
  );
  return { picture: rows.join(''), note: smallCodeText(drawn.value) };
}
