// A few schedules with real Ed25519: what the fake suite lets through must not be what makes the others pass.

import { createNodeSuite } from '@parley/crypto-node';
import { runSeed } from '@parley/testkit/world/schedule';
import { describe, expect, it } from 'vitest';
import { failureText } from './slice.ts';

describe('a swarm with real signatures heals', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i', async (seed) => {
    const verdict = await runSeed(seed, { suite: createNodeSuite() });
    expect(verdict.objections.length === 0 ? null : failureText(verdict)).toBeNull();
    expect(verdict.entries).toBeGreaterThan(0);
  });
});
