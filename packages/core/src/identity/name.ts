// What an identity may be called (spec/identity.md §3).

import type { IdentityKey } from '../brand.ts';
import { utf8Length } from '../bytes/utf8.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { isSingleScript } from './scripts.ts';
import { shortKeySuffix } from './short-key.ts';

export type NameReason =
  | 'empty'
  | 'too-long'
  | 'whitespace'
  | 'invisible'
  | 'not-a-character'
  | 'leading-mark'
  | 'too-many-marks'
  | 'mixed-scripts'
  | 'reserved-start'
  | 'reserved-character';

/** Stands between a name and the suffix that tells it from its namesakes; so no name may hold it. */
export const LABEL_SEPARATOR = '·';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Refusals in the order in which they are looked for; each pattern is one that no name may match. */
const refusals: readonly (readonly [RegExp, NameReason])[] = [
  [/[\s\u2800]/u, 'whitespace'],
  [/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u, 'invisible'],
  [/[\p{Cs}\p{Co}\p{Cn}]/u, 'not-a-character'],
  [/^[\\/#@·]/u, 'reserved-start'],
  [/·/u, 'reserved-character'],
  [/^\p{M}/u, 'leading-mark'],
  [/\p{M}{5}/u, 'too-many-marks'],
];

/** The name in its one form (NFC, trimmed), or why it cannot be one. */
export function checkName(text: string): Result<string, NameReason> {
  // Far longer than any name could be after trimming: not worth the work of normalising.
  if (text.length > 16 * LIMITS.nameBytesMax) return fail('too-long');
  const name = text.normalize('NFC').trim();
  if (name === '') return fail('empty');
  if (utf8Length(name) > LIMITS.nameBytesMax) return fail('too-long');
  for (const [pattern, reason] of refusals) {
    if (pattern.test(name)) return fail(reason);
  }
  if (graphemeCount(name) > LIMITS.nameGraphemesMax) return fail('too-long');
  return isSingleScript(name) ? ok(name) : fail('mixed-scripts');
}

/** One sentence for the person who typed the name. */
export function nameReasonText(reason: NameReason): string {
  return texts[reason];
}

const texts: Readonly<Record<NameReason, string>> = {
  empty: 'a name needs at least one character',
  'too-long': `a name has at most ${LIMITS.nameGraphemesMax} characters and ${LIMITS.nameBytesMax} bytes`,
  whitespace: 'a name has no spaces in it',
  invisible: 'a name has no control characters, text direction marks or invisible characters',
  'not-a-character': 'the name holds something that is not a character',
  'leading-mark': 'a name does not begin with an accent that has no letter',
  'too-many-marks': 'a name has at most 4 accents on a letter',
  'mixed-scripts': 'the letters of a name are all of one script (not Latin and Cyrillic together)',
  'reserved-start': 'a name does not begin with \\, /, #, @ or ·',
  'reserved-character': 'a name has no · in it: that sign stands before a short key',
};

/** What someone is called who gave no name: "peer-" and the first 5 characters of the short key. */
export function nameFromKey(identity: IdentityKey): string {
  return `peer-${shortKeySuffix(identity, 5)}`;
}

function graphemeCount(text: string): number {
  // Most names are plain, and dividing text is slow; control characters were refused before.
  if (/^[\x21-\x7e]*$/u.test(text)) return text.length;
  let count = 0;
  for (const _ of graphemes.segment(text)) count += 1;
  return count;
}
