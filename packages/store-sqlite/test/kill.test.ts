// kill -9 at any moment loses nothing that was acknowledged, and the store opens again.

import { describe, expect, test } from 'vitest';
import { openStore } from '../src/open.ts';
import { dump } from './dump.ts';
import { fileForTest, nextLine, startChild } from './support.ts';

describe('after kill -9 in the middle of commits', () => {
  test('the store opens and has all that was acknowledged, round after round', async () => {
    const file = fileForTest();
    const acknowledged: string[] = [];
    for (const [round, linesBeforeKill] of [1, 40, 333, 1_000].entries()) {
      const child = startChild('commit-endlessly.ts', file, `${round}`);
      for (let line = 0; line < linesBeforeKill; line += 1)
        acknowledged.push(await nextLine(child));
      await child.kill();
      const store = openStore({ path: file });
      const arrivals = store.arrivals(0, Number.MAX_SAFE_INTEGER);
      const ids = new Set<string>(arrivals.map(({ entry }) => entry.id));
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      expect(arrivals.map(({ arrival }) => arrival)).toEqual(arrivals.map((_, at) => at + 1));
      expect(store.search('quick', null, arrivals.length + 1)).toHaveLength(arrivals.length);
      const before = dump(store);
      await store.close();
      const again = openStore({ path: file });
      expect(dump(again)).toEqual(before);
      await again.close();
    }
    expect(acknowledged.length).toBe(1_374);
  }, 60_000);
});
