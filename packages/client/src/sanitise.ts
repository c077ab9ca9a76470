// Makes text of others fit to be shown: an allow-list of characters, all else in a visible, harmless form.

/** What a terminal shows as itself and nothing more; the usual text is nothing else. */
const PLAIN_ASCII = /^[\x20-\x7e]*$/;
const PLAIN = /^[[\p{L}\p{N}\p{P}\p{S}\p{Zs}]--\p{Default_Ignorable_Code_Point}]*$/v;
const MARK = /^[\p{M}--\p{Default_Ignorable_Code_Point}]$/v;
const EMOJI = /^\p{Emoji}$/v;
const PICTOGRAPH = /^\p{Extended_Pictographic}$/v;
const PICTOGRAPH_TAIL = /^[\p{Emoji_Modifier}\u{fe0f}]$/v;
/** Scripts that cannot be written rightly without joiners. */
const JOINING = new RegExp(
  `^[${[
    'Arabic',
    'Bengali',
    'Devanagari',
    'Gujarati',
    'Gurmukhi',
    'Kannada',
    'Khmer',
    'Malayalam',
    'Mongolian',
    'Oriya',
    'Sinhala',
    'Syriac',
    'Tamil',
    'Telugu',
  ]
    .map((script) => `\\p{Script=${script}}`)
    .join('')}]$`,
  'v',
);

const NON_JOINER = '\u200c';
const JOINER = '\u200d';
const TAB_WIDTH = 4;
const MARKS_MAX = 4;
const DOTTED_CIRCLE = '\u25cc';
const REPLACEMENT = '\ufffd';

/**
 * One line of text that no terminal interprets: control and format characters, bidi overrides, zero-width and
 * unassigned characters become `\u{hex}` (so does a newline), lone surrogates U+FFFD, a tab four spaces; of a pile of
 * combining marks four stay. Joiners stay where emoji or a joining script need them.
 */
export function sanitise(text: string): string {
  if (PLAIN_ASCII.test(text) || PLAIN.test(text)) return text;
  const points = Array.from(text);
  let shown = '';
  let marks = 0;
  for (const [at, point] of points.entries()) {
    if (MARK.test(point)) {
      if (marks === 0 && !standsOnBase(points[at - 1])) shown += DOTTED_CIRCLE;
      marks += 1;
      if (marks <= MARKS_MAX) shown += point;
      continue;
    }
    marks = 0;
    shown += isAllowed(points, at) ? point : visible(point);
  }
  return shown;
}

/** Text of several lines, each sanitised; newlines (and CR LF) stay newlines. */
export function sanitiseLines(text: string): string {
  if (PLAIN_ASCII.test(text)) return text;
  if (!text.includes('\n')) return sanitise(text);
  return text.split(/\r?\n/u).map(sanitise).join('\n');
}

function isAllowed(points: readonly string[], at: number): boolean {
  const point = points[at] ?? '';
  if (PLAIN.test(point)) return true;
  const before = points[at - 1] ?? '';
  if (point === '\ufe0e' || point === '\ufe0f') return EMOJI.test(before);
  if (point !== JOINER && point !== NON_JOINER) return false;
  const after = points[at + 1] ?? '';
  if (point === JOINER && PICTOGRAPH.test(after)) return endsPictograph(points, at - 1);
  return JOINING.test(before) && JOINING.test(after);
}

function endsPictograph(points: readonly string[], at: number): boolean {
  const last = points[at] ?? '';
  const base = PICTOGRAPH_TAIL.test(last) ? (points[at - 1] ?? '') : last;
  return PICTOGRAPH.test(base);
}

/** False where a mark would sit on what we print before it, or on a blank. */
function standsOnBase(before: string | undefined): boolean {
  if (before === undefined || /^\p{Zs}$/u.test(before)) return false;
  return PLAIN.test(before) || before === '\ufe0e' || before === '\ufe0f';
}

function visible(point: string): string {
  if (point === '\t') return ' '.repeat(TAB_WIDTH);
  if (!point.isWellFormed()) return REPLACEMENT;
  return `\\u{${(point.codePointAt(0) ?? 0).toString(16)}}`;
}
