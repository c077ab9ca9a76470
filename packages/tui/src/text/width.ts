// How many cells of a terminal a text takes, and cutting and filling by cells; texts have no control characters.

import { visibleWidth } from '@earendil-works/pi-tui/dist/utils.js';

const ASCII = /^[\x20-\x7e]*$/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const remembered = new Map<string, number>();
const rememberedMax = 4_096;

/** Cells of one grapheme. */
export function graphemeWidth(grapheme: string): number {
  if (ASCII.test(grapheme)) return grapheme.length;
  const known = remembered.get(grapheme);
  if (known !== undefined) return known;
  if (remembered.size >= rememberedMax) remembered.clear();
  const width = visibleWidth(grapheme);
  remembered.set(grapheme, width);
  return width;
}

export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme);
  return width;
}

/** What a person takes for single characters. */
export function graphemesOf(text: string): readonly string[] {
  if (ASCII.test(text)) return Array.from(text);
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** As much of the text as has room, ending in … where something is cut. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  let shown = '';
  let left = width - 1;
  for (const grapheme of graphemesOf(text)) {
    left -= graphemeWidth(grapheme);
    if (left < 0) break;
    shown += grapheme;
  }
  return `${shown}…`;
}

/** Some terminals disagree with us, or with each other, about how wide such a text is. */
export function isWidthUncertain(text: string): boolean {
  return /[^\p{Cc}\x20-\x7e\u00a0-\u02ff\u0370-\u052f\u2010-\u2027\u2500-\u257f]/u.test(text);
}
