// The clock neighbours agree on: ours, unless most of them say that it is wrong (spec/log.md §5).

import { LIMITS } from '../limits.ts';
import type { Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

/**
 * Milliseconds since 1970, corrected by the lower median of our neighbours' offsets and our own (0) where that is over a minute.
 * The lower one: of two peers the earlier clock counts, since a line from the past does no harm.
 */
export function agreedNow(turn: Turn): number {
  const { state, wallMs } = turn;
  const offsets = [0];
  for (const neighbour of state.neighbours.values()) {
    if (neighbour.met) offsets.push(clockOffsetMs(turn, neighbour));
  }
  if (offsets.length === 1) return wallMs;
  offsets.sort((left, right) => left - right);
  const median = offsets[(offsets.length - 1) >> 1] ?? 0;
  return Math.abs(median) > LIMITS.clockSkewNoticeMs ? wallMs + median : wallMs;
}

/** A neighbour says what time it is. */
export function noteClock(turn: Turn, neighbour: Neighbour, clockMs: number): void {
  neighbour.clockBaseMs = clockMs - turn.nowMs;
}

/** Its clock minus ours, in whole milliseconds. */
export function clockOffsetMs({ nowMs, wallMs }: Turn, { clockBaseMs }: Neighbour): number {
  return Math.round(clockBaseMs + nowMs - wallMs);
}
