// Who is in a private session: a set that merges the same everywhere, whatever the order of news (spec/session.md §2).

import type { ChainKey, IdentityKey } from '../brand.ts';

/** One person's standing. Counters only grow: of concurrent changes to one person, removal wins. */
export interface Membership {
  /** By which the identity vouches for its device; verified. */
  readonly certificate: Uint8Array;
  /** How often they were let in, from 1. In while this is greater than `removed`. */
  readonly added: number;
  readonly removed: number;
  /** Once removed: how many entries of each of their chains count still. Merged by the greater. */
  readonly cuts: ReadonlyMap<ChainKey, number>;
}

export interface SessionRoster {
  readonly initiator: IdentityKey;
  /** Who was in it when it was forked, initiator included, ascending. */
  readonly founders: readonly IdentityKey[];
  readonly members: ReadonlyMap<IdentityKey, Membership>;
}
