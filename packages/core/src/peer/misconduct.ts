// What happens to a neighbour that breaks the rules: counted, and in the end not talked to for a while.

import { LIMITS } from '../limits.ts';
import { forgetSayings } from './known.ts';
import type { Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

/** The frame is dropped; after badFramesMax of them the peer is hung up on and banned for banMs. */
export function blame(turn: Turn, neighbour: Neighbour, reason: string): void {
  const { peer } = neighbour;
  neighbour.badFrames += 1;
  turn.out.push({ kind: 'tell', event: { kind: 'badFrame', peer, reason } });
  if (neighbour.badFrames < LIMITS.badFramesMax) return;
  const { banned } = turn.state;
  for (const [each, untilMs] of banned) if (untilMs <= turn.nowMs) banned.delete(each);
  if (banned.size < LIMITS.rememberedPeersMax) banned.set(peer, turn.nowMs + LIMITS.banMs);
  for (const conversation of turn.state.conversations.values()) {
    forgetSayings(turn.state, conversation, peer);
  }
  turn.out.push({ kind: 'hangUp', peer });
  turn.out.push({ kind: 'tell', event: { kind: 'banned', peer, reason } });
}
