// Private sessions with real MLS, in schedules that crash at works: what the fake lets through must not be what makes the others pass.

import { createMlsSessionCrypto } from '@parley/crypto-mls';
import { createNodeSuite } from '@parley/crypto-node';
import { EPOCH_MS } from '@parley/testkit/world/clock';
import { runSessionSeed } from '@parley/testkit/world/schedule';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { failureText } from './slice.ts';

const SEEDS = 100;
const SEEDS_PER_TEST = 10;
const HOUR_MS = 3_600_000;

describe('private sessions with real MLS survive crashes', () => {
  // The library looks at the clock of the machine, too.
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: EPOCH_MS + HOUR_MS / 2 });
  });
  afterAll(() => {
    vi.useRealTimers();
  });

  const firsts = Array.from(
    { length: SEEDS / SEEDS_PER_TEST },
    (_, slice) => slice * SEEDS_PER_TEST,
  );
  it.each(firsts)(`${SEEDS_PER_TEST} seeds from %i`, async (first) => {
    const suite = createNodeSuite();
    const sessionCrypto = createMlsSessionCrypto;
    let told = 0;
    for (let seed = first; seed < first + SEEDS_PER_TEST; seed += 1) {
      const verdict = await runSessionSeed(seed, { suite, sessionCrypto, kills: true });
      told += verdict.told;
      expect(verdict.objections.length === 0 ? null : failureText(verdict)).toBeNull();
    }
    expect(told).toBeGreaterThan(0);
  });
});
