// Who else is in the lobby: neighbours tell each other whom they are linked to there, so that all find the same holders.

import type { PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { firstNear } from './holders.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** Our links in a conversation changed; who comes anew makes several, one after the other. */
export function noteLinksChanged(turn: Turn, { kind }: Conversation): void {
  if (kind === 'lobby') turn.state.linksMs ??= turn.nowMs + LIMITS.lookAroundMs;
}

export function tellLinksDue(turn: Turn): void {
  const { state } = turn;
  if (state.linksMs === null || state.linksMs > turn.nowMs) return;
  state.linksMs = null;
  const { lobby } = state;
  const there = [...state.neighbours.values()].filter((each) => each.tags.has(lobby));
  const peers = there.slice(0, LIMITS.peersPerFrameMax).map(({ peer }) => peer);
  for (const { peer, tags } of there) {
    const tag = tags.get(lobby);
    if (tag !== undefined) send(turn, peer, { type: 'links', tag, peers });
  }
}

/** In a large room somebody's links change all the time, and to rank everyone anew takes a while. */
export function onLinks(
  turn: Turn,
  { kind }: Conversation,
  neighbour: Neighbour,
  peers: readonly PeerId[],
): void {
  if (kind !== 'lobby') return;
  neighbour.links = new Set(peers);
  neighbour.linksNear = firstNear(turn.state, turn.state.self.identity, peers);
  turn.state.nearMs ??= turn.nowMs + LIMITS.lookAroundMs;
}

export function lookAround({ state, nowMs }: Turn): void {
  if (state.nearMs === null || state.nearMs > nowMs) return;
  state.nearMs = null;
  state.errands.holdsDue = true;
}

export function nextLinksMs({ linksMs, nearMs }: PeerState): number {
  return Math.min(linksMs ?? Infinity, nearMs ?? Infinity);
}
