// Where characters, words and lines of a text begin and end; positions count UTF-16 units.

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WORD = /[\p{L}\p{N}\p{M}_]/u;
/** Longer than any grapheme that people type. */
const reach = 64;

export function characterLeft(text: string, at: number): number {
  const start = Math.max(0, at - reach);
  const before = Array.from(segmenter.segment(text.slice(start, at)));
  return start + (before.at(-1)?.index ?? 0);
}

export function characterRight(text: string, at: number): number {
  const [first] = segmenter.segment(text.slice(at, at + reach));
  return at + (first?.segment.length ?? 0);
}

/** The start of the word that `at` stands in or behind. */
export function wordLeft(text: string, at: number): number {
  let start = at;
  while (start > 0 && !isWord(text, start - 1)) start -= 1;
  while (start > 0 && isWord(text, start - 1)) start -= 1;
  return start;
}

export function wordRight(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isWord(text, end)) end += 1;
  while (end < text.length && isWord(text, end)) end += 1;
  return end;
}

/** As ctrl-w has it: back to the blank before. */
export function blankLeft(text: string, at: number): number {
  const before = text.slice(0, at);
  return /\S*\s*$/u.exec(before)?.index ?? 0;
}

export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** Halves of a character count as their whole. */
function isWord(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  const isLow = unit >= 0xdc00 && unit <= 0xdfff;
  const point = text.codePointAt(isLow && at > 0 ? at - 1 : at) ?? 0;
  return WORD.test(String.fromCodePoint(point));
}
