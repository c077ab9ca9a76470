// Lines that wait, and orders behind them.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Line } from '../../src/log/entry.ts';
import { dropPending, putBackPending, takePending } from '../../src/session/pending.ts';
import type { Deferred } from '../../src/session/state.ts';

function linesOf(count: number): Line[] {
  return Array.from({ length: count }, (_, at) => ({ type: 'say', text: `line ${at}` }));
}

function waiting(
  count: number,
  places: readonly number[],
): { pending: Line[]; deferred: Deferred[] } {
  const order = { kind: 'leave' } as const;
  const after = places.map((place) => Math.min(place, count)).toSorted((one, two) => one - two);
  return { pending: linesOf(count), deferred: after.map((each) => ({ after: each, order })) };
}

const count = fc.nat(50);
const places = fc.array(fc.nat(50), { maxLength: 4 });

describe('lines that wait', () => {
  it('are taken up to the first order, and put back as they were', () => {
    fc.assert(
      fc.property(count, places, (lines, orders) => {
        const session = waiting(lines, orders);
        const before = structuredClone(session);
        const taken = takePending(session);
        expect(taken).toHaveLength(Math.min(lines, before.deferred[0]?.after ?? lines));
        expect([...taken, ...session.pending]).toEqual(before.pending);
        putBackPending(session, taken);
        expect(session).toEqual(before);
      }),
    );
  });

  it('hold nothing up once they are dropped', () => {
    fc.assert(
      fc.property(count, places, (lines, orders) => {
        const session = waiting(lines, orders);
        expect(dropPending(session)).toBe(lines);
        expect(session.pending).toEqual([]);
        expect(session.deferred.map(({ after }) => after)).toEqual(orders.map(() => 0));
      }),
    );
  });
});
