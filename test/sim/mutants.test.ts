// The World is no better than the faults it finds: each planted one must be caught within a few seeds.

import { createFakeSuite } from '@parley/testkit';
import { MUTANTS } from '@parley/testkit/world/mutants';
import { runSeed } from '@parley/testkit/world/schedule';
import { describe, expect, it } from 'vitest';

/** How many seeds at most until it is caught, and by which objection. */
const CAUGHT: Readonly<Record<string, readonly [seedsMax: number, objection: RegExp]>> = {
  'no anti-entropy': [10, /has nothing of|has \d+…\d+ of|shows/u],
  'no duplicate check': [10, /was shown twice|failed/u],
  'a reused number': [60, /was used twice|was stopped/u],
  'no limit on what is asked at once': [10, /are in flight|wants/u],
};

describe('a planted fault is caught', () => {
  it('each has its bound', () => {
    expect(Object.keys(CAUGHT)).toEqual(Object.keys(MUTANTS));
  });

  it.each(Object.entries(MUTANTS))('%s', async (name, mutant) => {
    const [seedsMax, objection] = CAUGHT[name]!;
    const suite = createFakeSuite();
    for (let seed = 0; seed < seedsMax; seed += 1) {
      const { objections } = await runSeed(seed, { suite, mutant });
      if (objections.length === 0) continue;
      console.log(`${name}: caught at seed ${seed}: ${objections[0]?.split('\n')[0]}`);
      expect(objections.join('\n')).toMatch(objection);
      return;
    }
    expect.fail(`not caught within ${seedsMax} seeds`);
  });
});
