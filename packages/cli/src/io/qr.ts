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

/** A place without the rows that stand below the code; null for a terminal that is none. */
export function roomAbove(
  room: CharacterRoom | null,
  below: readonly string[],
): CharacterRoom | null {
  if (room === null) return null;
  const { columns, rows } = room;
  const taken = below.map((line) => Math.max(1, Math.ceil(line.length / columns)));
  return { columns, rows: rows - taken.reduce((sum, each) => sum + each, 0) };
}

/** `room` is null where nobody looks at a screen. */
export function codeText(text: string, room: CharacterRoom | null, screen: Screen): CodeText {
  if (!screen.unicode)
    return { picture: '', note: 'no QR code: it takes a terminal and a locale with UTF-8' };
  const drawn = drawCode(text, room);
  if (!drawn.ok) return { picture: '', note: drawn.reason };
  const rows = drawn.value.rows.map((row) =>
    screen.color ? `${DARK_ON_LIGHT}${row}${PLAIN}\n` : `${row}\n`,
  );
  return { picture: rows.join(''), note: smallCodeText(drawn.value) };
}
