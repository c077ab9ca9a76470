// Bytes to lines, whatever the bytes and however they are cut.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, refusedLineText } from '../src/io/line-splitter.ts';
import type { RefusedLine } from '../src/io/line-splitter.ts';

const limit = 16;

function split(
  chunks: readonly Uint8Array[],
  lineBytesMax: number = limit,
): (string | RefusedLine)[] {
  const splitter = new LineSplitter(lineBytesMax);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** The same, in the plainest way, with everything in memory. */
function splitPlainly(bytes: Buffer): (string | RefusedLine)[] {
  const parts = bytes.toString('latin1').split('\n');
  if (parts.at(-1) === '') parts.pop();
  return parts.flatMap((part, at): (string | RefusedLine)[] => {
    const own = Buffer.from(part.endsWith('\r') ? part.slice(0, -1) : part, 'latin1');
    if (own.length === 0) return [];
    const line = at + 1;
    if (own.length > limit) return [{ line, reason: 'too-long', bytes: own.length }];
    const text = own.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(own)) {
      return [{ line, reason: 'not-utf8', bytes: own.length }];
    }
    return [text];
  });
}

/** Newlines, returns and broken characters far more often than chance would have them. */
const someBytes = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'bcd', 'é', '👋', '\ufeff').map(bytesOf) },
      { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '\n\n').map(bytesOf) },
      fc.constantFrom(Buffer.of(0xff), Buffer.of(0xc3), Buffer.of(0xed, 0xa0, 0x80)),
      fc.constant(bytesOf('0123456789')),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts));

describe('LineSplitter', () => {
  it('splits at both ends of line, skips empty lines and takes a last line without an end', () => {
    expect(split([bytesOf('a\nb\r\n\n\r\nc')])).toEqual(['a', 'b', 'c']);
  });

  it('refuses a line that is not UTF-8 with its number, and no other', () => {
    const bytes = Buffer.concat([bytesOf('a\n\n'), Buffer.of(0x62, 0xff), bytesOf('\nc\n')]);
    expect(split([bytes])).toEqual(['a', { line: 3, reason: 'not-utf8', bytes: 2 }, 'c']);
  });

  it('takes a line of just the limit, and refuses one byte more', () => {
    const fits = 'x'.repeat(limit);
    expect(split([bytesOf(`${fits}\r\n${fits}y\nz`)])).toEqual([
      fits,
      { line: 2, reason: 'too-long', bytes: limit + 1 },
      'z',
    ]);
  });

  it('counts bytes, not characters', () => {
    expect(split([bytesOf(`${'é'.repeat(8)}\n${'é'.repeat(9)}`)])).toEqual([
      'é'.repeat(8),
      { line: 2, reason: 'too-long', bytes: 18 },
    ]);
  });

  it('splits alike wherever the chunks are cut, and as the plainest splitter does', () => {
    fc.assert(
      fc.property(someBytes, fc.array(fc.nat({ max: 60 }), { maxLength: 8 }), (bytes, cuts) => {
        const places = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))];
        places.sort((left, right) => left - right);
        const ends = [...places, bytes.length];
        const chunks = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
        expect(split(chunks)).toEqual(splitPlainly(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('holds no more than the limit of a line that never ends', () => {
    const splitter = new LineSplitter(limit);
    const chunk = Buffer.alloc(1_000_000, 0x61);
    for (let count = 0; count < 1_000; count += 1) expect(splitter.push(chunk)).toEqual([]);
    expect(splitter.end()).toEqual([{ line: 1, reason: 'too-long', bytes: 1_000_000_000 }]);
  });

  it('keeps no chunk alive for the short rest of it', () => {
    const chunk = bytesOf('a\nrest');
    const splitter = new LineSplitter(limit);
    splitter.push(chunk);
    chunk.fill(0x78);
    expect(splitter.end()).toEqual(['rest']);
  });
});

describe('refusedLineText', () => {
  it('names the line, its size and the limit', () => {
    expect(refusedLineText({ line: 7, reason: 'too-long', bytes: 17 }, 16)).toBe(
      'line 7 of the input has 17 bytes, 16 are allowed; it was not sent',
    );
    expect(refusedLineText({ line: 7, reason: 'not-utf8', bytes: 3 }, 16)).toBe(
      'line 7 of the input is not UTF-8 and was not sent',
    );
  });
});
