// A text as a QR code that a telephone reads from a terminal, dark or light.

import { encode } from 'uqr';

/** Modules of quiet around it: the standard asks for four, readers do with two. */
const QUIET = 2;
/** Black on white whatever the terminal's own colours are. */
const DARK_ON_LIGHT = '\u001b[38;5;16;48;5;231m';
const PLAIN = '\u001b[0m';

/** Columns that the code of a text takes. */
function columnsOf(text: string): number {
  return matrixOf(text).length;
}

/** Why it cannot be shown in so many columns; null where it can. `columns` is null where nobody looks at a screen. */
export function qrRefusal(text: string, columns: number | null): string | null {
  const wanted = columnsOf(text);
  return columns === null || columns >= wanted
    ? null
    : `the QR code is ${wanted} columns wide, and this terminal has ${columns}: make it wider`;
}

/** Two rows of modules in one of half blocks; with colours, each line ends with them taken back. */
export function qrCode(text: string, isColored: boolean): string {
  const matrix = matrixOf(text);
  let drawn = '';
  for (let row = 0; row < matrix.length; row += 2) {
    const upper = matrix[row] ?? [];
    const lower = matrix[row + 1] ?? [];
    const cells = upper.map((isDark, column) => cellOf(isDark, lower[column] ?? false));
    drawn += isColored ? `${DARK_ON_LIGHT}${cells.join('')}${PLAIN}\n` : `${cells.join('')}\n`;
  }
  return drawn;
}

function cellOf(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀';
  return lower ? '▄' : ' ';
}

function matrixOf(text: string): readonly (readonly boolean[])[] {
  return encode(text, { ecc: 'L', border: QUIET }).data;
}
