// Which neighbour can be let go of, since both of us have others to the same end.

import type { PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { Crowd } from './crowd.ts';
import { crowdAround } from './crowd.ts';
import { holdsFor } from './holders.ts';
import { isTyped } from './links.ts';
import type { ConversationKind, Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** Where many are linked, and any of them will do. */
const OPEN: ReadonlySet<ConversationKind> = new Set(['lobby', 'room', 'directory']);

/**
 * Of those that can be spared: who floods before all others, then the one that brings us least, and among those the one
 * with the most links. Null for none.
 */
export function mostDispensable(turn: Turn): Neighbour | null {
  const worth: Worth = { crowd: crowdAround(turn), brings: countBrought(turn.state) };
  let most: Neighbour | null = null;
  for (const each of turn.state.neighbours.values()) {
    if (most !== null && !isLess(each, most, worth)) continue;
    if (isSpared(each, worth.crowd) && !isBound(turn, each)) most = each;
  }
  return most;
}

interface Worth {
  readonly crowd: Crowd;
  /** Of how many chains each neighbour is the source. */
  readonly brings: ReadonlyMap<PeerId, number>;
}

function isLess(one: Neighbour, other: Neighbour, { crowd, brings }: Worth): boolean {
  const flood = Number(crowd.flooding.has(one.peer)) - Number(crowd.flooding.has(other.peer));
  if (flood !== 0) return flood > 0;
  const more = (brings.get(one.peer) ?? 0) - (brings.get(other.peer) ?? 0);
  return more === 0 ? one.links.size > other.links.size : more < 0;
}

function countBrought({ conversations }: PeerState): Worth['brings'] {
  const brings = new Map<PeerId, number>();
  for (const { sources } of conversations.values())
    for (const peer of sources.values()) brings.set(peer, (brings.get(peer) ?? 0) + 1);
  return brings;
}

/** It has just come, it was asked for, one of us keeps something for the other, or we share what few are in. */
function isBound({ state, nowMs }: Turn, neighbour: Neighbour): boolean {
  const { peer, hello, linkedMs, tags } = neighbour;
  if (hello === null || nowMs - linkedMs < LIMITS.settleMs) return true;
  if (isOfUse(state, neighbour) || holdsFor(state, hello.identity, peer)) return true;
  for (const id of tags.keys())
    if (!OPEN.has(state.conversations.get(id)?.kind ?? 'carried')) return true;
  return false;
}

/** No other would do as well. */
function isOfUse({ errands, links, guard }: PeerState, neighbour: Neighbour): boolean {
  const { peer, serves, askedToHold, hello } = neighbour;
  if (serves || askedToHold.size > 0) return true;
  if (hello !== null && guard.trusted.has(hello.identity)) return true;
  return errands.wanted.has(peer) || isTyped(links, peer);
}

/**
 * It floods, or it says that it has enough links in the lobby, and we know to have enough in all that we share with it.
 * What anyone says of themselves makes nobody else lose a link.
 */
function isSpared({ peer, links, tags }: Neighbour, { flooding, first, ways }: Crowd): boolean {
  if (flooding.has(peer)) return true;
  if (first.has(peer) || links.size <= LIMITS.neighboursMeshMax) return false;
  for (const id of tags.keys()) if ((ways.get(id) ?? 0) <= LIMITS.neighboursMeshMax) return false;
  return true;
}
