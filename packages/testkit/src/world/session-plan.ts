// What happens to private sessions in a schedule: drawn by a chance of its own, so that what else happens stays the same.

import { Chance } from './chance.ts';
import type { Action, Fault, Plan, Timed } from './plan.ts';
import { planOf } from './plan.ts';

/** What is to happen often in schedules with private sessions. */
export const SESSION_EVENTS = [
  'forked',
  'crossing forks',
  'said in private',
  'invited',
  'removed',
  'left',
  'forked someone away',
  'crashed at work',
] as const;
export type SessionEvent = (typeof SESSION_EVENTS)[number];

export interface SessionPlanOptions {
  /** Crashes at works again and again, and nothing else goes wrong but what the network does. */
  readonly kills?: boolean;
}

const SESSION_STREAM = 5;
/** Kept of what is said in the lobby: there it has schedules of its own. */
const LOBBY_SHARE = 0.25;
const EARLIEST_MS = 1_500;

/** The plan of a seed, with private sessions. */
export function sessionPlanOf(seed: number, { kills = false }: SessionPlanOptions = {}): Plan {
  const chance = new Chance(seed, SESSION_STREAM);
  const base = withFewer(planOf(seed), chance.oneOf(MEMBERS));
  const draft: SessionDraft = { chance, count: base.members.length, calmMs: base.calmMs };
  const own = [...forks(draft), ...talk(draft), ...changes(draft), ...works(draft, kills)];
  const others = base.actions.filter(({ action }) => {
    if (kills && DISASTERS.has(action.kind)) return false;
    return action.kind !== 'say' || chance.often(LOBBY_SHARE);
  });
  const actions = [...others, ...own];
  actions.sort((left, right) => left.atMs - right.atMs);
  const members = kills ? base.members.map((each) => ({ ...each, skewMs: 0 })) : base.members;
  const faults = kills ? base.faults.filter((fault) => !DISASTERS.has(fault)) : base.faults;
  return {
    ...base,
    members,
    faults,
    actions,
    calmMs: calmOf(base.calmMs, actions),
    sessions: true,
    watchMs: 0,
  };
}

/** What would hide a mistake made at a crash, or trouble the library of MLS, which asks the clock of this machine. */
const DISASTERS: ReadonlySet<Timed['action']['kind'] | Fault> = new Set([
  'copy',
  'clone',
  'restore',
  'clock-jump',
  'skew',
]);

/** Profiles are put back before it: what is said after it is to stay. */
function calmOf(earliestMs: number, actions: readonly Timed[]): number {
  const backMs = actions.map(({ atMs, action }) =>
    action.kind === 'restore' ? atMs + action.afterMs + action.downMs : 0,
  );
  return Math.max(earliestMs, ...backMs);
}

/** Works of each member cost time; most of what can go wrong in a session goes wrong among three or four. */
const MEMBERS = [2, 3, 3, 3, 4, 4, 4, 5, 5, 7] as const;

/** The same plan for so many members at most: what others do falls to those who are there. */
export function withFewer(plan: Plan, most: number): Plan {
  const count = Math.min(plan.members.length, most);
  if (count === plan.members.length) return plan;
  const members = plan.members.slice(0, count).map(({ dials, ...own }, index) => {
    const last = index === count - 1 ? (plan.members.at(-1) ?? own) : own;
    return { ...own, startMs: last.startMs, dials: dials.filter((dialled) => dialled < count) };
  });
  const actions = plan.actions.flatMap(({ atMs, action }) => {
    const among = actionAmong(action, count);
    return among === null ? [] : [{ atMs, action: among }];
  });
  return { ...plan, members, actions };
}

/** Null for what makes no sense among so few. */
function actionAmong(action: Action, count: number): Action | null {
  const here = (index: number): number => index % count;
  switch (action.kind) {
    case 'partition': {
      const group = [...new Set(action.group.map(here))];
      return group.length < count ? { ...action, group } : null;
    }
    case 'one-way': {
      const [from, to] = [here(action.from), here(action.to)];
      return from === to ? null : { ...action, from, to };
    }
    case 'cut': {
      const [one, other] = [here(action.one), here(action.other)];
      return one === other ? null : { ...action, one, other };
    }
    default:
      return { ...action, member: here(action.member) };
  }
}

interface SessionDraft {
  readonly chance: Chance;
  readonly count: number;
  readonly calmMs: number;
}

function when({ chance, calmMs }: SessionDraft): number {
  return chance.between(EARLIEST_MS, Math.max(EARLIEST_MS, calmMs - 1_000));
}

function memberOf({ chance, count }: SessionDraft): number {
  return chance.between(0, count - 1);
}

/** Some who are not `self`: one, two or three. */
function othersOf({ chance, count }: SessionDraft, self: number): readonly number[] {
  const all = Array.from({ length: count }, (_, at) => at).filter((at) => at !== self);
  return chance.shuffled(all).slice(0, chance.between(1, 3));
}

function forks(draft: SessionDraft): Timed[] {
  const { chance, calmMs } = draft;
  const list: Timed[] = [];
  for (let times = chance.between(1, 3); times > 0; times -= 1) {
    // The sooner, the more is said in it.
    const atMs = chance.between(EARLIEST_MS, Math.max(EARLIEST_MS, Math.floor(calmMs / 2)));
    const member = memberOf(draft);
    const others = othersOf(draft, member);
    list.push({ atMs, action: { kind: 'fork', member, others } });
    const [other] = others;
    if (other === undefined) continue;
    if (chance.often(0.6)) list.push(crossing(draft, { atMs, member, other, others }));
    if (chance.often(0.3)) {
      const action = {
        kind: 'restart',
        member: other,
        downMs: chance.between(500, 15_000),
      } as const;
      list.push({ atMs: Math.max(0, atMs - chance.between(0, 100)), action });
    }
  }
  return list;
}

interface OneFork {
  readonly atMs: number;
  readonly member: number;
  readonly other: number;
  readonly others: readonly number[];
}

/** One of those who are being forked forks the same people at nearly the same moment. */
function crossing({ chance }: SessionDraft, { atMs, member, other, others }: OneFork): Timed {
  const same = [member, ...others.filter((each) => each !== other)];
  const action = { kind: 'fork', member: other, others: same } as const;
  return { atMs: atMs + chance.oneOf([0, 0, 1, 5, 20]), action };
}

function talk(draft: SessionDraft): Timed[] {
  const { chance } = draft;
  return Array.from({ length: chance.between(6, 24) }, () => {
    const lines = chance.often(0.1) ? chance.between(2, 12) : 1;
    const pick = chance.between(0, 5);
    return { atMs: when(draft), action: { kind: 'tell', member: memberOf(draft), pick, lines } };
  });
}

function changes(draft: SessionDraft): Timed[] {
  const { chance } = draft;
  const list: Timed[] = [];
  for (const kind of ['remove', 'remove', 'invite', 'invite', 'invite', 'leave'] as const) {
    if (!chance.often(0.6)) continue;
    const member = memberOf(draft);
    const pick = chance.between(0, 5);
    const atMs = when(draft);
    if (kind === 'leave') list.push({ atMs, action: { kind, member, pick } });
    else list.push({ atMs, action: { kind, member, pick, other: memberOf(draft) } });
  }
  return list;
}

function works(draft: SessionDraft, kills: boolean): Timed[] {
  const { chance } = draft;
  const list: Timed[] = [];
  const most = kills ? 6 : 2;
  for (let times = chance.between(kills ? 2 : 0, most); times > 0; times -= 1) {
    const how = chance.often(0.25) ? 'power' : 'kill';
    const outputs = chance.between(0, 8);
    const downMs = chance.between(20, 4_000);
    const action = {
      kind: 'crash-at-work',
      member: memberOf(draft),
      how,
      outputs,
      downMs,
    } as const;
    list.push({ atMs: when(draft), action });
  }
  return list;
}
