// What happens to a neighbour that breaks the rules: counted, and in the end not talked to for longer and longer.

import type { PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { Guard, Standing } from './guard.ts';
import { forgetSayings } from './known.ts';
import type { Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

/**
 * The frame is dropped; after badFramesMax of them, which count half each faultHalfLifeMs, the peer is hung up on and
 * banned: for banMs, and twice as long each time until it behaved for banForgottenMs.
 */
export function blame(turn: Turn, { peer }: Pick<Neighbour, 'peer'>, reason: string): void {
  const { state, nowMs } = turn;
  const standing = standingOf(state.guard, peer, nowMs);
  const agedMs = Math.max(0, nowMs - standing.faultsMs);
  standing.faults = standing.faults * 0.5 ** (agedMs / LIMITS.faultHalfLifeMs) + 1;
  standing.faultsMs = nowMs;
  turn.out.push({ kind: 'tell', event: { kind: 'badFrame', peer, reason } });
  // What decayed a moment ago is no discount.
  if (Math.round(standing.faults) < LIMITS.badFramesMax) return;
  const lastsMs = ban(standing, nowMs);
  for (const conversation of state.conversations.values()) forgetSayings(state, conversation, peer);
  turn.out.push({ kind: 'hangUp', peer, refuseMs: lastsMs });
  turn.out.push({ kind: 'tell', event: { kind: 'banned', peer, reason, lastsMs } });
}

function ban(standing: Standing, nowMs: number): number {
  if (nowMs - standing.bannedUntilMs > LIMITS.banForgottenMs) standing.bans = 0;
  const lastsMs = Math.min(LIMITS.banMsMax, LIMITS.banMs * 2 ** Math.min(standing.bans, 16));
  standing.faults = 0;
  standing.bans += 1;
  standing.bannedUntilMs = nowMs + lastsMs;
  return lastsMs;
}

/** Of too many the one that was blamed longest ago is forgotten. */
function standingOf({ standings }: Guard, peer: PeerId, nowMs: number): Standing {
  const fresh = { faults: 0, faultsMs: nowMs, bans: 0, bannedUntilMs: -Infinity };
  const standing = standings.get(peer) ?? fresh;
  standings.delete(peer);
  if (standings.size >= LIMITS.rememberedPeersMax) {
    const [oldest] = standings.keys();
    if (oldest !== undefined) standings.delete(oldest);
  }
  standings.set(peer, standing);
  return standing;
}

export function isBanned({ standings }: Guard, peer: PeerId, nowMs: number): boolean {
  return (standings.get(peer)?.bannedUntilMs ?? -Infinity) > nowMs;
}
