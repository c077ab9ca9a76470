// What happens to a neighbour that breaks the rules: counted, and in the end not talked to for a while.

import { LIMITS } from '../limits.ts';
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
  forgetSayings(turn, neighbour);
  turn.out.push({ kind: 'hangUp', peer });
  turn.out.push({ kind: 'tell', event: { kind: 'banned', peer, reason } });
}

/** What it claimed to exist counts no more. */
function forgetSayings(turn: Turn, { peer }: Neighbour): void {
  for (const { known } of turn.state.conversations.values()) {
    for (const [chain, { saidBy }] of known) if (saidBy === peer) known.delete(chain);
  }
}
