import { name } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Length } from '../src/bytes/utf8.ts';
import { checkName, nameReasonText } from '../src/identity/name.ts';
import { LIMITS } from '../src/limits.ts';

const marks = '\u0301\u0302\u0303\u0304\u0305';

describe('a name', () => {
  it.each([
    ['anna', 'anna'],
    ['  anna\n', 'anna'],
    ['A_n-n.a42', 'A_n-n.a42'],
    ['A\u0308nna', 'Änna'],
    ['Ольга', 'Ольга'],
    ['Ελένη', 'Ελένη'],
    ['山田たろうカナ', '山田たろうカナ'],
    ['김철수', '김철수'],
    ['김哲', '김哲'],
    ['王小明', '王小明'],
    ['محمد', 'محمد'],
    ['אנה', 'אנה'],
    ['สมชาย', 'สมชาย'],
    ['प्रिया', 'प्रिया'],
    ['🦊anna', '🦊anna'],
    [`x${marks.slice(0, 4)}`, `x${marks.slice(0, 4)}`.normalize('NFC')],
    ['a'.repeat(32), 'a'.repeat(32)],
  ])('%j is accepted as %j', (typed, accepted) => {
    expect(checkName(typed)).toEqual({ ok: true, value: accepted });
  });

  it.each([
    ['', 'empty'],
    [' \t ', 'empty'],
    ['a'.repeat(33), 'too-long'],
    ['字'.repeat(43), 'too-long'],
    [' '.repeat(5_000), 'too-long'],
    ['an na', 'whitespace'],
    ['an\u00a0na', 'whitespace'],
    ['an\u2800na', 'whitespace'],
    ['an\u0007na', 'invisible'],
    ['an\u001b[31mna', 'invisible'],
    ['an\u202ena', 'invisible'],
    ['an\u2066na', 'invisible'],
    ['an\u200bna', 'invisible'],
    ['an\u200dna', 'invisible'],
    ['an\u00adna', 'invisible'],
    ['an\ufe0fna', 'invisible'],
    ['an\u3164na', 'invisible'],
    ['an\u{e0061}na', 'invisible'],
    ['an\ufffena', 'not-a-character'],
    ['an\ue000na', 'not-a-character'],
    ['an\ud800na', 'not-a-character'],
    ['\\anna', 'reserved-start'],
    ['/anna', 'reserved-start'],
    ['#anna', 'reserved-start'],
    ['@anna', 'reserved-start'],
    ['·anna', 'reserved-start'],
    ['anna·7k2f', 'reserved-character'],
    ['anna\u03877k2f', 'reserved-character'],
    ['\u0301anna', 'leading-mark'],
    [`q${marks}`, 'too-many-marks'],
    ['\u0430nna', 'mixed-scripts'],
    ['annα', 'mixed-scripts'],
    ['annaひ', 'mixed-scripts'],
    ['한ひ', 'mixed-scripts'],
  ] as const)('%j is refused: %s', (typed, reason) => {
    expect(checkName(typed)).toEqual({ ok: false, reason });
    expect(nameReasonText(reason)).toMatch(/ name /u);
  });

  it('that was accepted is in its one form, within the limits, and has no place for mischief', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
        .map((units) => String.fromCharCode(...units)),
      name(),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const checked = checkName(text);
        fc.pre(checked.ok);
        const { value } = checked;
        expect(checkName(value)).toEqual(checked);
        expect(value.normalize('NFC')).toBe(value);
        expect(value.isWellFormed()).toBe(true);
        expect(utf8Length(value)).toBeLessThanOrEqual(LIMITS.nameBytesMax);
        expect(value).not.toMatch(/[\s\p{C}\p{Default_Ignorable_Code_Point}·]|\p{M}{5}/u);
      }),
      { numRuns: 1_000 },
    );
  });
});
