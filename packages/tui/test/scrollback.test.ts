// Scrollbacks and the view onto them as values: whatever arrives and however one scrolls, nothing is lost or doubled.

import { FakeClient } from '@parley/testkit';
import type { ShownLine } from '@parley/client';
import type { IdentityKey } from '@parley/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TUI_LIMITS } from '../src/limits.ts';
import {
  arrived,
  emptyScrollback,
  firstUnread,
  marked,
  marksOf,
  noted,
  withOlder,
} from '../src/model/scrollback.ts';
import type { Scrollback } from '../src/model/scrollback.ts';
import { scrolledDown, scrolledUp, seen } from '../src/model/viewport.ts';
import { compareItems } from '../src/model/item.ts';

const bobby = { identity: 'b'.repeat(64) as IdentityKey, name: 'bobby' };

function lines(times: readonly number[], fields: object = bobby): ShownLine[] {
  const client = new FakeClient();
  return times.map((timeMs) => client.addLine({ text: `at ${timeMs}`, timeMs, ...fields }));
}

const note = { tone: 'notice', atMs: 0, text: 'x', presence: [] } as const;

describe('a scrollback', () => {
  it('is in order whatever the order of arrival, and has each line once', () => {
    const times = fc.array(fc.array(fc.nat(50), { maxLength: 8 }), { maxLength: 8 });
    fc.assert(
      fc.property(times, (batches) => {
        const all = lines(batches.flat());
        let back = emptyScrollback;
        let at = 0;
        for (const batch of batches) {
          const some = all.slice(at, at + batch.length);
          at += batch.length;
          // A hint that comes twice tells the same lines twice.
          back = noted(arrived(arrived(back, some), some), note);
        }
        const keys = back.items.flatMap((item) => (item.kind === 'line' ? [item.key] : []));
        expect(new Set(keys).size).toBe(all.length);
        expect(keys).toHaveLength(all.length);
        expect(back.items.toSorted(compareItems)).toEqual(back.items);
      }),
    );
  });

  it('is bounded: old lines are left to the store, and what one looks at is kept', () => {
    const all = lines(Array.from({ length: 5_000 }, (_, at) => at));
    const following = arrived(emptyScrollback, all);
    expect(following.items).toHaveLength(TUI_LIMITS.windowItems);
    expect(following).toMatchObject({ hasOlder: true, hasNewer: false });
    const first = all[0];
    if (first === undefined) throw new Error('there are no lines');
    const looking: Scrollback = {
      ...arrived(emptyScrollback, all.slice(0, 100)),
      anchor: { key: first.id, hidden: 0 },
    };
    const later = arrived(looking, all.slice(100));
    expect(later.items).toHaveLength(TUI_LIMITS.windowItems);
    expect(later.items[0]?.key).toBe(first.id);
    expect(later).toMatchObject({ hasNewer: true, below: 4_900 });
    const more = arrived(later, lines([9_999]));
    expect(more.items).toHaveLength(TUI_LIMITS.windowItems);
  });

  it('takes older lines in front', () => {
    const all = lines([1, 2, 3, 4]);
    const back = withOlder(arrived(emptyScrollback, all.slice(2)), all.slice(0, 2), false);
    expect(back.items.map(({ key }) => key)).toEqual(all.map(({ id }) => id));
    expect(back.hasOlder).toBe(false);
  });

  it('knows the first unread line of others', () => {
    const client = new FakeClient();
    const all = [
      client.addLine({ text: 'old', timeMs: 1, ...bobby }),
      client.addLine({ text: 'own', timeMs: 2 }),
      client.addLine({ text: 'new', timeMs: 3, ...bobby }),
    ];
    const back = arrived({ ...emptyScrollback, unreadAfter: 1 }, all);
    expect(firstUnread(back)).toBe(2);
    expect(firstUnread({ ...back, unreadAfter: null })).toBe(-1);
  });

  it('what became of a line became of all own lines before it', () => {
    const own = lines([1, 2, 3], {});
    const id = (at: number): string => own[at]?.id ?? '';
    let back = marked(arrived(emptyScrollback, own), id(1), { stored: true, heldBy: 2 });
    back = marked(back, id(2), { stored: true });
    const marks = marksOf(back);
    expect(marks.get(id(0))).toEqual({ stored: true, heldBy: 2 });
    expect(marks.get(id(1))).toEqual({ stored: true, heldBy: 2 });
    expect(marks.get(id(2))).toEqual({ stored: true, heldBy: null });
  });
});

describe('the view onto it', () => {
  const heights = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 60 });
  const steps = fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 20 });

  it('moves by the rows asked for, as far as there are some, and comes back', () => {
    fc.assert(
      fc.property(heights, fc.integer({ min: 1, max: 40 }), steps, (each, height, moves) => {
        const heightOf = (at: number): number => each[at] ?? 1;
        const total = each.reduce((sum, one) => sum + one, 0);
        let back = arrived(emptyScrollback, lines(each.map((_, at) => at)));
        let expected = 0;
        for (const move of moves) {
          back =
            move < 0
              ? scrolledUp(back, -move, { height, heightOf })
              : scrolledDown(back, move, heightOf);
          const most = Math.max(0, total - height);
          expected = Math.max(0, Math.min(most, expected - move));
          expect(rowsBelow(back, heightOf)).toBe(expected);
          const view = seen(back, height, heightOf);
          expect(view.rows).toBe(Math.min(height, total));
        }
      }),
      // By no row at all once went to the end.
      { examples: [[[2], 1, [-1, 0]]] },
    );
  });
});

function rowsBelow({ items, anchor }: Scrollback, heightOf: (at: number) => number): number {
  if (anchor === null) return 0;
  const at = items.findIndex(({ key }) => key === anchor.key);
  let rows = anchor.hidden;
  for (let below = at + 1; below < items.length; below += 1) rows += heightOf(below);
  return rows;
}
