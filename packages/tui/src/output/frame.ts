// One picture of the whole screen: pieces of rows, and where the cursor stands.

/** A part of one row, at most `width` cells wide and painted; nothing else writes to these cells. */
export interface Piece {
  readonly row: number;
  readonly column: number;
  readonly width: number;
  readonly text: string;
}

/** Rows top ≤ row < end. */
export interface Band {
  readonly top: number;
  readonly end: number;
}

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  /** Row by row, from left to right; together they cover the screen. */
  readonly pieces: readonly Piece[];
  /** Rows through which lines move up; null where none do. */
  readonly moving: Band | null;
  /** Null: not shown. */
  readonly cursor: { readonly row: number; readonly column: number } | null;
}

/** Rows one below the other, as pieces. */
export function piecesOf(
  place: { readonly row: number; readonly column: number; readonly width: number },
  rows: readonly string[],
): Piece[] {
  const { row, column, width } = place;
  return rows.map((text, index) => ({ row: row + index, column, width, text }));
}
