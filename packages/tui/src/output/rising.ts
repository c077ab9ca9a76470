// Rows that moved up: found by comparing two frames, and done by the terminal itself.

import type { Band, Frame, Piece } from './frame.ts';

/** By how many rows most of what moves has risen; 0 where it has not. */
export function risenBy(before: Frame, after: Frame): number {
  const { moving } = after;
  const isSame = before.moving?.top === moving?.top && before.moving?.end === moving?.end;
  if (moving === null || !isSame) return 0;
  const old = textsIn(before, moving);
  const now = textsIn(after, moving);
  let best = 0;
  let most = 0;
  for (let by = 1; by < now.length; by += 1) {
    const same = sameAfter(old, now, by);
    if (same > most) [best, most] = [by, same];
  }
  return best;
}

/** How many characters need not be written when all rises by so many rows. */
function sameAfter(old: readonly string[], now: readonly string[], by: number): number {
  let same = 0;
  for (let row = 0; row < now.length - by; row += 1) {
    const text = now[row] ?? '';
    if (text === old[row + by]) same += text.trimEnd().length;
  }
  return same;
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

/** Of the widest piece of each row: what stands beside it moves seldom. */
function textsIn({ pieces }: Frame, { top, end }: Band): readonly string[] {
  const widest = new Map<number, Piece>();
  for (const piece of pieces)
    if (piece.width > (widest.get(piece.row)?.width ?? 0)) widest.set(piece.row, piece);
  return Array.from({ length: end - top }, (_, at) => widest.get(top + at)?.text ?? '');
}
