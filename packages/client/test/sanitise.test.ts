// What is shown of hostile text.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitise, sanitiseLines } from '../src/sanitise.ts';

/** Text of any code points, halves of characters among them. */
const anyText: fc.Arbitrary<string> = fc
  .array(fc.nat({ max: 0x10ffff }))
  .map((points) => String.fromCodePoint(...points));

/** Any text, with what does harm far more often than chance would have it. */
const hostile: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom('\u001b[31m', '\u009b2J', '\u001b]0;x\u0007', '\r', '\b', '\n', '\t', '\0'),
      fc.constantFrom('\u202e', '\u2066', '\u200b', '\u200d', '\u200c', '\ufeff', '\u00ad'),
      fc.constantFrom('\ud800', '\udc00', '\u2028', '\u3164', '\u034f', '\ufe0f', '\u{e0041}'),
      fc.constantFrom('a', '1', 'é', 'e\u0301', '\u0301', '👩', '\u{1f3fd}', 'ب', 'ह', ' ', '中'),
      anyText,
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

const shown =
  /^(?:[[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]--\p{Default_Ignorable_Code_Point}]|\u200c|\u200d|\ufe0e|\ufe0f)*$/v;

describe('sanitise', () => {
  it.each([
    ['plain text', 'hello, world', 'hello, world'],
    ['text of other scripts', 'Grüße, мир, 世界, שלום', 'Grüße, мир, 世界, שלום'],
    ['an escape sequence', '\u001b[31mred', '\\u{1b}[31mred'],
    ['a C1 control', '\u009b2J', '\\u{9b}2J'],
    ['carriage return and backspace', 'a\rb\bc', 'a\\u{d}b\\u{8}c'],
    ['a newline, in one line', 'a\nb', 'a\\u{a}b'],
    ['a tab', 'a\tb', 'a    b'],
    ['a bidi override', 'abc\u202efed', 'abc\\u{202e}fed'],
    ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['a joiner between letters', 'pass\u200dword', 'pass\\u{200d}word'],
    ['a Hangul filler', 'a\u3164', 'a\\u{3164}'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['an unassigned character', 'a\u0378', 'a\\u{378}'],
    ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ])('shows %s harmlessly', (_what, text, expected) => {
    expect(sanitise(text)).toBe(expected);
  });

  it.each([
    ['a family', '👨\u200d👩\u200d👧'],
    ['a skin tone in a sequence', '👩🏽\u200d🚀'],
    ['a heart', '❤\ufe0f'],
    ['a heart in a sequence', '❤\ufe0f\u200d🔥'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['a flag', '🇩🇪'],
    ['Persian with a non-joiner', 'می\u200cخواهم'],
    ['Hindi with a joiner', 'क\u094d\u200dष'],
    ['accents', 'e\u0301'],
  ])('leaves %s as it is', (_what, text) => {
    expect(sanitise(text)).toBe(text);
  });

  it('leaves four marks on a letter', () => {
    expect(sanitise(`z${'\u0301'.repeat(50)}a`)).toBe(`z${'\u0301'.repeat(4)}a`);
  });

  it('puts a mark without a letter on a circle, so that it changes nothing before it', () => {
    expect(sanitise('\u0301a')).toBe('\u25cc\u0301a');
    expect(sanitise('a \u0301')).toBe('a \u25cc\u0301');
  });

  it('shows nothing that is not on the list, whatever it is given', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const result = sanitise(text);
        expect(result).toMatch(shown);
        expect(result).not.toMatch(/\p{M}{5}/u);
        expect(result.isWellFormed()).toBe(true);
      }),
    );
  });

  it('changes nothing when applied twice', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(sanitise(sanitise(text))).toBe(sanitise(text));
      }),
    );
  });
});

describe('sanitiseLines', () => {
  it('keeps newlines and sanitises between them', () => {
    expect(sanitiseLines('a\u0007\nb\r\n\u001bc')).toBe('a\\u{7}\nb\n\\u{1b}c');
  });

  it('shows the lines that sanitise shows', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const line of sanitiseLines(text).split('\n')) expect(line).toMatch(shown);
      }),
    );
  });
});
