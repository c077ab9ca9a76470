import * as cborg from 'cborg';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../src/bytes/hex.ts';
import { decode, encode, encodedSize } from '../src/codec/cbor.ts';
import type { CborValue } from '../src/codec/cbor.ts';
import {
  isBool,
  isBytes,
  isBytesUpTo,
  isList,
  isListOf,
  isText,
  isTuple,
  isUint,
} from '../src/codec/fields.ts';
import { damages } from './mutations.ts';

const leaf = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc.nat(70_000),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(null, true, false),
);

const value: fc.Arbitrary<CborValue> = fc.letrec<{ node: CborValue }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { maxLength: 30 }),
  ),
})).node;

const deep = { depthMax: 64, itemsMax: 1_000_000 };

/** What cborg, told to be as strict as it can, makes of bytes. */
function oracle(bytes: Uint8Array): { readonly value: unknown } | null {
  try {
    return {
      value: cborg.decode(bytes, {
        strict: true,
        allowIndefinite: false,
        allowUndefined: false,
        allowInfinity: false,
        allowNaN: false,
        allowBigInt: false,
      }),
    };
  } catch {
    return null;
  }
}

/** Whether a value is of the types that parley has. */
function isOurs(given: unknown): boolean {
  if (Array.isArray(given)) return given.every(isOurs);
  if (typeof given === 'number') {
    return Number.isSafeInteger(given) && given >= 0 && !Object.is(given, -0);
  }
  if (typeof given === 'string' || typeof given === 'boolean' || given === null) return true;
  return given instanceof Uint8Array;
}

const byteOrderMark = '\ufeff';

/** Whether both refuse, or both accept and agree, or only cborg accepts, a type or spelling that we do not have. */
function agrees(bytes: Uint8Array): boolean {
  const ours = decode(bytes, deep);
  // cborg drops a byte order mark that begins a text, so of that it is no judge.
  if (Buffer.from(bytes).includes(byteOrderMark)) {
    return !ours.ok || toHex(encode(ours.value)) === toHex(bytes);
  }
  const theirs = oracle(bytes);
  const hex = toHex(bytes);
  const isOurForm =
    theirs !== null && isOurs(theirs.value) && toHex(cborg.encode(theirs.value)) === hex;
  if (!ours.ok) return !isOurForm;
  return isOurForm && toHex(cborg.encode(ours.value)) === hex && toHex(encode(ours.value)) === hex;
}

function list(length: number): CborValue {
  return Array.from({ length }, () => 0);
}

const isUints = (field: CborValue): boolean => isListOf(field, 3, (item) => isUint(item));

describe('the CBOR codec', () => {
  it('round trips every value', () => {
    fc.assert(
      fc.property(value, (given) => {
        const bytes = encode(given);
        expect(bytes.length).toBe(encodedSize(given));
        expect(decode(bytes)).toEqual({ ok: true, value: given });
      }),
    );
  });

  it('writes what cborg writes', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(toHex(encode(given))).toBe(toHex(cborg.encode(given)));
      }),
    );
  });

  it('agrees with cborg about arbitrary bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 12 });
    fc.assert(
      fc.property(bytes, (given) => {
        expect(agrees(given)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with cborg about every one of the shortest byte strings', () => {
    const ones = Array.from({ length: 0x100 }, (_, at) => Uint8Array.of(at));
    const twos = Array.from({ length: 0x1_0000 }, (_, at) => Uint8Array.of(at >> 8, at & 0xff));
    expect([...ones, ...twos].filter((bytes) => !agrees(bytes))).toEqual([]);
  });

  it('agrees with cborg about everything that is one damage away from good bytes', () => {
    fc.assert(
      fc.property(value, (given) => {
        const damaged = [...damages(encode(given).slice(0, 200))];
        expect(damaged.filter((bytes) => !agrees(bytes)).map(toHex)).toEqual([]);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('keeps a byte order mark: it is part of the text', () => {
    const bytes = fromHex('64efbbbf61');
    expect(decode(bytes)).toEqual({ ok: true, value: '\ufeffa' });
    expect(encode('\ufeffa')).toEqual(bytes);
  });

  it('gives views of byte strings, not copies', () => {
    const bytes = encode([Uint8Array.of(1, 2, 3)]);
    const decoded = decode(bytes);
    expect(decoded.ok && isTuple(decoded.value, 1) && decoded.value[0]).toHaveProperty(
      'buffer',
      bytes.buffer,
    );
  });

  it.each([
    ['', 'truncated'],
    ['18', 'truncated'],
    ['1800', 'not-shortest'],
    ['1817', 'not-shortest'],
    ['1900ff', 'not-shortest'],
    ['1a0000ffff', 'not-shortest'],
    ['1b00000000ffffffff', 'not-shortest'],
    ['1b0020000000000000', 'too-large'],
    ['1bffffffffffffffff', 'too-large'],
    ['1c', 'unsupported-type'],
    ['20', 'unsupported-type'],
    ['5f4100ff', 'unsupported-type'],
    ['9f00ff', 'unsupported-type'],
    ['a0', 'unsupported-type'],
    ['c000', 'unsupported-type'],
    ['f7', 'unsupported-type'],
    ['f97c00', 'unsupported-type'],
    ['fb3ff0000000000000', 'unsupported-type'],
    ['61ff', 'not-utf8'],
    ['63eda080', 'not-utf8'],
    ['6261', 'truncated'],
    ['4201', 'truncated'],
    ['8101ff', 'trailing-bytes'],
    ['0000', 'trailing-bytes'],
    ['9b001fffffffffffff', 'truncated'],
    ['5b001fffffffffffff', 'truncated'],
  ])('refuses %s: %s', (hex, reason) => {
    expect(decode(fromHex(hex))).toEqual({ ok: false, reason });
  });

  it('bounds depth and the number of items', () => {
    const nested = (depth: number): CborValue => (depth === 0 ? 1 : [nested(depth - 1)]);
    const limits = { depthMax: 8, itemsMax: 10 };
    expect(decode(encode(nested(8)), limits).ok).toBe(true);
    expect(decode(encode(nested(9)), limits)).toEqual({ ok: false, reason: 'too-deep' });
    expect(decode(encode(list(9)), limits).ok).toBe(true);
    expect(decode(encode(list(10)), limits)).toEqual({ ok: false, reason: 'too-many-items' });
    const nestedLists = encode([list(4), list(4)]);
    expect(decode(nestedLists, limits)).toEqual({ ok: false, reason: 'too-many-items' });
  });

  it('survives a million nested heads', () => {
    expect(decode(new Uint8Array(1_000_000).fill(0x81))).toEqual({ ok: false, reason: 'too-deep' });
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])(
    'does not write %d',
    (number) => {
      expect(() => encode(number)).toThrow('uint');
    },
  );

  it('does not write a lone surrogate', () => {
    expect(() => encode(['\udc00'])).toThrow('lone surrogate');
  });
});

describe('field questions', () => {
  it('say yes to what is asked for and no to the rest', () => {
    const three = new Uint8Array(3);
    expect([isUint(5), isUint(5, 5), isUint(6, 5), isUint('5'), isUint(undefined)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect([isBytes(three, 3), isBytes(three, 2), isBytes('abc', 3)]).toEqual([true, false, false]);
    expect([isBytesUpTo(three, 3), isBytesUpTo(three, 2), isBytesUpTo(3, 3)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isText('äb', 3), isText('äb', 2), isText('abc', 2), isText(three, 9)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isBool(false), isBool(null)]).toEqual([true, false]);
    expect([isList([1, 2], 2), isList([1, 2], 1), isList(three, 3)]).toEqual([true, false, false]);
    expect([isTuple([1, 2], 2), isTuple([1, 2], 3), isTuple(null, 0)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isUints([1, 2]), isUints([1, 'a']), isUints([1, 2, 3, 4])]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
