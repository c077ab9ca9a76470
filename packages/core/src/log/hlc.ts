// Hybrid logical clocks: time that follows the wall clock and never runs backwards (spec/log.md §5).

import { LIMITS } from '../limits.ts';
import type { Hlc } from './entry.ts';

/** Negative, zero or positive: earlier, the same, later. */
export function compareHlc(left: Hlc, right: Hlc): number {
  return left.ms - right.ms || left.counter - right.counter;
}

/** The time of something that happens now, after all that was seen. `nowMs` is whole milliseconds since 1970. */
export function nextHlc(last: Hlc | null, nowMs: number): Hlc {
  if (last === null || nowMs > last.ms) return { ms: nowMs, counter: 0 };
  if (last.counter < LIMITS.hlcCounterMax) return { ms: last.ms, counter: last.counter + 1 };
  return { ms: last.ms + 1, counter: 0 };
}

export function maxHlc(left: Hlc, right: Hlc): Hlc {
  return compareHlc(left, right) < 0 ? right : left;
}
