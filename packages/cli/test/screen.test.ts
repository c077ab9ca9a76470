// What a line looks like on the screen it is written to.

import { stripVTControlCharacters } from 'node:util';
import type { IdentityKey } from '@parley/core';
import { FakeClient } from '@parley/testkit';
import type { LineWish } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continuationIndent, lineFormat } from '../src/face/line-text.ts';
import type { LineStyle } from '../src/face/line-text.ts';
import { screenOf, shownOn } from '../src/io/screen.ts';

const bare = { color: false, unicode: true };
const bobby = 'b'.repeat(64) as IdentityKey;

function format(wish: LineWish, style: Partial<LineStyle> = {}): string {
  const line = new FakeClient().addLine({ identity: bobby, name: 'bobby', ...wish });
  return lineFormat({ screen: bare, time: 'none', ...style })(line);
}

/** Text of any code points, halves of characters among them. */
const anyText: fc.Arbitrary<string> = fc
  .array(fc.nat({ max: 0x10ffff }))
  .map((points) => String.fromCodePoint(...points));

describe('lineFormat', () => {
  it.each([
    ['a message', { text: 'hello' }, 'bobby: hello\n'],
    ['an action', { text: 'waves', kind: 'me' }, '* bobby waves\n'],
    ['a message in a room', { text: 'hello', session: 'ops' }, '#ops bobby: hello\n'],
    ['a label', { text: 'hello', label: 'bobby·7k2f' }, 'bobby·7k2f: hello\n'],
    ['a text of two lines', { text: 'one\ntwo\r\nthree' }, 'bobby: one\n    two\n    three\n'],
    ['an escape sequence', { text: '\u001b[2J' }, 'bobby: \\u{1b}[2J\n'],
    ['a hostile name', { text: 'x', label: 'b\u202e' }, 'b\\u{202e}: x\n'],
  ] as const)('shows %s', (_what, wish, expected) => {
    expect(format(wish)).toBe(expected);
  });

  it('gives each line of others exactly one line that does not begin with a blank', () => {
    const line = new FakeClient().addLine({ identity: bobby, name: 'bobby' });
    const formatted = lineFormat({ screen: bare, time: 'none' });
    fc.assert(
      fc.property(anyText, (text) => {
        const rows = formatted({ ...line, text }).split('\n');
        expect(rows.pop()).toBe('');
        expect(rows.filter((row) => !row.startsWith(continuationIndent))).toHaveLength(1);
      }),
    );
  });

  it('stamps with the time of this place', () => {
    const timeMs = new Date(2026, 10, 22, 9, 5).getTime();
    expect(format({ text: 'x', timeMs }, { time: 'clock' })).toBe('09:05 bobby: x\n');
    expect(format({ text: 'x', timeMs }, { time: 'date' })).toBe('2026-11-22 09:05 bobby: x\n');
  });

  it('colours names by key, and nothing else', () => {
    const screen = { color: true, unicode: true };
    const colored = format({ text: 'x' }, { screen });
    expect(colored).not.toBe('bobby: x\n');
    expect(stripVTControlCharacters(colored)).toBe('bobby: x\n');
    const ofKey = (identity: string): string =>
      format({ text: 'x', identity: identity as IdentityKey }, { screen });
    expect(ofKey('1'.repeat(64))).not.toBe(ofKey('2'.repeat(64)));
    expect(ofKey('1'.repeat(64))).toBe(ofKey('1'.repeat(64)));
  });
});

describe('screenOf', () => {
  it.each([
    [{}, true],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LANG: 'C', LC_ALL: 'C.UTF-8' }, true],
    [{ LANG: 'C.UTF-8', LC_CTYPE: 'POSIX' }, false],
    [{ LANG: 'C', LC_ALL: '' }, false],
  ])('takes %j for a locale with UTF-8: %s', (env, unicode) => {
    expect(screenOf(env, false, true).unicode).toBe(unicode);
  });

  it.each([
    [{}, true, true, true],
    [{}, false, true, false],
    [{}, true, false, false],
    [{ NO_COLOR: '1' }, true, true, false],
    [{ NO_COLOR: '' }, true, true, true],
    [{ TERM: 'dumb' }, true, true, false],
  ])('with %j, terminal %s and colour wanted %s: colour %s', (env, terminal, wanted, color) => {
    expect(screenOf(env, terminal, wanted).color).toBe(color);
  });

  it('has a question mark for each character beyond ASCII where the locale has no UTF-8', () => {
    expect(shownOn({ color: false, unicode: false }, 'Grüße 👋!')).toBe('Gr??e ?!');
  });
});
