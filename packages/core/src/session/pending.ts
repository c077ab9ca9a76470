// What was said and waits to be encrypted, and what was ordered behind it: both change together, or an order waits for ever.

import { LIMITS } from '../limits.ts';
import type { Line } from '../log/entry.ts';
import type { Session } from './state.ts';

type Waiting = Pick<Session, 'pending' | 'deferred'>;

/** What may go into one work: not beyond a change of the roster, which those lines must not meet. */
export function takePending({ pending, deferred }: Waiting): readonly Line[] {
  const most = deferred[0]?.after ?? Infinity;
  const lines = pending.splice(0, Math.min(LIMITS.sessionPendingLinesMax, most));
  for (const each of deferred) each.after -= lines.length;
  return lines;
}

/** The lines wait again, before those that were said since. */
export function putBackPending({ pending, deferred }: Waiting, lines: readonly Line[]): void {
  pending.unshift(...lines);
  for (const each of deferred) each.after += lines.length;
}

/** Nobody will hear them: nothing waits for them any more. Returns how many there were. */
export function dropPending({ pending, deferred }: Waiting): number {
  for (const each of deferred) each.after = 0;
  return pending.splice(0).length;
}
