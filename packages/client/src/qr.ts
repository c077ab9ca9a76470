// A text as a QR code of characters, which a telephone reads from a terminal.

import { fail, ok } from '@parley/core';
import type { Result } from '@parley/core';
import { encode } from 'uqr';

/** Characters that there are on a screen. */
export interface CharacterRoom {
  readonly columns: number;
  readonly rows: number;
}

export interface DrawnCode {
  /** All equally wide; to be shown dark on light. */
  readonly rows: readonly string[];
  /** Rows it would take in characters that every font has; null where these are such. */
  readonly plainRows: number | null;
}

/** Modules of quiet around it: the standard asks for four, readers do with two. */
const QUIET = 2;
/** How many rows of modules one row of characters shows; of columns, half blocks show one and sextants two. */
const HALF_BLOCK_ROWS = 2;
const SEXTANT_ROWS = 3;
const SEXTANT_COLUMNS = 2;
/** U+1FB00 is the sextant of the first bit alone; those of a whole half or of all six bits have older characters. */
const FIRST_SEXTANT = 0x1fb00;
const LEFT_HALF = 0b010101;
const RIGHT_HALF = 0b101010;
const FULL = 0b111111;

type Matrix = readonly (readonly boolean[])[];

/**
 * In half blocks where there is room, else in sextants, which take half the columns and two thirds of the rows; or why
 * not. Without `room`: half blocks, whatever their size.
 */
export function drawCode(text: string, room: CharacterRoom | null): Result<DrawnCode, string> {
  const matrix: Matrix = encode(text, { ecc: 'L', border: QUIET }).data;
  const size = matrix.length;
  const plainRows = Math.ceil(size / HALF_BLOCK_ROWS);
  if (room === null || (size <= room.columns && plainRows <= room.rows))
    return ok({ rows: drawn(matrix, [1, HALF_BLOCK_ROWS], halfBlock), plainRows: null });
  const [columns, rows] = [Math.ceil(size / SEXTANT_COLUMNS), Math.ceil(size / SEXTANT_ROWS)];
  if (columns <= room.columns && rows <= room.rows)
    return ok({ rows: drawn(matrix, [SEXTANT_COLUMNS, SEXTANT_ROWS], sextant), plainRows });
  return fail(
    `the QR code takes ${columns} columns and ${rows} rows, and there is room for ${room.columns} and ${room.rows}: ` +
      'make the window larger',
  );
}

/** Each character shows so many columns and rows of modules; `character` is of their bits, row by row. */
function drawn(
  matrix: Matrix,
  [columns, rows]: readonly [number, number],
  character: (bits: number) => string,
): readonly string[] {
  const made: string[] = [];
  for (let top = 0; top < matrix.length; top += rows) {
    let row = '';
    for (let left = 0; left < matrix.length; left += columns) {
      let bits = 0;
      for (let at = 0; at < rows * columns; at += 1) {
        const isDark = matrix[top + Math.floor(at / columns)]?.[left + (at % columns)] ?? false;
        if (isDark) bits |= 1 << at;
      }
      row += character(bits);
    }
    made.push(row);
  }
  return made;
}

function halfBlock(bits: number): string {
  return ' ▀▄█'.charAt(bits);
}

function sextant(bits: number): string {
  if (bits === 0) return ' ';
  if (bits === LEFT_HALF) return '▌';
  if (bits === RIGHT_HALF) return '▐';
  if (bits === FULL) return '█';
  const passed = Number(bits > LEFT_HALF) + Number(bits > RIGHT_HALF);
  return String.fromCodePoint(FIRST_SEXTANT + bits - 1 - passed);
}

/** What to say below one in sextants. */
export function smallCodeText({ plainRows }: DrawnCode): string | null {
  return plainRows === null
    ? null
    : `drawn small to fit; in larger characters, for which the window is to be higher, it takes ${plainRows} rows`;
}
