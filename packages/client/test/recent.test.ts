// The entries that came last are at hand, and no others stay in memory.

import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { LIMITS } from '@parley/core';
import type { ReadEntry } from '../src/recent.ts';
import { RecentEntries } from '../src/recent.ts';

function entryOf(arrival: number, { lines = 1, bytes = 1 } = {}): ReadEntry {
  const entry = { payload: new Uint8Array(bytes) };
  return {
    arrival,
    stored: { entry, identity: 'a', late: false } as unknown as ReadEntry['stored'],
    lines: Array.from({ length: lines }, () => ({ type: 'say', text: `line ${arrival}` })),
  };
}

function filled(from: number, to: number, size?: Parameters<typeof entryOf>[1]): RecentEntries {
  const recent = new RecentEntries();
  for (let arrival = from; arrival <= to; arrival += 1) recent.add(entryOf(arrival, size));
  return recent;
}

const arrivalsAfter = (recent: RecentEntries, after: number): number[] | undefined =>
  recent.after(after)?.map(({ arrival }) => arrival);

it('what came after a number is given in order, or null where it is not all there', () => {
  const recent = filled(5, 9);
  expect(arrivalsAfter(recent, 6)).toEqual([7, 8, 9]);
  expect(arrivalsAfter(recent, 4)).toEqual([5, 6, 7, 8, 9]);
  expect(recent.after(9)).toEqual([]);
  expect(recent.after(3)).toBeNull();
  expect(new RecentEntries().after(0)).toBeNull();
});

it('after a jump there is only what came since', () => {
  const recent = filled(1, 3);
  recent.add(entryOf(10));
  recent.add(entryOf(11));
  expect(recent.after(3)).toBeNull();
  expect(arrivalsAfter(recent, 9)).toEqual([10, 11]);
});

it.each([
  { what: 'lines', size: { lines: 256 }, most: LIMITS.recentLinesMax / 256 },
  { what: 'bytes', size: { bytes: 32_768 }, most: LIMITS.recentBytesMax / 32_768 },
])('there are no more than so many $what', ({ size, most }) => {
  const newest = 3 * most;
  const recent = filled(1, newest, size);
  expect(recent.after(newest - most)).toHaveLength(most);
  expect(recent.after(newest - most - 1)).toBeNull();
});

it('what is not at hand any more is let go at once', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const recent = new RecentEntries();
  const most = LIMITS.recentLinesMax / 256;
  const added: WeakRef<ReadEntry>[] = [];
  for (let arrival = 1; arrival <= 2 * most; arrival += 1) {
    const entry = entryOf(arrival, { lines: 256 });
    recent.add(entry);
    added.push(new WeakRef(entry));
  }
  // A WeakRef holds until the task that made it has ended.
  await setImmediate();
  collectGarbage();
  const alive = added.filter((each) => each.deref() !== undefined);
  expect(alive.length).toBeLessThanOrEqual(most + 1);
  expect(recent.after(most)).toHaveLength(most);
});
