// Who is let go when there are as many neighbours as we can have: those who share nothing, then one of many from one host.

import { LIMITS } from '../limits.ts';
import { isBlocked } from './bars.ts';
import { isRoom } from './conversation.ts';
import { hostBlockOf } from './host-block.ts';
import type { Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** The neighbour that is of no use to us, nor we to it; null where all are. */
export function leastUseful(turn: Turn): Neighbour | null {
  const { state } = turn;
  let least: Neighbour | null = null;
  for (const each of state.neighbours.values())
    if (isIdle(turn, each) && (least === null || worth(state, each) < worth(state, least)))
      least = each;
  return least;
}

/** Shares no conversation though it had time to, or is here for someone who is blocked. */
function isIdle({ state, nowMs }: Turn, { tags, linkedMs, hello }: Neighbour): boolean {
  if (nowMs - linkedMs < LIMITS.strangerGraceMs) return false;
  return tags.size === 0 || isBlocked(state, hello?.identity ?? null);
}

/** How many of our rooms it is in, those who stay up for others a little more; of equals the one that came last goes. */
function worth({ conversations }: PeerState, { tags, serves, linkedMs }: Neighbour): number {
  let rooms = serves ? 1 : 0;
  for (const id of tags.keys()) {
    const kind = conversations.get(id)?.kind;
    if (kind !== undefined && isRoom(kind)) rooms += 1;
  }
  return rooms - linkedMs / Number.MAX_SAFE_INTEGER;
}

/**
 * Keys cost nothing, addresses do: where one host has many of our places, whoever of them came last makes place for
 * someone from a host that has fewer. Null where all have about as many.
 */
export function oneOfMany({ neighbours }: PeerState, comer: string): Neighbour | null {
  const byHost = new Map<string, Neighbour[]>();
  for (const each of neighbours.values()) {
    if (each.direction !== 'inbound') continue;
    const host = hostBlockOf(each.address);
    byHost.set(host, [...(byHost.get(host) ?? []), each]);
  }
  const theirs = byHost.get(hostBlockOf(comer))?.length ?? 0;
  let crowd: readonly Neighbour[] = [];
  for (const there of byHost.values()) if (there.length > crowd.length) crowd = there;
  const fair = Math.max(LIMITS.neighboursPerHostLeast, theirs + 1);
  return crowd.length > fair ? (crowd.at(-1) ?? null) : null;
}
