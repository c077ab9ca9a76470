// What a swarm at rest says, counted to the frame.

import { createFakeSuite } from '@parley/testkit';
import type { Plan } from '@parley/testkit/world/plan';
import { runPlan } from '@parley/testkit/world/schedule';
import { World } from '@parley/testkit/world/world';
import { describe, expect, it } from 'vitest';

const weather = {
  delayMsMin: 1,
  delayMsMax: 5,
  gossipLoss: 0,
  gossipRepeat: 0,
  gossipHeldMsMax: 0,
  frameFaults: 0,
  queueHighBytes: 1_048_576,
};

/** Peers in a chain, of which the first says a few lines; nothing goes wrong. */
function calmPlan(count: number, lines: number): Plan {
  return {
    seed: 1,
    faults: [],
    topology: 'chain',
    weather,
    members: Array.from({ length: count }, (_, index) => ({
      startMs: index * 100,
      skewMs: 0,
      dials: index === 0 ? [] : [index - 1],
    })),
    actions: [{ atMs: 2_000, action: { kind: 'say', member: 0, lines } }],
    sessions: false,
    gossips: false,
    calmMs: 10_000,
    watchMs: 0,
  };
}

const suite = createFakeSuite();
const MINUTE_MS = 60_000;

describe('a swarm at rest', () => {
  it.each([2, 5, 9])(
    'of %i sends pings, their answers, and a minute one comparison each of lobby and directory',
    async (count) => {
      const world = new World(calmPlan(count, 3), { suite });
      await world.agenda.runUntil(2 * MINUTE_MS, 1_000_000);
      const links = (count * (count - 1)) / 2;
      const before = { ...world.traffic };
      await world.agenda.runUntil(7 * MINUTE_MS, 1_000_000);
      const frames = world.traffic.frames - before.frames;
      // Each side of a link pings four times a minute; each peer compares both once: a question and an answer.
      expect(frames).toBe(5 * (links * 2 * 4 * 2 + count * 2 * 2));
      expect(world.traffic.gossip).toBe(before.gossip);
      const bytes = world.traffic.frameBytes - before.frameBytes;
      expect(bytes / frames).toBeLessThan(30);
      expect(world.objections).toEqual([]);
    },
  );
});

describe('a line', () => {
  it.each([2, 5, 9])(
    'costs a swarm of %i one copy a peer, and a few announcements',
    async (count) => {
      const { traffic: quiet } = await runPlan(calmPlan(count, 0), { suite });
      const { traffic: said } = await runPlan(calmPlan(count, 1), { suite });
      const frames = said.frames - quiet.frames;
      console.log(
        `one line to ${count - 1} others: ${frames} frames, ${said.frameBytes - quiet.frameBytes} bytes`,
      );
      // A copy to each other peer, a receipt from each, and what neighbours do not know of each other yet.
      expect(frames).toBeGreaterThanOrEqual(2 * (count - 1));
      expect(frames).toBeLessThanOrEqual(2 * (count - 1) + count * (count - 1));
    },
  );
});
