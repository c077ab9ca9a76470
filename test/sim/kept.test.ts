// Seeds that once found a fault, run for ever.

import { readFileSync } from 'node:fs';
import { createFakeSuite } from '@parley/testkit';
import { runSeed } from '@parley/testkit/world/schedule';
import { describe, expect, it } from 'vitest';
import { failureText } from './slice.ts';

const path = new URL('./kept-seeds.json', import.meta.url);
const seeds = JSON.parse(readFileSync(path, 'utf8')) as readonly number[];

describe('a seed that once failed', () => {
  it.each(seeds)('%i heals', (seed) => {
    const verdict = runSeed(seed, { suite: createFakeSuite() });
    expect(verdict.objections.length === 0 ? null : failureText(verdict)).toBeNull();
  });

  it('replays to the last event and the last byte', () => {
    const counts = [1, 2].map(() => {
      const { events, traffic, healedMs } = runSeed(seeds[0]!, { suite: createFakeSuite() });
      return { events, traffic, healedMs };
    });
    expect(counts[0]).toEqual(counts[1]);
  });
});
