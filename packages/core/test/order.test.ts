import { createFakeSuite, hlc, signedChain } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChainKey } from '../src/brand.ts';
import { LIMITS } from '../src/limits.ts';
import { compareHlc, maxHlc, nextHlc } from '../src/log/hlc.ts';
import { compareOrder, orderKeyOf } from '../src/log/order.ts';
import type { OrderKey } from '../src/log/order.ts';

describe('the hybrid logical clock', () => {
  it('always moves on, and follows the wall clock when that is ahead', () => {
    fc.assert(
      fc.property(hlc(), fc.nat(LIMITS.timeMsMax), (last, nowMs) => {
        const next = nextHlc(last, nowMs);
        expect(compareHlc(next, last)).toBeGreaterThan(0);
        expect(next.ms).toBeGreaterThanOrEqual(nowMs);
        expect(nextHlc(last, last.ms + 1)).toEqual({ ms: last.ms + 1, counter: 0 });
        expect(next.counter).toBeLessThanOrEqual(LIMITS.hlcCounterMax);
      }),
    );
    expect(nextHlc(null, 5)).toEqual({ ms: 5, counter: 0 });
    expect(nextHlc({ ms: 5, counter: 0 }, 5)).toEqual({ ms: 5, counter: 1 });
    expect(nextHlc({ ms: 5, counter: LIMITS.hlcCounterMax }, 4)).toEqual({ ms: 6, counter: 0 });
  });

  it('has one later of two times', () => {
    fc.assert(
      fc.property(hlc(), hlc(), (left, right) => {
        expect(Math.sign(compareHlc(left, right))).toBe(-Math.sign(compareHlc(right, left)) + 0);
        const later = maxHlc(left, right);
        expect([left, right]).toContain(later);
        expect(compareHlc(later, left)).toBeGreaterThanOrEqual(0);
        expect(compareHlc(later, right)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the order on screen', () => {
  const key: fc.Arbitrary<OrderKey> = fc.record({
    hlc: fc.record({ ms: fc.nat(3), counter: fc.nat(2) }),
    chain: fc.constantFrom('a', 'b').map((digit) => digit.repeat(80) as ChainKey),
    seq: fc.nat(3),
  });

  it('is total: the same whatever the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(key), fc.integer(), (keys, seed) => {
        const shuffled = keys.toSorted(
          (left, right) => (hashOf(left) ^ seed) - (hashOf(right) ^ seed),
        );
        expect(shuffled.toSorted(compareOrder)).toEqual(keys.toSorted(compareOrder));
      }),
    );
  });

  it('calls only one and the same place equal', () => {
    fc.assert(
      fc.property(key, key, (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect(compareOrder(left, right) === 0).toBe(same);
      }),
    );
  });

  it('keeps a chain in its own order', () => {
    fc.assert(
      fc.property(signedChain(createFakeSuite()), ({ entries }) => {
        const sorted = entries
          .toReversed()
          .toSorted((left, right) => compareOrder(orderKeyOf(left), orderKeyOf(right)));
        expect(sorted.map((entry) => entry.header.seq)).toEqual(entries.map((_, seq) => seq));
      }),
    );
  });
});

function hashOf({ hlc: { ms, counter }, chain, seq }: OrderKey): number {
  return (ms * 31 + counter * 17 + seq * 7 + chain.charCodeAt(0)) & 0xffff;
}
