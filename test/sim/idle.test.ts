// What a swarm at rest says, counted to the frame.

import { MESSAGE_TYPES } from '@parley/core';
import { createFakeSuite } from '@parley/testkit';
import type { Plan } from '@parley/testkit/world/plan';
import { runPlan } from '@parley/testkit/world/schedule';
import { World } from '@parley/testkit/world/world';
import { describe, expect, it } from 'vitest';

const weather = {
  delayMsMin: 1,
  delayMsMax: 5,
  linkLoss: 0,
  pushRepeat: 0,
  unevenMsMax: 0,
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
    rooms: null,
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
      const bytes = world.traffic.frameBytes - before.frameBytes;
      expect(bytes / frames).toBeLessThan(30);
      expect(world.objections).toEqual([]);
    },
  );
});

const line = (atMs: number): Plan['actions'][number] => ({
  atMs,
  action: { kind: 'say', member: 0, lines: 1 },
});

describe('a line', () => {
  it.each([2, 5, 9])(
    'costs a swarm of %i one copy a peer, and a few announcements, after the first of its author',
    async (count) => {
      const plan = calmPlan(count, 1);
      const { traffic: before } = await runPlan(plan, { suite });
      const two = { ...plan, actions: [...plan.actions, line(5_000)] };
      const { traffic: after } = await runPlan(two, { suite });
      const frames = after.frames - before.frames;
      const sent = (type: (typeof MESSAGE_TYPES)[number]): number => {
        const at = MESSAGE_TYPES.indexOf(type);
        return (after.framesOf[at] ?? 0) - (before.framesOf[at] ?? 0);
      };
      const bytes = after.frameBytes - before.frameBytes;
      console.log(`one line to ${count - 1} others: ${frames} frames, ${bytes} bytes`);
      expect(sent('run')).toBe(count - 1);
      // A receipt from each, and what two who have it from elsewhere tell each other: one of them, or both at once.
      const pairs = ((count - 1) * (count - 2)) / 2;
      expect(sent('heads')).toBeGreaterThanOrEqual(count - 1 + pairs);
      expect(sent('heads')).toBeLessThanOrEqual(count - 1 + 2 * pairs);
      expect(frames).toBe(sent('run') + sent('heads'));
    },
  );
});
