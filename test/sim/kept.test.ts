// Seeds that once found a fault, run for ever.

import { readFileSync } from 'node:fs';
import { createFakeSuite } from '@parley/testkit';
import { runSeed } from '@parley/testkit/world/schedule';
import { describe, expect, it } from 'vitest';
import { failureText } from './slice.ts';

const path = new URL('./kept-seeds.json', import.meta.url);
const seeds = JSON.parse(readFileSync(path, 'utf8')) as readonly number[];

describe('a seed that once failed', () => {
  it.each(seeds)('%i heals', async (seed) => {
    const verdict = await runSeed(seed, { suite: createFakeSuite() });
    expect(verdict.objections.length === 0 ? null : failureText(verdict)).toBeNull();
  });

  it('replays to the last event and the last byte', async () => {
    const [seed = 0] = seeds;
    expect(await countsOf(seed)).toEqual(await countsOf(seed));
  });
});

async function countsOf(seed: number): Promise<unknown> {
  const { events, traffic, healedMs } = await runSeed(seed, { suite: createFakeSuite() });
  return { events, traffic, healedMs };
}
