// Lists as columns, cut to a length that a screen and a script can take.

const rowsMax = 500;

/** Rows with each column but the last as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const shown = rows.slice(0, rowsMax);
  const widths: number[] = [];
  for (const row of shown) {
    for (const [at, cell] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    }
  }
  const lines = shown.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  if (rows.length > rowsMax) lines.push(`… and ${rows.length - rowsMax} more`);
  return lines;
}

/** "1 peer", "2 peers". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
