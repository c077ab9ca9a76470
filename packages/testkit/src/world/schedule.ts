// One schedule from its seed: plan, run, heal, judge.

import type { Suite } from '@parley/core';
import { LIMITS } from '@parley/core';
import { complaints } from './checks.ts';
import type { Fault, Plan } from './plan.ts';
import { planOf } from './plan.ts';
import type { WorldOptions } from './world.ts';
import { World } from './world.ts';
import type { Traffic } from './wire.ts';

export interface Verdict {
  readonly plan: Plan;
  /** What went wrong; empty for a good schedule. */
  readonly objections: readonly string[];
  readonly occurred: ReadonlySet<Fault>;
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

export async function runPlan(plan: Plan, options: WorldOptions): Promise<Verdict> {
  const world = new World(plan, options);
  const healedMs = await heal(world, options.suite);
  if (world.objections.length === 0 && plan.watchMs > 0) await watch(world, options.suite);
  checkQueues(world);
  let entries = 0;
  for (const ids of world.ledger.chains.values()) entries += ids.length;
  const { objections, occurred, traffic } = world;
  return { plan, objections, occurred, healedMs, events: world.agenda.count, entries, traffic };
}

/** One answer and a few small frames may follow when a queue is above its mark. */
const QUEUE_SLACK_BYTES = 65_536;

/** However slowly someone reads, what waits for it stays bounded. */
function checkQueues({ traffic, plan, objections }: World): void {
  const most = plan.weather.queueHighBytes + LIMITS.runBytesTarget + QUEUE_SLACK_BYTES;
  if (traffic.queueBytesMost <= most) return;
  objections.push(`${traffic.queueBytesMost} bytes waited in one queue, not ${most}`);
}

/** Lets time pass until all is well; objects if it never is. */
async function heal(world: World, suite: Suite): Promise<number> {
  const { agenda, objections, plan } = world;
  const pass = async (untilMs: number): Promise<boolean> => {
    const inTime = await agenda.runUntil(untilMs, EVENTS_MAX);
    if (!inTime) objections.push(`a runaway: ${EVENTS_MAX} events by ${agenda.nowMs} ms`);
    return inTime && objections.length === 0;
  };
  if (!(await pass(plan.calmMs))) return 0;
  let wrong: readonly string[] = [];
  for (let waitedMs = LOOK_MS; waitedMs <= HEAL_MS_MAX; waitedMs += LOOK_MS) {
    if (!(await pass(plan.calmMs + waitedMs))) return waitedMs;
    wrong = complaints(world, suite);
    if (wrong.length === 0) return waitedMs;
  }
  objections.push(...wrong.map((text) => `after ${HEAL_MS_MAX / 60_000} calm minutes ${text}`));
  return HEAL_MS_MAX;
}

/** Frames a minute: pings and their answers both ways, four times, and one comparison for each peer. */
const FRAMES_PER_LINK_MINUTE = 16;
const FRAMES_PER_PEER_MINUTE = 2;
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
