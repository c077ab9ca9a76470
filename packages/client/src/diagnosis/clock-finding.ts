// How far our clock is from those of our neighbours.

import { LIMITS } from '@parley/core';
import { counted } from '../commands/columns.ts';
import { durationText } from '../commands/duration.ts';
import { finding } from './finding.ts';
import type { Finding } from './finding.ts';

/** Offsets in milliseconds: their clocks minus ours. */
export function clockFinding(offsetsMs: readonly number[]): Finding {
  if (offsetsMs.length === 0) return finding('clock', 'ok', 'nobody to compare it with');
  const sorted = offsetsMs.toSorted((one, other) => one - other);
  const median = sorted[(sorted.length - 1) >> 1] ?? 0;
  const peers = counted(offsetsMs.length, 'peer');
  if (Math.abs(median) <= LIMITS.clockSkewNoticeMs)
    return finding('clock', 'ok', `within ${durationText(Math.abs(median) + 1_000)} of ${peers}`);
  const text = `${durationText(Math.abs(median))} ${median > 0 ? 'behind' : 'ahead of'} ${peers}`;
  const level = Math.abs(median) > LIMITS.futureMsMax ? 'bad' : 'warn';
  return finding('clock', level, text, 'set the clock of this machine, or let it be set (NTP)');
}
