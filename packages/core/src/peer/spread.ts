// How a new entry gets round while it is new: pushed along links in a small room, by gossip in a large one (spec/sync.md §5).

import type { PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { isGossiped } from './conversation.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** The request number of a run that nobody asked for. */
export const UNASKED = 0;

/**
 * Sends an entry on to whoever is not known to get it from elsewhere: `from` is who we have it from, null for our own.
 * Where everyone can be reached in two hops and they are few, one copy a peer goes along the links, which costs a sixth of
 * gossip; else gossip, whose cost does not grow with the number of our links.
 */
export function spread(
  turn: Turn,
  conversation: Conversation,
  run: Uint8Array,
  from: PeerId | null,
): void {
  if (!isSmall(turn.state, conversation)) {
    turn.out.push({ kind: 'publish', topic: conversation.topic, bytes: run });
    return;
  }
  for (const neighbour of turn.state.neighbours.values()) {
    const tag = neighbour.tags.get(conversation.id);
    if (tag === undefined || hasRoadFrom(neighbour, conversation, from)) continue;
    if (neighbour.blocked) neighbour.behind = true;
    else send(turn, neighbour.peer, { type: 'run', tag, request: UNASKED, last: true, run });
  }
}

/** Whether a neighbour gets what `from` has without our help. */
export function hasRoadFrom(
  neighbour: Neighbour,
  conversation: Conversation,
  from: PeerId | null,
): boolean {
  if (from === null) return false;
  return neighbour.peer === from || (neighbour.links.get(conversation.id)?.has(from) ?? false);
}

/** Few peers within two hops, ourselves included; of what is private nobody else shall hear. */
function isSmall(state: PeerState, conversation: Conversation): boolean {
  if (!isGossiped(conversation)) return true;
  const near = new Set<PeerId>([state.self.peer]);
  for (const neighbour of state.neighbours.values()) {
    if (!neighbour.tags.has(conversation.id)) continue;
    near.add(neighbour.peer);
    for (const peer of neighbour.links.get(conversation.id) ?? []) near.add(peer);
    if (near.size > state.smallRoomPeersMax) return false;
  }
  return true;
}

/** Our links in a room changed: neighbours hear of it, so that nobody sends them what we do. */
export function noteLinksChanged(turn: Turn, conversation: Conversation): void {
  conversation.linksMs ??= turn.nowMs + LIMITS.announceIntervalMs;
}

export function tellLinksDue(turn: Turn, conversation: Conversation): void {
  if (conversation.linksMs === null || conversation.linksMs > turn.nowMs) return;
  conversation.linksMs = null;
  const inRoom = [...turn.state.neighbours.values()].filter((each) =>
    each.tags.has(conversation.id),
  );
  const peers = inRoom.slice(0, LIMITS.peersPerFrameMax).map(({ peer }) => peer);
  for (const neighbour of inRoom) {
    const tag = neighbour.tags.get(conversation.id);
    if (tag !== undefined) send(turn, neighbour.peer, { type: 'links', tag, peers });
  }
}
