// Text with looks, cut and filled to a width: the one place that writes colours.

import { cut, graphemesOf, graphemeWidth, widthOf } from '../text/width.ts';
import type { Role, Theme } from './theme.ts';

/** A text without control characters, and its look: a role, or the numbers of an SGR sequence. */
export interface Span {
  readonly text: string;
  readonly look: string;
}

export interface Painter {
  readonly span: (role: Role, text: string) => Span;
  /** In the colour of a key. */
  readonly name: (identity: string, text: string) => Span;
  /** All spans in so many cells: cut with …, or filled with blanks in the look of `fill`. */
  readonly row: (spans: readonly Span[], width: number, fill?: Role) => string;
}

export function plain(text: string): Span {
  return { text, look: '' };
}

/** `unicode` is false where nothing but ASCII can be shown. */
export function painterOf(theme: Theme, unicode = true): Painter {
  const { looks, names } = theme;
  const nameLook = (identity: string): string =>
    names.length === 0
      ? ''
      : (names[Number.parseInt(identity.slice(0, 8), 16) % names.length] ?? '');
  return {
    span: (role, text) => ({ text, look: looks[role] }),
    name: (identity, text) => ({ text, look: nameLook(identity) }),
    row: (spans, width, fill) => {
      const row = rowOf(spans, width, fill === undefined ? '' : looks[fill]);
      return unicode ? row : asciiOf(row);
    },
  };
}

function rowOf(spans: readonly Span[], width: number, fill: string): string {
  let row = '';
  let left = width;
  for (const { text, look } of spans) {
    if (text === '') continue;
    const cells = widthOf(text);
    const isWhole = cells <= left;
    const shown = isWhole ? text : cut(text, left);
    row += painted(shown, look === '' ? fill : look);
    left -= isWhole ? cells : widthOf(shown);
    if (!isWhole) break;
  }
  return left > 0 ? `${row}${painted(' '.repeat(left), fill)}` : row;
}

function painted(text: string, look: string): string {
  return look === '' || text === '' ? text : `\x1b[${look}m${text}\x1b[m`;
}

const substitutes: ReadonlyMap<string, string> = new Map([
  ['│', '|'],
  ['─', '-'],
  ['…', '~'],
  ['·', '.'],
  ['✓', '+'],
]);

/** As wide as it was. */
function asciiOf(row: string): string {
  return row.replaceAll(/[\u0080-\u{10ffff}]+/gu, (part) =>
    graphemesOf(part)
      .map((grapheme) => substitutes.get(grapheme) ?? '?'.repeat(graphemeWidth(grapheme)))
      .join(''),
  );
}
