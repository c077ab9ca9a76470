// Rows that moved up: found by comparing two frames, and done by the terminal itself.

import type { Frame, Piece } from './frame.ts';

/** By how many rows most of what moves has risen; 0 where it has not. */
export function risenBy(before: Frame, after: Frame): number {
  const { moving } = after;
  if (moving === null || before.moving?.top !== moving.top || before.moving.end !== moving.end)
    return 0;
  const old = widestIn(before);
  const now = widestIn(after);
  let best = 0;
  let most = 0;
  for (let by = 1; by < moving.end - moving.top; by += 1) {
    let same = 0;
    for (let row = moving.top; row < moving.end - by; row += 1)
      if (now.get(row)?.text.trim() !== '' && now.get(row)?.text === old.get(row + by)?.text)
        same += now.get(row)?.text.length ?? 0;
    if (same > most) [best, most] = [by, same];
  }
  return best;
}

/** The frame as it is after `moveBytes`. */
export function risen(before: Frame, by: number): Frame {
  const { moving } = before;
  if (moving === null) return before;
  const pieces = before.pieces.flatMap((piece): Piece[] => {
    if (piece.row < moving.top || piece.row >= moving.end) return [piece];
    const row = piece.row - by;
    const blank = { ...piece, text: ' '.repeat(piece.width) };
    const left = piece.row >= moving.end - by ? [blank] : [];
    return row >= moving.top ? [{ ...piece, row }, ...left] : left;
  });
  return { ...before, pieces };
}

/** Line feeds at the lower edge of a scroll region move all of it, over the whole width. */
export function moveBytes({ moving }: Frame, by: number): string {
  if (moving === null) return '';
  const { top, end } = moving;
  return `\x1b[m\x1b[${top + 1};${end}r\x1b[${end};1H${'\n'.repeat(by)}\x1b[r`;
}

/** The widest piece of each row: what stands beside it moves seldom. */
function widestIn({ pieces, moving }: Frame): ReadonlyMap<number, Piece> {
  const widest = new Map<number, Piece>();
  for (const piece of pieces) {
    if (moving === null || piece.row < moving.top || piece.row >= moving.end) continue;
    if (piece.width > (widest.get(piece.row)?.width ?? 0)) widest.set(piece.row, piece);
  }
  return widest;
}
