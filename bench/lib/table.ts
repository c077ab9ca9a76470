// Tables for a terminal: the first column to the left, numbers to the right.

/** Rows of cells under a head, as lines of text with blanks between the columns. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join(
    '\n',
  );
}

/** 174321.4 as "174,321"; what is not a number as "-". */
export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '-';
}

export function decimal(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '-';
}

/** How many times the peer's figure ours is. */
export function ratio(ours: number, theirs: number): string {
  const value = ours / theirs;
  return Number.isFinite(value) ? `${value.toPrecision(3)}x` : '-';
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(share === 0 ? 0 : 1)} %` : '-';
}
