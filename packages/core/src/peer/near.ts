// Who else is in the lobby: neighbours tell each other whom they are linked to there, so that all find the same holders.

import { LIMITS } from '../limits.ts';
import { send } from './send.ts';
import type { Conversation } from './state.ts';
import type { Turn } from './step-types.ts';

/** Our links in a conversation changed. */
export function noteLinksChanged(turn: Turn, { kind }: Conversation): void {
  if (kind === 'lobby') turn.state.linksMs ??= turn.nowMs + LIMITS.announceIntervalMs;
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
