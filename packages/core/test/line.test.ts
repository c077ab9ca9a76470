import { lineText, lines } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../src/codec/cbor.ts';
import type { CborValue } from '../src/codec/cbor.ts';
import { LIMITS } from '../src/limits.ts';
import { checkLineText, decodeLines, encodeLines, encodedLineBytes } from '../src/log/line.ts';
import { damages } from './mutations.ts';

describe('lines', () => {
  it('round trip, and take the bytes that were reckoned', () => {
    fc.assert(
      fc.property(lines(20), (said) => {
        const payload = encodeLines(said);
        const bytes = said.reduce((sum, one) => sum + encodedLineBytes(one), 1);
        expect(payload.length).toBe(bytes);
        expect(decodeLines(payload, said.length)).toEqual({ ok: true, value: said });
        expect(decodeLines(payload, said.length + 1)).toEqual({
          ok: false,
          reason: 'bad-line-count',
        });
      }),
    );
  });

  it('about a room round trip', () => {
    const set = [
      { type: 'topic', text: '' },
      { type: 'topic', text: 'x'.repeat(LIMITS.topicBytesMax) },
      { type: 'keep', days: 0 },
      { type: 'keep', days: LIMITS.keepDaysMax },
    ] as const;
    expect(decodeLines(encodeLines(set), 4)).toEqual({ ok: true, value: set });
    const tooLong = encode([[8, 'é'.repeat(LIMITS.topicBytesMax / 2 + 1)]]);
    expect(decodeLines(tooLong, 1)).toEqual({ ok: false, reason: 'text-too-long' });
    const tooMany = encode([[9, LIMITS.keepDaysMax + 1]]);
    expect(decodeLines(tooMany, 1)).toEqual({ ok: false, reason: 'too-many-days' });
  });

  it('offering a key package round trip', () => {
    const offered = [{ type: 'package', keyPackage: new Uint8Array(1_024).fill(7) }] as const;
    expect(decodeLines(encodeLines(offered), 1)).toEqual({ ok: true, value: offered });
  });

  it('damaged anywhere are refused, or are other lines in their one form', () => {
    fc.assert(
      fc.property(lines(3), (said) => {
        for (const bytes of damages(encodeLines(said))) {
          const read = decodeLines(bytes, said.length);
          if (!read.ok) continue;
          const raw = decode(bytes);
          expect(raw.ok && encode(raw.value)).toEqual(bytes);
          const isKnown = read.value.every((one) => one.type !== 'unknown');
          expect(isKnown ? encodeLines(read.value) : bytes).toEqual(bytes);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('of types not known yet are carried as unknown', () => {
    const foreign: CborValue[] = [
      [3],
      [7, 'file', new Uint8Array(3), [1, [2]]],
      [2 ** 40, null],
      [0, 'hi'],
    ];
    expect(decodeLines(encode(foreign), 4)).toEqual({
      ok: true,
      value: [
        { type: 'unknown', code: 3 },
        { type: 'unknown', code: 7 },
        { type: 'unknown', code: 2 ** 40 },
        { type: 'say', text: 'hi' },
      ],
    });
    expect(() => encodeLines([{ type: 'unknown', code: 3 }])).toThrow('cannot be written');
  });

  it('naming what is not fit for a name are unknown, not invalid: Unicode grows', () => {
    expect(decodeLines(encode([[2, 'a b']]), 1)).toEqual({
      ok: true,
      value: [{ type: 'unknown', code: 2 }],
    });
  });

  const longest = 'x'.repeat(LIMITS.lineTextBytesMax);
  it.each<[string, CborValue, string]>([
    ['no list', 5, 'wrong-type'],
    ['a line that is no list', ['hi'], 'wrong-type'],
    ['an empty line', [[]], 'wrong-type'],
    ['a type that is no uint', [['hi']], 'wrong-type'],
    ['say without text', [[0]], 'wrong-type'],
    ['say with more', [[0, 'hi', 1]], 'wrong-type'],
    ['say of bytes', [[0, new Uint8Array(1)]], 'wrong-type'],
    ['empty say', [[0, '']], 'empty-text'],
    ['empty me', [[1, '']], 'empty-text'],
    ['say too long', [[0, `${longest}x`]], 'text-too-long'],
    ['empty nick', [[2, '']], 'empty-text'],
    ['nick with more', [[2, 'a', 'b']], 'wrong-type'],
    ['nick too long', [[2, 'a'.repeat(LIMITS.nameBytesMax + 1)]], 'text-too-long'],
    ['package of text', [[16, 'x']], 'wrong-type'],
    ['package with more', [[16, new Uint8Array(1), 1]], 'wrong-type'],
    ['empty package', [[16, new Uint8Array(0)]], 'bad-package-length'],
    [
      'package too long',
      [[16, new Uint8Array(LIMITS.keyPackageBytesMax + 1)]],
      'bad-package-length',
    ],
    ['foreign too deep', [[7, [[[[[1]]]]]]], 'too-deep'],
  ])('are refused: %s', (_, payload, reason) => {
    expect(decodeLines(encode(payload), 1)).toEqual({ ok: false, reason });
  });

  it('may be as long as the limit says', () => {
    for (const text of [longest, 'ä'.repeat(LIMITS.lineTextBytesMax / 2)]) {
      const said = [{ type: 'say', text }] as const;
      expect(decodeLines(encodeLines(said), 1)).toEqual({ ok: true, value: said });
    }
  });

  it('are refused with what follows them, and cut short', () => {
    expect(decodeLines(Uint8Array.of(0x81, 0x82, 0, 0x61, 0x61, 0), 1)).toEqual({
      ok: false,
      reason: 'trailing-bytes',
    });
    expect(decodeLines(new Uint8Array(0), 1)).toEqual({ ok: false, reason: 'truncated' });
    expect(decodeLines(Uint8Array.of(0x80), 0)).toEqual({ ok: true, value: [] });
  });

  it('are as many as an entry may have where no header counts them', () => {
    const most = Array.from(
      { length: LIMITS.entryLinesMax },
      () => ({ type: 'say', text: 'a' }) as const,
    );
    expect(decodeLines(encodeLines(most), null)).toEqual({ ok: true, value: most });
    expect(decodeLines(Uint8Array.of(0x80), null)).toEqual({ ok: true, value: [] });
    expect(decodeLines(encodeLines([...most, ...most.slice(0, 1)]), null)).toEqual({
      ok: false,
      reason: 'bad-line-count',
    });
  });
});

describe('text that can be said', () => {
  it('is never changed', () => {
    fc.assert(
      fc.property(lineText(), (text) => {
        expect(checkLineText(text)).toEqual({ ok: true, value: text });
      }),
    );
  });

  it.each([
    ['', 'empty'],
    ['x'.repeat(LIMITS.lineTextBytesMax + 1), 'too-long'],
    ['€'.repeat(LIMITS.lineTextBytesMax / 3 + 1), 'too-long'],
    ['a\ud800', 'lone-surrogate'],
  ])('refuses %#', (text, reason) => {
    expect(checkLineText(text)).toEqual({ ok: false, reason });
  });
});
