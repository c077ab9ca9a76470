// Large rooms: what it costs to tell everyone a line, counted.

import { LIMITS } from '@parley/core';
import { createFakeSuite } from '@parley/testkit';
import { runMesh } from '@parley/testkit/world/mesh';
import { WITHOUT_PRUNING, WITHOUT_THINNING } from '@parley/testkit/world/mutants';
import { describe, expect, it } from 'vitest';

const suite = createFakeSuite();
const plan = { seed: 7, peers: 200, authors: 5, linesEach: 12, delayMs: 100, unevenMs: 0 };

/** For what shows in fewer just as well. */
const smaller = { ...plan, peers: 50 };

describe('a large room', () => {
  it('of 200 is told a line with at most 3 copies per delivery, and with one once there are trees', {
    timeout: 300_000,
  }, async () => {
    const { copies, copiesLater, missing, latencyMs, frames } = await runMesh(plan, { suite });
    console.log(`${copies.toFixed(2)} copies, ${copiesLater.toFixed(2)} later`);
    console.log(`${frames.heads.toFixed(2)} announcements for each delivery`);
    expect(missing).toBe(0);
    expect(copies).toBeLessThanOrEqual(3);
    expect(copiesLater).toBeLessThan(1.05);
    expect(frames.heads).toBeLessThan(4);
    // In network delays of 100 ms.
    expect(latencyMs.p99).toBeLessThan(4 * plan.delayMs);
  });

  it('is told a line by the fast links where some are slow', { timeout: 300_000 }, async () => {
    const uneven = { ...smaller, delayMs: 50, unevenMs: 400 };
    const { copies, missing, latencyMs } = await runMesh(uneven, { suite });
    expect(missing).toBe(0);
    expect(copies).toBeLessThanOrEqual(3);
    // A link takes 250 ms on average.
    expect(latencyMs.p50).toBeLessThan(2 * 250);
  });

  describe('of whom all know one peer alone', () => {
    const crowd = { ...plan, peers: 100, authors: 2, linesEach: 2, bootstraps: 1 };

    it('finds links enough for everyone, and not many more', { timeout: 300_000 }, async () => {
      const { links, missing, isConnected, ended, endedLater } = await runMesh(crowd, { suite });
      console.log(`${links.least} to ${links.most} links; ${ended.toFixed(2)} ended for each peer`);
      expect(missing).toBe(0);
      expect(isConnected).toBe(true);
      expect(links.least).toBeGreaterThanOrEqual(LIMITS.neighboursMeshMax);
      expect(links.mean).toBeLessThan(LIMITS.neighboursSoftMax);
      expect(links.most).toBeLessThan(2 * LIMITS.neighboursSoftMax);
      // Nothing is made only to be ended again.
      expect(ended).toBeLessThan(LIMITS.neighboursSoftMax / 2);
      expect(endedLater).toBeLessThan(1);
    });

    it('strands nobody where that one has few places', { timeout: 300_000 }, async () => {
      const few = { ...crowd, neighboursMax: 32 };
      const { links, missing, isConnected, ended } = await runMesh(few, { suite });
      expect(missing).toBe(0);
      expect(isConnected).toBe(true);
      expect(links.least).toBeGreaterThanOrEqual(LIMITS.neighboursMeshMax);
      expect(ended).toBeLessThan(LIMITS.neighboursSoftMax / 2);
    });

    it('hangs all on it where nobody lets go of links', { timeout: 300_000 }, async () => {
      const { links } = await runMesh(crowd, { suite, mutant: WITHOUT_THINNING });
      expect(links.most).toBeGreaterThan(2 * LIMITS.neighboursSoftMax);
    });
  });

  it('costs many copies where nobody prunes', { timeout: 300_000 }, async () => {
    const { copies } = await runMesh(smaller, { suite, mutant: WITHOUT_PRUNING });
    expect(copies).toBeGreaterThan(3);
  });
});
