// The clock neighbours agree on: ours, unless most of them say that it is wrong (spec/log.md §5).

import { LIMITS } from '../limits.ts';
import type { Turn } from './step-types.ts';

/**
 * Milliseconds since 1970, corrected by the lower median of our neighbours' offsets and our own (0) where that is over a minute.
 * The lower one: of two peers the earlier clock counts, since a line from the past does no harm.
 */
export function agreedNow({ state, wallMs }: Pick<Turn, 'state' | 'wallMs'>): number {
  const offsets = [0];
  for (const neighbour of state.neighbours.values()) {
    if (neighbour.met && neighbour.hello !== null) offsets.push(neighbour.hello.clockOffsetMs);
  }
  if (offsets.length === 1) return wallMs;
  offsets.sort((left, right) => left - right);
  const median = offsets[(offsets.length - 1) >> 1] ?? 0;
  return Math.abs(median) > LIMITS.clockSkewNoticeMs ? wallMs + median : wallMs;
}
