// Whether the members of a swarm hold the same of each chain.

import type { ChainKey, ChainRecord } from '@parley/core';
import type { Member, Run } from './member.ts';
import type { World } from './world.ts';

/** One member, and the chains of it that are compared. */
export interface Holding {
  readonly member: Member;
  readonly run: Run;
  readonly chains: ReadonlyMap<ChainKey, ChainRecord>;
}

/** Its author's disk lost something, or left the room that it is of. */
export function isLossy(world: World, chain: ChainKey): boolean {
  if (world.rooms.isTorn(chain)) return true;
  const author = world.ledger.authorOf(chain);
  return world.members.some((member) => member.lostSome && member.device === author);
}

/** Everyone holds the same of every chain: all of it, unless its author lost the beginning before others had it. */
export function chainComplaints(
  world: World,
  holdings: readonly Holding[],
  forked: ReadonlySet<ChainKey>,
): string[] {
  const extents = extentsOf(holdings);
  const found: string[] = [];
  for (const { member, chains } of holdings) {
    for (const [chain, extent] of extents) {
      if (forked.has(chain)) continue;
      const whole = isLossy(world, chain) ? extent : { ...extent, floor: 0 };
      const complaint = unlike(chains.get(chain), whole);
      if (complaint !== null) found.push(`${member.peer} ${complaint} of ${shortOf(chain)}`);
    }
  }
  return found;
}

type Extent = Pick<ChainRecord, 'floor' | 'length' | 'headId'>;

/** From the lowest to the highest entry that anyone holds. */
function extentsOf(holdings: readonly Holding[]): ReadonlyMap<ChainKey, Extent> {
  const extents = new Map<ChainKey, Extent>();
  for (const { chains } of holdings) {
    for (const record of chains.values()) {
      const known = extents.get(record.chain) ?? record;
      const longer = record.length > known.length ? record : known;
      extents.set(record.chain, { ...longer, floor: Math.min(known.floor, record.floor) });
    }
  }
  return extents;
}

function unlike(held: ChainRecord | undefined, { floor, length, headId }: Extent): string | null {
  if (held === undefined) return 'has nothing';
  if (held.floor !== floor || held.length !== length) {
    return `has ${held.floor}…${held.length} of ${floor}…${length}`;
  }
  return held.headId === headId ? null : 'has another head';
}

export function shortOf(chain: ChainKey): string {
  return `${chain.slice(0, 6)}…${chain.slice(-4)}`;
}
