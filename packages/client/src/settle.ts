// Waiting until what we said is safe: on the platter, and held by everyone who is connected.

import type { Conversation, Neighbour, PeerState } from '@parley/core';
import { isPresent, neighboursIn } from '@parley/core';
import type { Settled } from './api.ts';
import type { Scheduler } from './loop.ts';
import { isWorking, unsaidIn } from './private-work.ts';

/** A peer that acknowledges nothing for so long is not waited for. */
const STALL_MS_MAX = 1_500;

/** How far everyone is; compared from look to look to see whether there is progress. */
interface Progress {
  /** Entries acknowledged, over all peers and conversations. */
  readonly acknowledged: number;
  /** Peers that lack something of ours. */
  readonly behind: readonly Neighbour[];
  /** Peers that hold everything. */
  readonly complete: number;
  /** Addresses given by hand that have not answered yet, and links that are not past their greeting. */
  readonly arriving: number;
}

function progressOf(state: PeerState): Progress {
  const behind = new Set<Neighbour>();
  const here = new Set<Neighbour>();
  let acknowledged = 0;
  for (const conversation of state.conversations.values()) {
    const own = ownLength(conversation);
    for (const neighbour of neighboursIn(state, conversation)) {
      if (!isWaitedFor(state, conversation, neighbour)) continue;
      acknowledged += heldBy(conversation, neighbour);
      here.add(neighbour);
      if ((conversation.receipts.get(neighbour.peer) ?? 0) < own) behind.add(neighbour);
    }
  }
  return {
    acknowledged,
    behind: [...behind],
    complete: here.size - behind.size,
    arriving: arrivingCount(state),
  };
}

/** In a private session those who are in it, and those who hold it for them; not who was removed. */
function isWaitedFor(
  { sessions }: PeerState,
  { id }: Conversation,
  { hello, askedToHold }: Neighbour,
): boolean {
  const roster = sessions.get(id)?.roster ?? null;
  if (roster === null || hello === null) return true;
  return isPresent(roster, hello.identity) || askedToHold.has(id);
}

/** Entries of our chain that it says to hold, from whichever end it fetches them. */
function heldBy(conversation: Conversation, neighbour: Neighbour): number {
  if (conversation.own === null) return 0;
  const head = neighbour.claims.get(conversation.id)?.get(conversation.own);
  return head === undefined ? 0 : head.length - head.floor;
}

function arrivingCount(state: PeerState): number {
  let arriving = 0;
  for (const neighbour of state.neighbours.values()) if (neighbour.tags.size === 0) arriving += 1;
  for (const target of state.links.targets.values()) {
    const isHere = target.peer !== null && (target.wasReached || state.neighbours.has(target.peer));
    if (target.origin === 'typed' && !isHere && target.failures === 0) arriving += 1;
  }
  return arriving;
}

function ownLength(conversation: Conversation): number {
  return conversation.own === null ? 0 : (conversation.table.get(conversation.own)?.length ?? 0);
}

/** What to report of the moment. `labelOf` names a neighbour for people. */
function settledOf(state: PeerState, labelOf: (neighbour: Neighbour) => string): Settled {
  const { behind, complete } = progressOf(state);
  let unacknowledgedEntries = 0;
  for (const conversation of state.conversations.values()) {
    const own = ownLength(conversation);
    const least = Math.min(own, ...behind.map(({ peer }) => conversation.receipts.get(peer) ?? 0));
    unacknowledgedEntries += own - least;
  }
  const silent = behind.map(labelOf);
  return { acknowledged: complete, silent, unacknowledgedEntries, unsaidLines: unsaidIn(state) };
}

const SETTLE_LOOK_MS = 20;
/** Ctrl-C ends within two seconds. */
const WRITTEN_MS_MAX = 1_000;
const HANDED_MS_MAX = 300;

/** Resolves when all that was said is stored and held by those who are here, or they make no progress any more. */
export async function untilSettled(
  state: PeerState,
  scheduler: Scheduler,
  isStored: () => boolean,
): Promise<Settled> {
  let seen = -1;
  let progressMs = scheduler.now().monotonicMs;
  for (;;) {
    const { acknowledged, behind, arriving } = progressOf(state);
    if (isStored() && behind.length === 0 && arriving === 0) break;
    const nowMs = scheduler.now().monotonicMs;
    if (acknowledged !== seen) progressMs = nowMs;
    if (nowMs - progressMs > STALL_MS_MAX) break;
    seen = acknowledged;
    await aMoment(scheduler);
  }
  return settledOf(state, ({ peer, hello }) => hello?.name ?? peer);
}

/** What was said in private sessions is encrypted, and those who are here have it, as far as that goes quickly. */
export async function untilHandedOver(
  state: PeerState,
  scheduler: Scheduler,
  flush: () => void,
): Promise<void> {
  const beganMs = scheduler.now().monotonicMs;
  const isBefore = (lastsMs: number): boolean => scheduler.now().monotonicMs < beganMs + lastsMs;
  const isAwaited = (): boolean =>
    (isWorking(state) && isBefore(WRITTEN_MS_MAX)) ||
    (progressOf(state).behind.length > 0 && isBefore(HANDED_MS_MAX));
  while (isAwaited()) {
    await aMoment(scheduler);
    flush();
  }
}

function aMoment(scheduler: Scheduler): Promise<void> {
  return new Promise((resolve) => {
    scheduler.at(scheduler.now().monotonicMs + SETTLE_LOOK_MS, resolve);
  });
}
