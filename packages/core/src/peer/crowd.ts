// What our neighbours are to us as ways to others: who floods, who passes on what others write, who was here first.

import type { ConversationId, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { isHeavyAuthor } from './author-account.ts';
import { barOn } from './bars.ts';
import type { Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

export interface Crowd {
  /** Those who write more than is taken of anyone. */
  readonly flooding: ReadonlySet<PeerId>;
  /** Of the others those with whom we were linked first: whoever comes in numbers does not take their place. */
  readonly first: ReadonlySet<PeerId>;
  /** In each conversation, how many of the others are ways to people, for all we know. */
  readonly ways: ReadonlyMap<ConversationId, number>;
}

export function crowdAround(turn: Turn): Crowd {
  const flooding = new Set<PeerId>();
  const others: Neighbour[] = [];
  for (const each of turn.state.neighbours.values()) {
    if (isFlooding(turn, each)) flooding.add(each.peer);
    else others.push(each);
  }
  const first = new Set(others.slice(0, LIMITS.neighboursMeshMax).map(({ peer }) => peer));
  return { flooding, first, ways: countWays(turn.state, others) };
}

/** Whoever does may well pass on nothing of what others say. */
function isFlooding(turn: Turn, { hello, tags }: Neighbour): boolean {
  if (hello === null) return false;
  const { identity } = hello;
  if (isHeavyAuthor(turn, identity)) return true;
  for (const id of tags.keys()) {
    const conversation = turn.state.conversations.get(id);
    if (conversation !== undefined && barOn(turn.state, conversation, identity) !== null)
      return true;
  }
  return false;
}

/**
 * Where there was something to pass on, a way is who did so; before, who says that they have links enough. Who says so
 * can be let go of as well: nobody is worth more here for what they say.
 */
function countWays(
  { newsMs }: PeerState,
  neighbours: readonly Neighbour[],
): ReadonlyMap<ConversationId, number> {
  const ways = new Map<ConversationId, number>();
  for (const { relays, linkedMs, links, tags } of neighbours) {
    const isQuiet = newsMs < linkedMs + LIMITS.settleMs;
    if (!relays && !(isQuiet && links.size >= LIMITS.neighboursMeshMax)) continue;
    for (const id of tags.keys()) ways.set(id, (ways.get(id) ?? 0) + 1);
  }
  return ways;
}
