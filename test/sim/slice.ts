// A slice of the seeds as vitest claims, so that several workers share the work.

import { createFakeSuite } from '@parley/testkit';
import { FAULTS } from '@parley/testkit/world/plan';
import type { Fault } from '@parley/testkit/world/plan';
import { runRoomSeed, runSeed, runSessionSeed } from '@parley/testkit/world/schedule';
import type { Verdict } from '@parley/testkit/world/schedule';
import { ROOM_EVENTS } from '@parley/testkit/world/room-action';
import type { RoomEvent } from '@parley/testkit/world/room-action';
import { SESSION_EVENTS } from '@parley/testkit/world/session-plan';
import type { SessionEvent } from '@parley/testkit/world/session-plan';
import type { WorldOptions } from '@parley/testkit/world/world';
import { describe, expect, it } from 'vitest';

const SEEDS_PER_TEST = 250;
/** Each kind of fault takes place in at least this share of the schedules. */
const SHARE_MIN = 0.2;
/** Of what people do in private sessions: two must be of one mind for forks to cross. */
const SESSION_SHARE_MIN = 0.05;
/** Of several failures the first ones say enough. */
const SHOWN_MAX = 3;

/** Claims that all is well in the schedules of these seeds, and that enough went wrong in them before. */
export function claimSeeds(from: number, to: number): void {
  const suite = createFakeSuite();
  const occurred = new Map<Fault, number>(FAULTS.map((fault) => [fault, 0]));
  let entries = 0;
  describe(`a swarm heals whatever happens to it, seeds ${from} to ${to - 1}`, () => {
    for (let first = from; first < to; first += SEEDS_PER_TEST) {
      const last = Math.min(to, first + SEEDS_PER_TEST) - 1;
      it(`seeds ${first} to ${last}`, async () => {
        const failures: string[] = [];
        for (let seed = first; seed <= last; seed += 1) {
          const verdict = await runSeed(seed, { suite });
          for (const fault of verdict.occurred) occurred.set(fault, (occurred.get(fault) ?? 0) + 1);
          entries += verdict.entries;
          if (verdict.objections.length > 0) failures.push(failureText(verdict));
        }
        expect(failures.slice(0, SHOWN_MAX)).toEqual([]);
      });
    }

    it.each(FAULTS)('%s happens in at least a fifth of the schedules', (fault) => {
      expect((occurred.get(fault) ?? 0) / (to - from)).toBeGreaterThanOrEqual(SHARE_MIN);
    });

    it('much was said', () => {
      expect(entries / (to - from)).toBeGreaterThan(10);
    });
  });
}

/** Claims that all is well in the private sessions of these seeds, and that much was tried in them. */
export function claimSessionSeeds(from: number, to: number): void {
  claimHappenings(`private sessions keep their promises whatever happens`, [from, to], {
    run: runSessionSeed,
    events: SESSION_EVENTS,
    isMuch: ({ told }) => told,
  });
}

/** Claims that all is well in the rooms of these seeds, and that much was tried in them. */
export function claimRoomSeeds(from: number, to: number): void {
  claimHappenings(`rooms hold together whatever happens`, [from, to], {
    run: runRoomSeed,
    events: ROOM_EVENTS,
    isMuch: ({ entries }) => entries,
  });
}

interface Happenings {
  readonly run: (seed: number, options: WorldOptions) => Promise<Verdict>;
  readonly events: readonly Event[];
  readonly isMuch: (verdict: Verdict) => number;
}

type Event = SessionEvent | RoomEvent;

function claimHappenings(
  name: string,
  [from, to]: readonly [number, number],
  { run, events, isMuch }: Happenings,
): void {
  const suite = createFakeSuite();
  const happened = new Map<Event, number>(events.map((event) => [event, 0]));
  let much = 0;
  describe(`${name}, seeds ${from} to ${to - 1}`, () => {
    for (let first = from; first < to; first += SEEDS_PER_TEST) {
      const last = Math.min(to, first + SEEDS_PER_TEST) - 1;
      it(`seeds ${first} to ${last}`, async () => {
        const failures: string[] = [];
        for (let seed = first; seed <= last; seed += 1) {
          const verdict = await run(seed, { suite });
          for (const event of verdict.happened) happened.set(event, (happened.get(event) ?? 0) + 1);
          much += isMuch(verdict);
          if (verdict.objections.length > 0) failures.push(failureText(verdict));
        }
        expect(failures.slice(0, SHOWN_MAX)).toEqual([]);
      });
    }

    it.each(events)('"%s" happens often enough', (event) => {
      expect((happened.get(event) ?? 0) / (to - from)).toBeGreaterThanOrEqual(SESSION_SHARE_MIN);
    });

    it('much was said', () => {
      expect(much / (to - from)).toBeGreaterThan(10);
    });
  });
}

export function failureText({ plan, objections }: Verdict): string {
  const family = plan.sessions ? ' --sessions' : plan.rooms === null ? '' : ' --rooms';
  const how = `npm run sim -- --seed ${plan.seed}${family} --trace`;
  return `seed ${plan.seed} (replay: ${how}): ${objections.slice(0, SHOWN_MAX).join('; ')}`;
}
