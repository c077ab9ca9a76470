// Letting go of links that both ends can do without, so that whoever everyone knows does not carry everyone.

import { LIMITS } from '../limits.ts';
import { mostDispensable } from './dispensable.ts';
import { letGo } from './neighbours.ts';
import { randomFraction } from './random.ts';
import type { PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** Of those beyond what is wanted this share goes at a time, and at least one. */
const SHARE = 1 / 8;

/**
 * Lets go of some while there are more than enough. Nobody flaps: who is let go has enough links without this one, and
 * we keep more than anyone dials for.
 */
export function thinOut(turn: Turn): void {
  const { state, nowMs } = turn;
  const excess = state.neighbours.size - LIMITS.neighboursSoftMax;
  if (excess <= 0 || nowMs < state.links.thinMs) return;
  const share = (1 + randomFraction(state.random)) / 2;
  state.links.thinMs = nowMs + LIMITS.thinOutIntervalMs * share;
  for (let count = Math.ceil(excess * SHARE); count > 0; count -= 1) {
    const least = mostDispensable(turn);
    if (least === null) return;
    letGo(turn, least.peer);
  }
}

export function nextThinMs({ neighbours, links }: PeerState): number {
  return neighbours.size > LIMITS.neighboursSoftMax ? links.thinMs : Infinity;
}
