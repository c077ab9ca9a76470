// What happens to rooms in a schedule: drawn by a chance of its own, so that what else happens stays the same.

import type { RoomKey } from '@parley/core';
import { Chance } from './chance.ts';
import type { Fault, Plan, Timed } from './plan.ts';
import { planOf } from './plan.ts';
import type { RoomAction } from './room-action.ts';
import { withFewer } from './session-plan.ts';

const ROOM_STREAM = 6;
/** Kept of what is said in the lobby: there it has schedules of its own. */
const LOBBY_SHARE = 0.15;
const EARLIEST_MS = 1_000;
const MEMBERS_MAX = 5;

/**
 * A copy of a profile that leaves a room says so for nobody else; it has schedules of its own. So have wrong clocks, by
 * which what was just said may be too old to be kept.
 */
const NOT_HERE: ReadonlySet<string> = new Set([
  'copy',
  'clone',
  'restore',
  'skew',
  'clock-jump',
] satisfies (Fault | Timed['action']['kind'])[]);

/** A setting that is said again must get round before it is said once more. */
const SLOW: ReadonlySet<Fault> = new Set(['delay', 'uneven-links', 'back-pressure']);
const SLOW_TIMES = 3;

/** The plan of a seed, with two or three rooms. */
export function roomPlanOf(seed: number): Plan {
  const chance = new Chance(seed, ROOM_STREAM);
  const base = withFewer(planOf(seed), MEMBERS_MAX);
  const keys = [0, 1, 2].slice(0, chance.between(2, 3)).map((at) => keyOf(chance, at));
  const draft = { chance, count: base.members.length, rooms: keys.length, calmMs: base.calmMs };
  const others = base.actions.filter(({ action }) => {
    if (NOT_HERE.has(action.kind)) return false;
    return action.kind !== 'say' || chance.often(LOBBY_SHARE);
  });
  const actions = [...others, ...comings(draft), ...talk(draft), ...settings(draft)];
  actions.sort((left, right) => left.atMs - right.atMs);
  const members = base.members.map((each) => ({ ...each, skewMs: each.skewMs % 500 }));
  const faults = base.faults.filter((fault) => !NOT_HERE.has(fault));
  const isSlow = faults.some((fault) => SLOW.has(fault));
  const rooms = { keys, dayMs: chance.between(5_000, 12_000) * (isSlow ? SLOW_TIMES : 1) };
  return { ...base, members, faults, actions, rooms, watchMs: 0 };
}

/** At least one of them is secret. */
function keyOf(chance: Chance, at: number): RoomKey {
  const name = `room-${at}`;
  const isSecret = at === 0 || chance.often(0.4);
  return isSecret ? { kind: 'secret', name, secret: chance.bytes32() } : { kind: 'open', name };
}

interface RoomDraft {
  readonly chance: Chance;
  readonly count: number;
  readonly rooms: number;
  readonly calmMs: number;
}

function timed({ chance, calmMs }: RoomDraft, action: RoomAction): Timed {
  return { atMs: chance.between(EARLIEST_MS, Math.max(EARLIEST_MS, calmMs - 500)), action };
}

/** Most are in most rooms, most of the time. */
function comings(draft: RoomDraft): Timed[] {
  const { chance, count, rooms, calmMs } = draft;
  const list: Timed[] = [];
  for (let room = 0; room < rooms; room += 1) {
    for (let member = 0; member < count; member += 1) {
      if (!chance.often(0.8)) continue;
      const early = { atMs: chance.between(EARLIEST_MS, 3_000), member, room };
      const late = { atMs: chance.between(EARLIEST_MS, calmMs), member, room };
      const { atMs } = chance.often(0.7) ? early : late;
      list.push({ atMs, action: { kind: 'join-room', member, room } });
      if (!chance.often(0.25)) continue;
      const leftMs = chance.between(atMs, calmMs);
      list.push({ atMs: leftMs, action: { kind: 'leave-room', member, room } });
      const backMs = leftMs + chance.oneOf([0, 1, 100, 2_000]);
      if (chance.often(0.6))
        list.push({ atMs: backMs, action: { kind: 'join-room', member, room } });
    }
  }
  return list;
}

function talk(draft: RoomDraft): Timed[] {
  const { chance, count, rooms } = draft;
  return Array.from({ length: chance.between(10, 40) }, () => {
    const lines = chance.often(0.1) ? chance.between(2, 30) : 1;
    const [member, room] = [chance.between(0, count - 1), chance.between(0, rooms - 1)];
    return timed(draft, { kind: 'say-in-room', member, room, lines });
  });
}

function settings(draft: RoomDraft): Timed[] {
  const { chance, count, rooms } = draft;
  const list: Timed[] = [];
  const where = (): { member: number; room: number } => {
    return { member: chance.between(0, count - 1), room: chance.between(0, rooms - 1) };
  };
  for (let times = chance.between(0, 4); times > 0; times -= 1)
    list.push(timed(draft, { kind: 'set-topic', ...where() }));
  for (let times = chance.between(0, 3); times > 0; times -= 1) {
    const days = chance.oneOf([1, 1, 2, 3, 0]);
    list.push(timed(draft, { kind: 'set-keep', ...where(), days }));
  }
  return list;
}
