// Floods in virtual time: what honest people say arrives within two seconds, and rooms stay within their quota.

import { createFakeSuite } from '@parley/testkit';
import type { FloodVerdict } from '@parley/testkit/world/flood';
import { runFlood } from '@parley/testkit/world/flood';
import { FLOOD_MUTANTS } from '@parley/testkit/world/mutants';
import { describe, expect, it } from 'vitest';

const suite = createFakeSuite();
const MIB = 1_048_576;
/** Small, so that a flood of seconds fills a room; quarantine comes late enough for quotas to be needed. */
const limits = { roomBytesMax: 6 * MIB, quarantineBytes: 4.5 * MIB, quarantineWindowMs: 60_000 };

function report(name: string, { manner, latenciesMs, bytesMost, floodBytes }: FloodVerdict): void {
  const at = (share: number): number => latenciesMs[Math.floor((latenciesMs.length - 1) * share)]!;
  console.log(
    `${name} (${manner}): ${latenciesMs.length} lines, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ` +
      `${Math.round(bytesMost / 1_024)} of ${Math.round(floodBytes / 1_024)} KiB kept`,
  );
}

describe('under a flood', () => {
  it.each([1, 2, 3])('by one, seed %i, others are heard and nothing overflows', async (seed) => {
    const verdict = await runFlood(seed, { suite, honest: 5, hostile: 1, limits });
    report('1 hostile', verdict);
    expect(verdict.objections.slice(0, 3)).toEqual([]);
    expect(verdict.latenciesMs.length).toBeGreaterThan(40);
  });

  it.each([1, 2, 3])('by fifty, seed %i, others are heard and nothing overflows', async (seed) => {
    const verdict = await runFlood(seed, { suite, honest: 5, hostile: 50, limits });
    report('50 hostile', verdict);
    expect(verdict.objections.slice(0, 3)).toEqual([]);
    expect(verdict.latenciesMs.length).toBeGreaterThan(40);
  });

  it('of fifty who say nothing, others are heard', async () => {
    const verdict = await runFlood(1, {
      suite,
      honest: 5,
      hostile: 50,
      limits,
      manner: 'silent',
    });
    report('50 hostile', verdict);
    expect(verdict.objections.slice(0, 3)).toEqual([]);
    expect(verdict.latenciesMs.length).toBeGreaterThan(10);
  });

  it.each(Object.entries(FLOOD_MUTANTS))('%s is noticed', async (name, mutant) => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const verdict = await runFlood(seed, { suite, honest: 5, hostile: 1, limits, mutant });
      if (verdict.objections.length === 0) continue;
      console.log(`${name}: noticed at seed ${seed}: ${verdict.objections[0]}`);
      return;
    }
    expect.fail('not noticed');
  });
});
