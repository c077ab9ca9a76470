// What keeps one author or peer from crowding out the others: what people ruled, and who took how much lately.

import type { DeviceKey, IdentityKey, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { StoredValue } from '../ports.ts';
import type { TokenBucket } from './token-bucket.ts';
import { newTokenBucket } from './token-bucket.ts';

/** 'blocked': nothing of theirs is shown, stored or passed on. 'free': they are never put in quarantine. */
export type Ruling = 'blocked' | 'free';

export interface AuthorAccount {
  /** Bytes stored, of which the older count half as much every debtHalfLifeMs. */
  debtBytes: number;
  debtMs: number;
  /** Bytes written since windowMs (monotonic), which is when quarantine began to count. */
  windowBytes: number;
  windowMs: number;
  /** How often they were in quarantine. */
  quarantines: number;
  /** Entries that they may push to us as they are made. */
  readonly live: TokenBucket;
}

/** How a peer behaved, whichever link it came by. Times are monotonic. */
export interface Standing {
  /** Frames that broke the rules, of which the older count half as much every faultHalfLifeMs. */
  faults: number;
  faultsMs: number;
  /** How often it was banned, until it behaves for banForgottenMs. */
  bans: number;
  bannedUntilMs: number;
}

/** What whoever runs a peer may set otherwise; the limits of these names where not given. */
export interface GuardLimits {
  readonly roomBytesMax: number;
  readonly quarantineBytes: number;
  readonly quarantineWindowMs: number;
  readonly quarantineMs: number;
  readonly neighboursMax: number;
  readonly heldBytesMax: number;
  readonly heldBytesPerDepositorMax: number;
}

export interface Guard {
  limits: GuardLimits;
  /** By hand; kept in the store. */
  readonly rulings: Map<IdentityKey, Ruling>;
  /** People whose safety words were compared, or who were invited. */
  readonly trusted: Set<IdentityKey>;
  /** Of those who wrote lately; the one that has been quiet for longest comes first. */
  readonly accounts: Map<IdentityKey, AuthorAccount>;
  /** Who is in quarantine, and until when (monotonic). */
  readonly quarantined: Map<IdentityKey, number>;
  /** Whose device is whose: of those we met, who wrote much, or of whom nothing is taken. Their chains are known before an entry came. */
  readonly devices: Map<DeviceKey, IdentityKey>;
  /** What authors who push more than their own share may push together. */
  readonly crowd: TokenBucket;
  /** How often a member of a private session may still ask to be let in again, by session and identity. */
  readonly lettingIn: Map<string, TokenBucket>;
  /** Of peers that broke the rules. */
  readonly standings: Map<PeerId, Standing>;
}

export interface GuardOptions {
  readonly rulings: readonly StoredValue[];
  readonly trusted?: readonly IdentityKey[];
  readonly limits?: Partial<GuardLimits>;
  readonly nowMs: number;
}

export function newGuard({ rulings, trusted = [], limits = {}, nowMs }: GuardOptions): Guard {
  return {
    limits: { ...LIMITS, ...limits },
    rulings: new Map(rulings.map(rulingOf)),
    trusted: new Set(trusted),
    accounts: new Map(),
    quarantined: new Map(),
    devices: new Map(),
    crowd: newTokenBucket(LIMITS.crowdLiveBurst, LIMITS.crowdLivePerSecond, nowMs),
    lettingIn: new Map(),
    standings: new Map(),
  };
}

export const RULING_PREFIX = 'block/';
const BLOCKED = 1;
const FREE = 0;

function rulingOf({ key, value }: StoredValue): readonly [IdentityKey, Ruling] {
  const identity = key.slice(RULING_PREFIX.length) as IdentityKey;
  return [identity, value[0] === BLOCKED ? 'blocked' : 'free'];
}

export function rulingBytes(ruling: Ruling | null): Uint8Array | null {
  return ruling === null ? null : Uint8Array.of(ruling === 'blocked' ? BLOCKED : FREE);
}
