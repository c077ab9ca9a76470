// Breaks a text into rows of so many cells, at blanks where there are some.

import { graphemesOf, graphemeWidth, widthOf } from './width.ts';

/** The rows of a text of one or more lines; each at most `width` cells, where a grapheme is not wider than that itself. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(1, width);
  return text.split('\n').flatMap((line) => wrapLine(line, room));
}

function wrapLine(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line];
  const rows: string[] = [];
  let row = '';
  let used = 0;
  // Where the row can be broken: behind its last blank.
  let breakAt = 0;
  for (const grapheme of graphemesOf(line)) {
    const cells = graphemeWidth(grapheme);
    if (used + cells > width && row !== '') {
      if (grapheme === ' ') {
        rows.push(row);
        [row, used, breakAt] = ['', 0, 0];
        continue;
      }
      const at = breakAt === 0 ? row.length : breakAt;
      rows.push(row.slice(0, at).trimEnd());
      row = row.slice(at);
      used = widthOf(row);
      breakAt = 0;
    }
    row += grapheme;
    used += cells;
    if (grapheme === ' ') breakAt = row.length;
  }
  rows.push(row);
  return rows;
}
