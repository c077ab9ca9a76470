// The bytes that make one frame of another: only pieces that changed are written, each at its own place.

import { isWidthUncertain } from '../text/width.ts';
import { moveBytes, risen, risenBy } from './rising.ts';
import type { Frame, Piece } from './frame.ts';

const beginUpdate = '\x1b[?2026h';
const endUpdate = '\x1b[?2026l';
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
/** Bytes below which there is nothing to gain. */
const worthMoving = 200;

/** Nothing where both look the same. `before` is null for a screen of which nothing is known. */
export function difference(before: Frame | null, after: Frame): string {
  const isSameSize = before?.columns === after.columns && before.rows === after.rows;
  const known = isSameSize ? before : null;
  const body = known === null ? written(after.pieces) : shortest(known, after);
  const cursor = cursorBytes(after);
  if (body === '') return known !== null && cursorBytes(known) === cursor ? '' : cursor;
  const clear = known === null ? '\x1b[m\x1b[2J' : '';
  return `${beginUpdate}${hideCursor}${clear}${body}${cursor}${endUpdate}`;
}

/** Moving rows up first is shorter where lines came in below; what stands beside them is written anew. */
function shortest(before: Frame, after: Frame): string {
  const plain = written(changedPieces(before, after));
  const by = plain.length < worthMoving ? 0 : risenBy(before, after);
  if (by === 0) return plain;
  const moved = moveBytes(after, by) + written(changedPieces(risen(before, by), after));
  return moved.length < plain.length ? moved : plain;
}

function written(pieces: readonly Piece[]): string {
  return pieces.map(({ row, column, text }) => `${moveTo(row, column)}${text}`).join('');
}

function changedPieces(before: Frame, after: Frame): readonly Piece[] {
  const old = new Map(before.pieces.map((piece) => [keyOf(piece), piece.text]));
  const changed: Piece[] = [];
  let shakenRow = -1;
  for (const piece of after.pieces) {
    const was = old.get(keyOf(piece));
    if (was === piece.text && piece.row !== shakenRow) continue;
    changed.push(piece);
    // Where the terminal takes a text for wider or narrower than we do, what stands right of it has moved.
    if (isWidthUncertain(piece.text) || isWidthUncertain(was ?? '')) shakenRow = piece.row;
  }
  return changed;
}

function keyOf({ row, column, width }: Piece): string {
  return `${row},${column},${width}`;
}

function cursorBytes({ cursor }: Frame): string {
  return cursor === null ? hideCursor : `${moveTo(cursor.row, cursor.column)}${showCursor}`;
}

function moveTo(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}
