// The World is no better than the faults it finds: each planted one must be caught within a few seeds.

import { createFakeSuite } from '@parley/testkit';
import { MUTANTS, ROOM_MUTANTS } from '@parley/testkit/world/mutants';
import { runRoomSeed, runSeed } from '@parley/testkit/world/schedule';
import type { Mutant } from '@parley/testkit/world/run';
import { describe, expect, it } from 'vitest';

/** How many seeds at most until it is caught, and by which objection. */
const CAUGHT: Readonly<Record<string, readonly [seedsMax: number, objection: RegExp]>> = {
  'no anti-entropy': [10, /has nothing of|has \d+…\d+ of|shows/u],
  'no duplicate check': [10, /was shown twice|failed/u],
  'a reused number': [60, /was used twice|was stopped/u],
  'no limit on what is asked at once': [10, /are in flight|wants/u],
};

const CAUGHT_IN_ROOMS: typeof CAUGHT = {
  'a member that forgets to encrypt': [10, /in plain|blames/u],
  'a pruner that prunes too much': [30, /was pruned after/u],
  'a leaver that keeps what was said': [20, /holds \d+ chains|shown twice|failed/u],
};

describe('a planted fault is caught', () => {
  it('each has its bound', () => {
    expect(Object.keys(CAUGHT)).toEqual(Object.keys(MUTANTS));
    expect(Object.keys(CAUGHT_IN_ROOMS)).toEqual(Object.keys(ROOM_MUTANTS));
  });

  it.each(Object.entries(MUTANTS))('%s', async (name, mutant) => {
    const [seedsMax, objection] = CAUGHT[name]!;
    expect(await firstObjections(runSeed, { name, mutant, seedsMax })).toMatch(objection);
  });

  it.each(Object.entries(ROOM_MUTANTS))('%s', async (name, mutant) => {
    const [seedsMax, objection] = CAUGHT_IN_ROOMS[name]!;
    expect(await firstObjections(runRoomSeed, { name, mutant, seedsMax })).toMatch(objection);
  });
});

interface Planted {
  readonly name: string;
  readonly mutant: Mutant;
  readonly seedsMax: number;
}

/** What is wrong in the first schedule that shows it; nothing where none of them does. */
async function firstObjections(
  run: typeof runSeed,
  { name, mutant, seedsMax }: Planted,
): Promise<string> {
  const suite = createFakeSuite();
  for (let seed = 0; seed < seedsMax; seed += 1) {
    const { objections } = await run(seed, { suite, mutant });
    if (objections.length === 0) continue;
    console.log(`${name}: caught at seed ${seed}: ${objections[0]?.split('\n')[0]}`);
    return objections.join('\n');
  }
  return `not caught within ${seedsMax} seeds`;
}
