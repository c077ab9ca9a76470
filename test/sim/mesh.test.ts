// Large rooms: what it costs to tell everyone a line, counted.

import { createFakeSuite } from '@parley/testkit';
import { runMesh } from '@parley/testkit/world/mesh';
import { WITHOUT_PRUNING } from '@parley/testkit/world/mutants';
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
    expect(copiesLater).toBeLessThan(1.01);
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

  it('costs many copies where nobody prunes', { timeout: 300_000 }, async () => {
    const { copies } = await runMesh(smaller, { suite, mutant: WITHOUT_PRUNING });
    expect(copies).toBeGreaterThan(3);
  });
});
