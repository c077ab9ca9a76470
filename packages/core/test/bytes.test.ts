import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase32, normaliseBase32, toBase32 } from '../src/bytes/base32.ts';
import { compareBytes, concatBytes, equalBytes } from '../src/bytes/compare.ts';
import { fromHex, toHex } from '../src/bytes/hex.ts';
import { fail, ok } from '../src/result.ts';
import { decodeUtf8, encodeUtf8, utf8Length } from '../src/bytes/utf8.ts';

const bytes = fc.uint8Array({ maxLength: 80 });
const bytesOrNot = fc.uint8Array({ maxLength: 8 });

describe('hex', () => {
  it('is what node makes of the same bytes, and back', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        expect(toHex(given)).toBe(Buffer.from(given).toString('hex'));
        expect(fromHex(toHex(given))).toEqual(given);
      }),
    );
  });

  it('needs no native support', () => {
    const bare = Object.assign([0, 1, 0xab, 0xff], { toHex: undefined });
    expect(toHex(bare as unknown as Uint8Array)).toBe('0001abff');
  });

  it.each(['0', 'g0', '0g', 'AB', '-1', '0\u0130', ' 0'])(
    '%j is a fault of ours and throws',
    (text) => {
      expect(() => fromHex(text)).toThrow('hex');
    },
  );
});

describe('comparing', () => {
  it('orders like Buffer.compare, and calls equal what is', () => {
    fc.assert(
      fc.property(bytesOrNot, bytesOrNot, (left, right) => {
        expect(Math.sign(compareBytes(left, right))).toBe(Buffer.compare(left, right));
        expect(equalBytes(left, right)).toBe(Buffer.compare(left, right) === 0);
        expect(equalBytes(left, left.slice())).toBe(true);
      }),
    );
  });

  it('orders bytes as their hex text orders', () => {
    fc.assert(
      fc.property(bytesOrNot, bytesOrNot, (left, right) => {
        const byText = toHex(left) < toHex(right) ? -1 : toHex(left) > toHex(right) ? 1 : 0;
        expect(Math.sign(compareBytes(left, right))).toBe(byText);
      }),
    );
  });

  it('joins parts in order', () => {
    fc.assert(
      fc.property(fc.array(bytes), (parts) => {
        expect(Buffer.from(concatBytes(...parts))).toEqual(Buffer.concat(parts));
      }),
    );
  });
});

describe('utf-8', () => {
  it('round trips every well-formed text, byte order marks included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encoded = encodeUtf8(text);
        expect(utf8Length(text)).toBe(encoded.length);
        expect(decodeUtf8(encoded)).toEqual({ ok: true, value: text });
      }),
    );
    expect(decodeUtf8(encodeUtf8('\ufeffa'))).toEqual({ ok: true, value: '\ufeffa' });
  });

  it('is decoded only from the one encoding of a text', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const text = decodeUtf8(given);
        const asNode = Buffer.from(given).toString('utf8');
        const isValid = Buffer.from(asNode).equals(given);
        expect(text).toEqual(isValid ? ok(asNode) : fail('not-utf8'));
      }),
    );
  });

  it('counts what the encoder makes, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units);
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
    expect(utf8Length('\ud83d\ude00\ud83d\udc00\udc00a\ud83d')).toBe(4 + 4 + 3 + 1 + 3);
  });

  it('does not encode a lone surrogate', () => {
    expect(() => encodeUtf8('a\ud800')).toThrow('lone surrogate');
  });

  it.each(['c080', 'eda080', 'f4908080', 'ff', 'c3'])('%s is refused', (hex) => {
    expect(decodeUtf8(fromHex(hex))).toEqual({ ok: false, reason: 'not-utf8' });
  });
});

describe('base32', () => {
  it('round trips, also in upper case and with letters read for digits', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const text = toBase32(given);
        const misread = text.toUpperCase().replaceAll('0', 'O').replaceAll('1', 'l');
        expect(text).toMatch(/^[0-9a-hjkmnp-tv-z]*$/u);
        expect(fromBase32(text)).toEqual({ ok: true, value: given });
        expect(fromBase32(misread)).toEqual({ ok: true, value: given });
        expect(normaliseBase32(misread)).toEqual({ ok: true, value: text });
      }),
    );
  });

  it('decodes nothing but what some bytes encode to', () => {
    const typed = fc.string({
      unit: fc.constantFrom(...Array.from('0123abcdefghjkxyz')),
      maxLength: 12,
    });
    fc.assert(
      fc.property(typed, (text) => {
        const decoded = fromBase32(text);
        expect(decoded.ok ? toBase32(decoded.value) : text).toBe(text);
      }),
    );
  });

  it('knows the vectors of other implementations', () => {
    expect(toBase32(encodeUtf8('foobar'))).toBe('csqpyrk1e8');
    expect(fromBase32('u')).toEqual({ ok: false, reason: 'not-base32' });
    expect(fromBase32('ü0')).toEqual({ ok: false, reason: 'not-base32' });
  });
});
