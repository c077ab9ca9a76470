import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../src/bytes/compare.ts';
import { encode } from '../../src/codec/cbor.ts';
import type { CborValue } from '../../src/codec/cbor.ts';
import { LIMITS } from '../../src/limits.ts';
import { decodeFrames, encodeFrames, packFrames } from '../../src/session/frames.ts';
import type { Frame } from '../../src/session/frames.ts';
import { damages } from '../mutations.ts';

function frame(bytesMax: number): fc.Arbitrary<Frame> {
  return fc.record({
    kind: fc.constantFrom('welcome' as const, 'message' as const),
    bytes: fc.uint8Array({ maxLength: bytesMax }),
  });
}

describe('frames', () => {
  it('round trip, and damaged are refused or others in their one form', () => {
    fc.assert(
      fc.property(fc.array(frame(8), { minLength: 1, maxLength: 4 }), (frames) => {
        const payload = encodeFrames(frames);
        expect(decodeFrames(payload)).toEqual({ ok: true, value: frames });
        const odd = [...damages(payload)].filter((bytes) => {
          const read = decodeFrames(bytes);
          return read.ok && !equalBytes(encodeFrames(read.value), bytes);
        });
        expect(odd).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, CborValue, string]>([
    ['none', [], 'no-frames'],
    ['no list', 1, 'wrong-type'],
    ['a kind not known', [[2, new Uint8Array(1)]], 'unknown-kind'],
    ['a frame of one item', [[1]], 'wrong-type'],
    ['text', [[1, 'x']], 'wrong-type'],
    ['too many', Array.from({ length: 129 }, () => [1, new Uint8Array(1)]), 'too-many-frames'],
  ])('are refused: %s', (_, value, reason) => {
    expect(decodeFrames(encode(value))).toEqual({ ok: false, reason });
  });

  it('over the limit of a payload are refused', () => {
    const payload = encode([[1, new Uint8Array(LIMITS.entryPayloadBytesMax)]]);
    expect(decodeFrames(payload)).toEqual({ ok: false, reason: 'too-large' });
  });

  it('are packed into few payloads, each within its limits, in their order', () => {
    const sizes = fc.array(fc.constantFrom<number>(0, 100, 20_000, 40_000, 65_528), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const frames = lengths.map(
          (length): Frame => ({ kind: 'message', bytes: new Uint8Array(length) }),
        );
        const payloads = packFrames(frames);
        const read = payloads.flatMap((payload) => {
          expect(payload.length).toBeLessThanOrEqual(LIMITS.entryPayloadBytesMax);
          const decoded = decodeFrames(payload);
          return decoded.ok ? decoded.value : [];
        });
        expect(read.map(({ bytes }) => bytes.length)).toEqual(lengths);
        const bytes = lengths.reduce((sum, length) => sum + length, 0);
        const fewest = Math.max(bytes / LIMITS.entryPayloadBytesMax, lengths.length / 128);
        expect(payloads.length).toBeLessThanOrEqual(Math.ceil(2 * fewest) + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('that fit into no payload are a fault of ours', () => {
    const bytes = new Uint8Array(LIMITS.entryPayloadBytesMax);
    expect(() => packFrames([{ kind: 'welcome', bytes }])).toThrow('over its limit');
  });
});
