// Whom to dial and when: everyone we were told of, for ever, with back-off and jitter; as many as make a mesh.

import type { PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { DialTarget } from '../ports.ts';
import type { Random } from './random.ts';
import { randomFraction } from './random.ts';

export type TargetOrigin = 'typed' | 'remembered' | 'introduced' | 'discovered';

/** One address, or one peer with addresses, that we try to reach. */
export interface Target {
  readonly key: string;
  dial: DialTarget;
  readonly origin: TargetOrigin;
  /** Who answered there, once someone has. */
  peer: PeerId | null;
  /** Someone answered there in this run of the program: worth a call more often. */
  wasReached: boolean;
  /** When the dial under way began, in monotonic time; null while there is none. */
  dialingMs: number | null;
  failures: number;
  /** Kept while it is linked: it explains what came before. */
  lastError: string | null;
  nextMs: number;
  /** Not before, whoever tells of it; who is typed again is dialled at once. */
  restsUntilMs: number;
  /** Links in a row that ended soon, or that nobody needed. */
  partings: number;
}

export interface LinksState {
  readonly targets: Map<string, Target>;
  /** Before this time there is nothing to dial; 0 makes the next step look. */
  wakeMs: number;
  /** Before this time no link is let go of for being one too many. */
  thinMs: number;
}

const DIALS_AT_ONCE_MAX = 8;
const INTRODUCED_FAILURES_MAX = 8;
/** Two peers told of each other would dial at once: the one with the greater id lets the other try first. */
const YIELD_MS = 500;

export function newLinks(): LinksState {
  return { targets: new Map(), wakeMs: Infinity, thinMs: 0 };
}

/** A peer with known key goes by it; an address by itself. */
function targetKey(dial: DialTarget): string {
  return dial.peer ?? `address:${dial.addresses[0] ?? ''}`;
}

/** Adds or refreshes a target. Returns false when the table is full of others who are worth more. */
export function addTarget(
  links: LinksState,
  dial: DialTarget,
  origin: TargetOrigin,
  atMs: number,
): boolean {
  const key = targetKey(dial);
  const known = links.targets.get(key);
  if (known !== undefined) {
    known.dial = origin === 'introduced' ? withHearsay(known, dial) : renewed(known, dial);
    if (origin === 'typed') known.restsUntilMs = 0;
    known.nextMs = Math.max(known.restsUntilMs, Math.min(known.nextMs, atMs));
  } else {
    if (links.targets.size >= LIMITS.rememberedPeersMax && !dropWorst(links, origin)) return false;
    const target = {
      key,
      dial,
      origin,
      peer: dial.peer,
      wasReached: false,
      dialingMs: null,
      failures: 0,
      lastError: null,
      nextMs: atMs,
      restsUntilMs: 0,
      partings: 0,
    };
    links.targets.set(key, target);
  }
  links.wakeMs = Math.min(links.wakeMs, atMs);
  return true;
}

function renewed({ dial: known }: Target, dial: DialTarget): DialTarget {
  return { ...dial, record: dial.record ?? known.record };
}

/**
 * Anyone can say anything of others: it is tried beside the addresses that we have, never in their place, and in place of
 * a record only once that has failed.
 */
function withHearsay({ dial: known, failures }: Target, said: DialTarget): DialTarget {
  const addresses = known.addresses.length === 0 ? said.addresses : known.addresses;
  const isOpen = known.record === null || (failures > 0 && said.record !== null);
  return { ...known, addresses, record: isOpen ? said.record : known.record };
}

/** Makes room by forgetting the target that is worth least: whom we only heard of goes before whom we met. */
function dropWorst(links: LinksState, comer: TargetOrigin): boolean {
  let worst: Target | null = null;
  for (const target of links.targets.values()) {
    if (target.origin === 'typed' || target.dialingMs !== null) continue;
    if (worst === null || isWorse(target, worst)) worst = target;
  }
  if (worst === null || (isMet(worst) && worst.failures === 0 && isHearsay(comer))) return false;
  return links.targets.delete(worst.key);
}

function isWorse(one: Target, other: Target): boolean {
  return isMet(one) === isMet(other) ? one.failures > other.failures : isMet(other);
}

function isMet({ origin, wasReached }: Target): boolean {
  return wasReached || !isHearsay(origin);
}

function isHearsay(origin: TargetOrigin): boolean {
  return origin === 'introduced' || origin === 'discovered';
}

/** When to dial someone we were just told of, so that not both do. */
export function politeMs(self: PeerId, other: PeerId, nowMs: number): number {
  return self < other ? nowMs : nowMs + YIELD_MS;
}

export interface Mesh {
  readonly self: PeerId;
  readonly isLinked: (peer: PeerId) => boolean;
  readonly isBanned: (peer: PeerId) => boolean;
  readonly linkCount: number;
  /** Worth a link also where there are enough for a mesh. */
  readonly isWanted: (peer: PeerId) => boolean;
}

/** The targets to dial now. Typed addresses always; others while there are fewer links than make a mesh. */
export function dueTargets(links: LinksState, mesh: Mesh, nowMs: number): readonly Target[] {
  if (nowMs < links.wakeMs) return [];
  const due: Target[] = [];
  let dialing = 0;
  for (const target of links.targets.values()) if (target.dialingMs !== null) dialing += 1;
  let wakeMs = nowMs + LIMITS.redialMsMax;
  // There may be a thousand, and most are linked, or not worth a link now: what tells most apart is asked first.
  for (const target of links.targets.values()) {
    if (target.dialingMs !== null) continue;
    if (target.nextMs > nowMs) {
      if (target.nextMs < wakeMs && mayDial(target, mesh)) wakeMs = target.nextMs;
    } else if (dialing < DIALS_AT_ONCE_MAX && isWorthLink(target, mesh, dialing)) {
      if (!mayDial(target, mesh)) continue;
      target.dialingMs = nowMs;
      dialing += 1;
      due.push(target);
    }
  }
  links.wakeMs = wakeMs;
  return due;
}

function isWorthLink({ origin, peer }: Target, mesh: Mesh, dialing: number): boolean {
  if (origin === 'typed' || mesh.linkCount + dialing < LIMITS.neighboursMeshMax) return true;
  return peer !== null && mesh.isWanted(peer);
}

function mayDial(target: Target, mesh: Mesh): boolean {
  if (target.peer === mesh.self) return false;
  return target.peer === null || !(mesh.isLinked(target.peer) || mesh.isBanned(target.peer));
}

/** A dial came through to `peer`. Returns when it began, in monotonic time. */
export function noteReached(links: LinksState, dial: DialTarget, peer: PeerId): number | null {
  const target = links.targets.get(targetKey(dial));
  if (target === undefined) return null;
  const beganMs = target.dialingMs;
  target.dialingMs = null;
  target.peer = peer;
  target.wasReached = true;
  target.failures = 0;
  links.wakeMs = 0;
  return beganMs;
}

/**
 * A dial failed: the next try is 1 s later, then 2, 4 … 60 s, each with full jitter so that a crowd spreads out.
 * Returns how often it failed in a row.
 */
export function noteFailure(
  links: LinksState,
  { target: dial, text }: { readonly target: DialTarget; readonly text: string },
  chance: Random,
  nowMs: number,
): number {
  const target = links.targets.get(targetKey(dial));
  if (target === undefined) return 0;
  target.dialingMs = null;
  target.failures += 1;
  target.lastError = text;
  if (target.origin === 'introduced' && target.failures >= INTRODUCED_FAILURES_MAX) {
    links.targets.delete(target.key);
    return target.failures;
  }
  const ceiling = Math.min(
    redialMsMaxOf(target),
    LIMITS.redialMsMin * 2 ** Math.min(target.failures - 1, 10),
  );
  target.nextMs = nowMs + Math.max(LIMITS.redialMsMin / 2, ceiling * randomFraction(chance));
  links.wakeMs = 0;
  return target.failures;
}

/** Whom we were told to reach, or were linked to, is missed: after a cut all are back within this time. */
function redialMsMaxOf({ origin, wasReached }: Target): number {
  return origin === 'typed' || wasReached ? LIMITS.redialMissedMsMax : LIMITS.redialMsMax;
}

/** Dialling this peer or address is of no use ever: it is ourselves. */
export function dropTarget(links: LinksState, dial: DialTarget): void {
  links.targets.delete(targetKey(dial));
}

export interface LostLink {
  readonly peer: PeerId;
  readonly lastedMs: number;
  /** Without it we still have as many as make a mesh. */
  readonly hasEnough: boolean;
}

/**
 * A link ended: its targets are tried again soon, not all peers at the same moment. Where we have enough links the other
 * most likely has too many, and is left alone for a while: two who would undo each other's work try ever less often.
 */
export function noteLost(
  links: LinksState,
  { peer, lastedMs, hasEnough }: LostLink,
  chance: Random,
  nowMs: number,
): void {
  for (const target of links.targets.values()) {
    if (target.peer !== peer) continue;
    const isOld = lastedMs >= (hasEnough ? LIMITS.partingForgottenMs : LIMITS.helloTimeoutMs);
    target.partings = isOld ? 0 : target.partings + 1;
    const pauseMs = hasEnough ? restMs(target, chance) : againMs(target, chance);
    target.nextMs = nowMs + pauseMs;
    target.restsUntilMs = hasEnough ? target.nextMs : 0;
  }
  links.wakeMs = 0;
}

/** Who hangs up soon each time has no place for us yet. */
function againMs({ partings }: Target, chance: Random): number {
  const ceiling = LIMITS.redialMsMin * 2 ** Math.min(partings, 10);
  return Math.min(LIMITS.redialMissedMsMax, ceiling) * randomFraction(chance);
}

function restMs({ partings }: Target, chance: Random): number {
  const ceiling = LIMITS.redialPartedMs * 2 ** Math.min(partings, 10);
  return (Math.min(LIMITS.redialPartedMsMax, ceiling) * (1 + randomFraction(chance))) / 2;
}

/** Somebody asked for it by address. */
export function isTyped({ targets }: LinksState, peer: PeerId): boolean {
  for (const target of targets.values())
    if (target.origin === 'typed' && target.peer === peer) return true;
  return false;
}

/** The network changed or the machine woke: every back-off starts again. */
export function retryAll(links: LinksState, chance: Random, nowMs: number): void {
  for (const target of links.targets.values()) {
    target.failures = 0;
    target.partings = 0;
    target.restsUntilMs = 0;
    target.nextMs = Math.min(target.nextMs, nowMs + LIMITS.redialMsMin * randomFraction(chance));
  }
  links.wakeMs = nowMs;
}
