// What will happen in a schedule, drawn from its seed before it begins: plain data, so that it can be printed.

import type { RoomKey } from '@parley/core';
import { Chance } from './chance.ts';
import type { RoomAction, RoomsPlan } from './room-action.ts';
import type { SessionAction } from './session-action.ts';
import type { Weather } from './weather.ts';

/** What may go wrong; each is drawn for about a third of the schedules. */
export const FAULTS = [
  'link-loss',
  'push-repeat',
  'uneven-links',
  'delay',
  'frame-faults',
  'partition',
  'one-way',
  'cut',
  'kill',
  'power',
  'restart',
  'skew',
  'clock-jump',
  'slow-reader',
  'back-pressure',
  'late-join',
  'copy',
] as const;
export type Fault = (typeof FAULTS)[number];

export type Action =
  | RoomAction
  | SessionAction
  | { readonly kind: 'say'; readonly member: number; readonly lines: number }
  /** After so many more outputs, in the middle of what the process is doing. */
  | {
      readonly kind: 'crash';
      readonly member: number;
      readonly how: 'kill' | 'power';
      readonly outputs: number;
      readonly downMs: number;
    }
  | { readonly kind: 'restart'; readonly member: number; readonly downMs: number }
  | {
      readonly kind: 'partition';
      readonly group: readonly number[];
      readonly cuts: boolean;
      readonly lastsMs: number;
    }
  | {
      readonly kind: 'one-way';
      readonly from: number;
      readonly to: number;
      readonly lastsMs: number;
    }
  | { readonly kind: 'cut'; readonly one: number; readonly other: number }
  | { readonly kind: 'clock-jump'; readonly member: number; readonly byMs: number }
  | { readonly kind: 'slow-reader'; readonly member: number; readonly lastsMs: number }
  /** Another machine goes on with a copy of this profile. */
  | { readonly kind: 'clone'; readonly member: number }
  /** The profile is saved now, and after a crash put back as it was. */
  | {
      readonly kind: 'restore';
      readonly member: number;
      readonly afterMs: number;
      readonly downMs: number;
    };

export interface Timed {
  readonly atMs: number;
  readonly action: Action;
}

export interface Plan {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly topology: 'chain' | 'star' | 'tree' | 'both-ways';
  readonly weather: Weather;
  /** One member each: when it starts, how wrong its clock is, and whose addresses it was told. */
  readonly members: readonly MemberPlan[];
  /** In the order of their times. */
  readonly actions: readonly Timed[];
  /** People fork private sessions; else nobody has keys for one. */
  readonly sessions: boolean;
  /** Rooms that people join and leave; null for none. */
  readonly rooms: RoomsPlan | null;
  /** When all faults end. */
  readonly calmMs: number;
  /** Afterwards the quiet is watched for so long. */
  readonly watchMs: number;
}

export interface MemberPlan {
  readonly startMs: number;
  readonly skewMs: number;
  readonly dials: readonly number[];
  /** The room it starts in; the open lobby if not said. */
  readonly lobby?: RoomKey;
}

const FAULT_SHARE = 0.3;
const LONG_SHARE = 0.02;
const WATCH_SHARE = 0.04;
const DAY_MS = 86_400_000;

export function planOf(seed: number): Plan {
  const chance = new Chance(seed, 1);
  const faults = FAULTS.filter(() => chance.often(FAULT_SHARE));
  const count = chance.between(2, 7);
  const busyMs = chance.between(3_000, 40_000);
  const topology = chance.oneOf(['chain', 'star', 'tree', 'both-ways'] as const);
  const draft: Draft = { chance, count, busyMs, has: (fault) => faults.includes(fault) };
  const members = Array.from({ length: count }, (_, index) => memberOf(draft, topology, index));
  const said = sayings(draft);
  const actions = [...said, ...troubles(draft), ...crashes(draft, said)];
  actions.sort((left, right) => left.atMs - right.atMs);
  const weather = weatherOf(draft);
  const watchMs = chance.often(WATCH_SHARE) && !draft.has('frame-faults') ? 180_000 : 0;
  const calmMs = busyMs + 1_000;
  const quiet = { sessions: false, rooms: null, calmMs, watchMs };
  return { seed, faults, topology, weather, members, actions, ...quiet };
}

interface Draft {
  readonly chance: Chance;
  readonly count: number;
  readonly busyMs: number;
  readonly has: (fault: Fault) => boolean;
}

function weatherOf({ chance, has }: Draft): Weather {
  const delayMsMin = has('delay') ? chance.between(20, 400) : 1;
  return {
    delayMsMin,
    delayMsMax: delayMsMin + (has('delay') ? chance.between(0, 1_500) : chance.between(0, 30)),
    linkLoss: has('link-loss') ? chance.oneOf([0.002, 0.005, 0.01, 0.03]) : 0,
    pushRepeat: has('push-repeat') ? 0.3 : 0,
    unevenMsMax: has('uneven-links') ? chance.between(50, 3_000) : 0,
    frameFaults: has('frame-faults') ? chance.oneOf([0.02, 0.1]) : 0,
    queueHighBytes: has('back-pressure') ? chance.between(256, 4_096) : 1_048_576,
  };
}

function memberOf(draft: Draft, topology: Plan['topology'], index: number): MemberPlan {
  const { chance, count, busyMs, has } = draft;
  const isLate = has('late-join') && index === count - 1;
  const startMs = isLate ? chance.between(0, busyMs) : chance.between(0, 1_000);
  const isSkewed = has('skew') && chance.often(0.5);
  const skewMs = isSkewed ? skew(chance) : chance.between(-500, 500);
  const before = Array.from({ length: index }, (_, other) => other);
  const dials = {
    chain: before.slice(-1),
    star: before.slice(0, 1),
    tree: index === 0 ? [] : [chance.oneOf(before)],
    'both-ways': index === count - 1 ? before.slice(-1) : [...before.slice(-1), index + 1],
  }[topology];
  return { startMs, skewMs, dials };
}

/** From seconds to days, either way. */
function skew(chance: Chance): number {
  const range = chance.oneOf([20_000, 90_000, 3_600_000, 3 * DAY_MS]);
  return chance.between(-range, range);
}

function sayings({ chance, count, busyMs }: Draft): Timed[] {
  const say = (lines: number): Timed => ({
    atMs: chance.between(500, busyMs),
    action: { kind: 'say', member: chance.between(0, count - 1), lines },
  });
  const total = chance.between(5, 40);
  const burst = chance.often(0.25) ? chance.between(1, total) : 0;
  const said = Array.from({ length: total - burst }, () => say(1));
  if (burst > 0) said.push(say(burst));
  if (chance.often(LONG_SHARE)) said.push(say(chance.between(60, 400)));
  return said;
}

function troubles({ chance, count, busyMs, has }: Draft): Timed[] {
  const member = (): number => chance.between(0, count - 1);
  const timed = (action: Action): Timed => ({ atMs: chance.between(500, busyMs), action });
  const downMs = (): number => chance.between(50, 8_000);
  const two = (): number[] => chance.shuffled(Array.from({ length: count }, (_, at) => at));
  const list: Timed[] = [];
  const add = (fault: Fault, make: () => Action, most = 2): void => {
    if (!has(fault)) return;
    for (let times = chance.between(1, most); times > 0; times -= 1) list.push(timed(make()));
  };
  add('restart', () => ({ kind: 'restart', member: member(), downMs: downMs() }));
  add('partition', () => {
    const group = two().slice(0, chance.between(1, count - 1));
    return {
      kind: 'partition',
      group,
      cuts: chance.often(0.5),
      lastsMs: chance.between(500, 20_000),
    };
  });
  add('one-way', () => {
    const [from = 0, to = 1] = two();
    return { kind: 'one-way', from, to, lastsMs: chance.between(500, 70_000) };
  });
  add(
    'cut',
    () => {
      const [one = 0, other = 1] = two();
      return { kind: 'cut', one, other };
    },
    6,
  );
  add('clock-jump', () => ({ kind: 'clock-jump', member: member(), byMs: skew(chance) }));
  add('slow-reader', () => {
    return { kind: 'slow-reader', member: member(), lastsMs: chance.between(500, 30_000) };
  });
  add(
    'copy',
    () => {
      if (chance.often(0.5)) return { kind: 'clone', member: member() };
      const afterMs = chance.between(500, busyMs);
      return { kind: 'restore', member: member(), afterMs, downMs: downMs() };
    },
    1,
  );
  return list;
}

/** Half of them in the middle of saying something. */
function crashes({ chance, count, busyMs, has }: Draft, said: readonly Timed[]): Timed[] {
  const list: Timed[] = [];
  for (const how of ['kill', 'power'] as const) {
    for (let times = has(how) ? chance.between(1, 3) : 0; times > 0; times -= 1) {
      const { atMs, action } = chance.oneOf(said);
      const downMs = chance.between(50, 8_000);
      if (chance.often(0.5) && action.kind === 'say') {
        const { member } = action;
        const outputs = chance.between(1, 12);
        list.push({ atMs, action: { kind: 'crash', member, how, outputs, downMs } });
      } else {
        const member = chance.between(0, count - 1);
        const outputs = chance.between(0, 40);
        const anyMs = chance.between(500, busyMs);
        list.push({ atMs: anyMs, action: { kind: 'crash', member, how, outputs, downMs } });
      }
    }
  }
  return list;
}
