// Which ranges to ask of whom: every chain someone holds more of, newest entries first, within a window (spec/sync.md §4).

import type { ChainKey, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { Head } from './head.ts';
import type { Weight } from './lacking.ts';
import { Lacking, WEIGHTS } from './lacking.ts';

/** What a neighbour says it holds, by chain. */
export type Claims = ReadonlyMap<ChainKey, Head>;

/** What we hold of a chain. */
export interface Held extends Head {
  /** All of it is too old to be kept: where nobody has what comes next, it goes on with what they have. */
  readonly isOld?: boolean;
}

export interface Holder {
  readonly peer: PeerId;
  readonly claims: Claims;
  /** Questions that it has of us in other conversations; none if not said. */
  readonly openElsewhere?: number;
}

export interface Ask {
  readonly peer: PeerId;
  readonly request: number;
  readonly chain: ChainKey;
  readonly from: number;
  readonly to: number;
  readonly direction: 'up' | 'down';
  readonly frames: number;
}

interface InFlight extends Ask {
  /** When the last frame came, or the asking itself. */
  readonly heardMs: number;
}

/** The open questions of one conversation. */
export interface PullState {
  readonly lacking: Lacking;
  readonly inFlight: Map<number, InFlight>;
  nextRequest: number;
  /** A chain that we have nothing of is begun so many entries below its end, or from its beginning if it is shorter. */
  readonly newestFirst: number;
}

const FRAMES_PER_ASK = 4;

/** What decides what to ask next. */
export interface Ours {
  readonly heldOf: (chain: ChainKey) => Held | undefined;
  readonly weightOf: (chain: ChainKey) => Weight;
}

export function newPullState(newestFirst: number = LIMITS.newestFirstEntries): PullState {
  return { lacking: new Lacking(), inFlight: new Map(), nextRequest: 1, newestFirst };
}

/** Something a holder says that it has. */
export interface Claim {
  readonly theirs: Head;
  /** Of the chain's author. */
  readonly weight: Weight;
  /** When to ask for it at the earliest (monotonic). */
  readonly atMs: number;
}

/** Notes what a holder claims while we hold `ours`. */
export function noteClaim(
  pull: PullState,
  ours: Held | undefined,
  { theirs, weight, atMs }: Claim,
): void {
  if (needs(pull, ours, theirs) === null) return;
  const known = pull.lacking.get(theirs.chain) ?? Infinity;
  pull.lacking.set(theirs.chain, Math.min(known, atMs), weight);
}

/** What `theirs` has that `ours` lacks, the newest part first; null for nothing. */
function needs(
  { newestFirst }: PullState,
  ours: Held | undefined,
  theirs: Head,
): Pick<Ask, 'from' | 'to' | 'direction' | 'frames'> | null {
  if (theirs.length === theirs.floor) return null;
  const isBeyond = ours?.isOld === true && theirs.floor > ours.length;
  if (ours === undefined || ours.length === 0 || isBeyond) {
    const newest = theirs.length - newestFirst;
    return newest > theirs.floor
      ? { from: newest, to: theirs.length, direction: 'down', frames: 1 }
      : { from: theirs.floor, to: theirs.length, direction: 'up', frames: FRAMES_PER_ASK };
  }
  if (theirs.length > ours.length && theirs.floor <= ours.length) {
    return { from: ours.length, to: theirs.length, direction: 'up', frames: FRAMES_PER_ASK };
  }
  if (theirs.floor < ours.floor && theirs.length >= ours.floor) {
    return { from: theirs.floor, to: ours.floor, direction: 'down', frames: FRAMES_PER_ASK };
  }
  return null;
}

/**
 * The questions to send now; at most wantsInFlightPerPeerMax stay open per holder and one per chain. Those come first
 * whose authors said little lately, and the others leave room for them: whoever has something new to say never waits
 * behind a backlog. Among equals everyone has their turn. A chain nobody claims more of is forgotten.
 */
export function planAsks(
  pull: PullState,
  ours: Ours,
  holders: readonly Holder[],
  nowMs: number,
): readonly Ask[] {
  if (pull.lacking.size === 0) return [];
  const room = new Map(
    holders.map(({ peer, openElsewhere = 0 }) => [peer, roomBeside(openElsewhere)]),
  );
  const busy = new Set<ChainKey>();
  for (const open of pull.inFlight.values()) {
    busy.add(open.chain);
    room.set(open.peer, (room.get(open.peer) ?? 0) - 1);
  }
  const plan: Plan = { pull, ours, holders, room, busy, asks: [], nowMs };
  for (const weight of WEIGHTS) planOf(plan, weight);
  return plan.asks;
}

/** Their turn may have come when their weight is another already: then they wait for those of that weight. */
function planOf(plan: Plan, weight: Weight): void {
  const { pull, ours, busy, nowMs } = plan;
  for (const [chain, atMs] of pull.lacking.of(weight)) {
    if (!hasRoom(plan, weight)) return;
    if (busy.has(chain) || atMs > nowMs) continue;
    const now = ours.weightOf(chain);
    if (now !== weight) pull.lacking.set(chain, atMs, now);
    if (now <= weight) askFor(plan, chain, now);
  }
}

interface Plan {
  readonly pull: PullState;
  readonly ours: Ours;
  readonly holders: readonly Holder[];
  readonly room: Map<PeerId, number>;
  /** Chains that are asked for. */
  readonly busy: Set<ChainKey>;
  readonly asks: Ask[];
  readonly nowMs: number;
}

/** Some holder may be asked one thing more, and has so many left after that. */
function hasRoom({ holders, room }: Plan, spared: number): boolean {
  return holders.some(({ peer }) => (room.get(peer) ?? 0) > spared);
}

function askFor(
  { pull, ours: { heldOf }, holders, room, busy, asks, nowMs }: Plan,
  chain: ChainKey,
  weight: Weight,
): void {
  const ours = heldOf(chain);
  const useful = holders.filter((holder) => isUseful(pull, holder.claims.get(chain), ours));
  if (useful.length === 0) pull.lacking.delete(chain);
  const able = useful.filter(({ peer }) => (room.get(peer) ?? 0) > weight);
  const ask = bestAsk(pull, { chain, ours }, able, room);
  if (ask === null) return;
  room.set(ask.peer, (room.get(ask.peer) ?? 0) - 1);
  pull.inFlight.set(ask.request, { ...ask, heardMs: nowMs });
  // Last in line next time.
  const atMs = pull.lacking.get(chain) ?? nowMs;
  pull.lacking.delete(chain);
  pull.lacking.set(chain, atMs, weight);
  busy.add(chain);
  asks.push(ask);
}

/** What one holder is asked in other conversations counts, too: it keeps only so many questions of ours. */
function roomBeside(openElsewhere: number): number {
  return Math.min(LIMITS.wantsInFlightPerPeerMax, LIMITS.wantsOpenPerPeerMax - openElsewhere);
}

function isUseful(pull: PullState, theirs: Head | undefined, ours: Held | undefined): boolean {
  return theirs !== undefined && needs(pull, ours, theirs) !== null;
}

/** Asks the least busy holder. */
function bestAsk(
  pull: PullState,
  { chain, ours }: { readonly chain: ChainKey; readonly ours: Held | undefined },
  holders: readonly Holder[],
  room: ReadonlyMap<PeerId, number>,
): Ask | null {
  let best: Holder | null = null;
  for (const holder of holders) {
    if (best === null || (room.get(holder.peer) ?? 0) > (room.get(best.peer) ?? 0)) best = holder;
  }
  const theirs = best?.claims.get(chain);
  const need = theirs === undefined ? null : needs(pull, ours, theirs);
  if (best === null || need === null) return null;
  const request = pull.nextRequest;
  pull.nextRequest += 1;
  return { peer: best.peer, request, chain, ...need };
}

/** A frame of an answer came. Returns the question, or null if it was not asked of that peer. */
export function noteAnswer(
  pull: PullState,
  peer: PeerId,
  { request, last }: { readonly request: number; readonly last: boolean },
  nowMs: number,
): Ask | null {
  const open = pull.inFlight.get(request);
  if (open === undefined || open.peer !== peer) return null;
  if (last) pull.inFlight.delete(request);
  else pull.inFlight.set(request, { ...open, heardMs: nowMs });
  return open;
}

/** Takes back what was asked of a peer that left. */
export function forgetHolder(pull: PullState, peer: PeerId): void {
  for (const [request, open] of pull.inFlight)
    if (open.peer === peer) pull.inFlight.delete(request);
}

/** Questions without an answer for wantTimeoutMs: taken back, to be asked of someone else. */
export function expireAsks(pull: PullState, nowMs: number): readonly Ask[] {
  const expired: Ask[] = [];
  for (const [request, open] of pull.inFlight) {
    if (nowMs - open.heardMs < LIMITS.wantTimeoutMs) continue;
    pull.inFlight.delete(request);
    expired.push(open);
  }
  return expired;
}

/** When time alone gives planAsks or expireAsks something to do; null for never. */
export function pullWakeMs(pull: PullState, nowMs: number): number | null {
  let wake = pull.lacking.nextMs(nowMs);
  for (const open of pull.inFlight.values())
    wake = Math.min(wake, open.heardMs + LIMITS.wantTimeoutMs);
  return wake === Infinity ? null : wake;
}
