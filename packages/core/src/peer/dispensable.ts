// Which neighbour can be let go of, since both of us have others to the same end.

import type { ConversationId, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { holdsFor } from './holders.ts';
import { isTyped } from './links.ts';
import type { ConversationKind, Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** Where many are linked, and any of them will do. */
const OPEN: ReadonlySet<ConversationKind> = new Set(['lobby', 'room', 'directory']);

/** Of those that can be spared the one that brings us least, and among them the one with the most links; null for none. */
export function mostDispensable(turn: Turn): Neighbour | null {
  const { state } = turn;
  const there = countThere(state);
  const brings = countBrought(state);
  let most: Neighbour | null = null;
  for (const each of state.neighbours.values()) {
    if (most !== null && !isLess(each, most, brings)) continue;
    if (isDispensable(turn, each, there)) most = each;
  }
  return most;
}

function isLess(one: Neighbour, other: Neighbour, brings: ReadonlyMap<PeerId, number>): boolean {
  const more = (brings.get(one.peer) ?? 0) - (brings.get(other.peer) ?? 0);
  return more === 0 ? one.links.size > other.links.size : more < 0;
}

function countThere({ neighbours }: PeerState): ReadonlyMap<ConversationId, number> {
  const there = new Map<ConversationId, number>();
  for (const { tags } of neighbours.values())
    for (const id of tags.keys()) there.set(id, (there.get(id) ?? 0) + 1);
  return there;
}

/** Of how many chains each neighbour is the source. */
function countBrought({ conversations }: PeerState): ReadonlyMap<PeerId, number> {
  const brings = new Map<PeerId, number>();
  for (const { sources } of conversations.values())
    for (const peer of sources.values()) brings.set(peer, (brings.get(peer) ?? 0) + 1);
  return brings;
}

/**
 * It has enough links in the lobby, as have we in all that we share with it; nobody asked for it by address, and neither
 * of us keeps anything for the other.
 */
function isDispensable(
  { state, nowMs }: Turn,
  neighbour: Neighbour,
  there: ReadonlyMap<ConversationId, number>,
): boolean {
  const { peer, hello, linkedMs, links, tags } = neighbour;
  if (hello === null || nowMs - linkedMs < LIMITS.settleMs) return false;
  if (links.size <= LIMITS.neighboursMeshMax || isOfUse(state, neighbour)) return false;
  for (const id of tags.keys()) {
    const kind = state.conversations.get(id)?.kind ?? 'carried';
    if (!OPEN.has(kind) || (there.get(id) ?? 0) <= LIMITS.neighboursMeshMax) return false;
  }
  return !holdsFor(state, hello.identity, peer);
}

/** No other would do as well. */
function isOfUse({ errands, links }: PeerState, neighbour: Neighbour): boolean {
  const { peer, serves, askedToHold } = neighbour;
  if (serves || askedToHold.size > 0) return true;
  return errands.wanted.has(peer) || isTyped(links, peer);
}
