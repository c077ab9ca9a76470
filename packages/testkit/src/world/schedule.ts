// One schedule from its seed: plan, run, heal, judge.

import type { Suite } from '@parley/core';
import { LIMITS } from '@parley/core';
import { complaints } from './checks.ts';
import type { Fault, Plan } from './plan.ts';
import { planOf } from './plan.ts';
import type { RoomEvent } from './room-action.ts';
import { roomPlanOf } from './room-plan.ts';
import type { SessionEvent, SessionPlanOptions } from './session-plan.ts';
import { sessionPlanOf } from './session-plan.ts';
import type { WorldOptions } from './world.ts';
import { World } from './world.ts';
import type { Traffic } from './wire.ts';

export interface Verdict {
  readonly plan: Plan;
  /** What went wrong; empty for a good schedule. */
  readonly objections: readonly string[];
  readonly occurred: ReadonlySet<Fault>;
  /** What took place in private sessions and in rooms. */
  readonly happened: ReadonlySet<SessionEvent | RoomEvent>;
  /** Lines that were said in them. */
  readonly told: number;
  /** Virtual time from the calm until all was well. */
  readonly healedMs: number;
  readonly events: number;
  readonly entries: number;
  readonly traffic: Traffic;
}

/** More events than any good schedule needs. */
const EVENTS_MAX = 400_000;
const HEAL_MS_MAX = 600_000;
const LOOK_MS = 500;

export function runSeed(seed: number, options: WorldOptions): Promise<Verdict> {
  return runPlan(planOf(seed), options);
}

/** The schedule of a seed with private sessions. */
export function runSessionSeed(
  seed: number,
  options: WorldOptions & SessionPlanOptions,
): Promise<Verdict> {
  return runPlan(sessionPlanOf(seed, options), options);
}

/** The schedule of a seed with rooms. */
export function runRoomSeed(seed: number, options: WorldOptions): Promise<Verdict> {
  return runPlan(roomPlanOf(seed), options);
}

export async function runPlan(plan: Plan, options: WorldOptions): Promise<Verdict> {
  const world = new World(plan, options);
  const healing = { world, suite: options.suite };
  let healedMs = await heal(healing, plan.calmMs);
  if (plan.sessions) healedMs += await healLastWords(healing);
  if (plan.rooms !== null && world.objections.length === 0) {
    // What was said before the calm becomes too old where it is not kept for long.
    healedMs += await heal(healing, world.agenda.nowMs + Math.ceil(DAYS_AFTER * plan.rooms.dayMs));
    world.sayLastInRooms();
    healedMs += await heal(healing, world.agenda.nowMs + LOOK_MS);
  }
  if (world.objections.length === 0 && plan.watchMs > 0) await watch(world, options.suite);
  checkQueues(world);
  noteTraffic(world);
  let entries = 0;
  for (const ids of world.ledger.chains.values()) entries += ids.length;
  const { objections, occurred, traffic, sessions, agenda } = world;
  const { lines } = sessions;
  const happened = new Set([...sessions.happened, ...world.rooms.happened]);
  const counts = { events: agenda.count, entries, told: lines.length };
  return { plan, objections, occurred, happened, healedMs, ...counts, traffic };
}

/** What the weather did, and not only threatened. */
function noteTraffic({ traffic, occurred }: World): void {
  if (traffic.broken > 0) occurred.add('link-loss');
  if (traffic.repeated > 0) occurred.add('push-repeat');
}

/** One answer and a few small frames may follow when a queue is above its mark. */
const QUEUE_SLACK_BYTES = 65_536;

/** However slowly someone reads, what waits for it stays bounded. */
function checkQueues({ traffic, plan, objections }: World): void {
  const most = plan.weather.queueHighBytes + LIMITS.runBytesTarget + QUEUE_SLACK_BYTES;
  if (traffic.queueBytesMost <= most) return;
  objections.push(`${traffic.queueBytesMost} bytes waited in one queue, not ${most}`);
}

interface Healing {
  readonly world: World;
  readonly suite: Suite;
}

/** Lets time pass until then, and after that until all is well; objects if it never is. */
async function heal({ world, suite }: Healing, fromMs: number): Promise<number> {
  const { agenda, objections } = world;
  const pass = async (untilMs: number): Promise<boolean> => {
    const inTime = await agenda.runUntil(untilMs, EVENTS_MAX);
    if (!inTime) objections.push(`a runaway: ${EVENTS_MAX} events by ${agenda.nowMs} ms`);
    return inTime && objections.length === 0;
  };
  if (!(await pass(fromMs))) return 0;
  let wrong: readonly string[] = [];
  for (let waitedMs = LOOK_MS; waitedMs <= HEAL_MS_MAX; waitedMs += LOOK_MS) {
    if (!(await pass(fromMs + waitedMs))) return waitedMs;
    wrong = complaints(world, suite);
    if (wrong.length === 0) return waitedMs;
  }
  objections.push(...wrong.map((text) => `after ${HEAL_MS_MAX / 60_000} calm minutes ${text}`));
  return HEAL_MS_MAX;
}

/** What two copies say under one number may be lost once, and what is said to keys that a power cut took; but not again. */
const ROUNDS_AFTER_LOSS = 2;
/** Those that were shut out have asked by then to be let in again; and a second time, where nobody heard the first. */
const ROUND_MS = 240_000;

/** What everyone says after the calm reaches everyone. */
async function healLastWords(healing: Healing): Promise<number> {
  const { world } = healing;
  let healedMs = 0;
  const wasLost = world.members.some(({ lostSome }) => lostSome);
  const rounds = wasLost ? ROUNDS_AFTER_LOSS : 1;
  for (let round = 1; round <= rounds && world.objections.length === 0; round += 1) {
    world.sayLastWords(round === rounds);
    const roundMs = round < rounds ? ROUND_MS : LOOK_MS;
    healedMs += await heal(healing, world.agenda.nowMs + roundMs);
  }
  return healedMs;
}

/** For a day of grace, and one that things are kept. */
const DAYS_AFTER = 2.5;

/** Frames a minute: pings and their answers both ways, four times; for each peer one comparison of lobby and directory. */
const FRAMES_PER_LINK_MINUTE = 16;
const FRAMES_PER_PEER_MINUTE = 4;
/** For a mesh that is still forming. */
const FRAMES_SLACK = 100;

/** A swarm at rest stays well and says little. */
async function watch(world: World, suite: Suite): Promise<void> {
  const { agenda, objections, plan, members, traffic } = world;
  const before = traffic.frames;
  await agenda.runUntil(agenda.nowMs + plan.watchMs, EVENTS_MAX);
  objections.push(...complaints(world, suite));
  const minutes = plan.watchMs / 60_000;
  const links = (members.length * (members.length - 1)) / 2;
  const perMinute = links * FRAMES_PER_LINK_MINUTE + members.length * FRAMES_PER_PEER_MINUTE;
  const most = Math.ceil(minutes + 1) * perMinute + FRAMES_SLACK;
  const frames = traffic.frames - before;
  if (frames > most) objections.push(`${frames} frames in ${minutes} quiet minutes, not ${most}`);
}
