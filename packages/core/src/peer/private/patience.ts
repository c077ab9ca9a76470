// Lines wait a moment for those who are in a session but cannot be let in yet: later they could never read them.

import type { IdentityKey } from '../../brand.ts';
import type { Session } from '../../session/state.ts';

/** Their directory is on its way, if it can come at all: whoever let them in had it. */
const PATIENCE_MS = 5_000;

/** Whether lines wait now for the keys of any of these; once for each, until their keys have come. */
export function waitsForKeys(
  session: Session,
  missing: ReadonlySet<IdentityKey>,
  nowMs: number,
): boolean {
  const { awaited } = session;
  for (const identity of awaited.keys()) if (!missing.has(identity)) awaited.delete(identity);
  for (const identity of missing)
    if (!awaited.has(identity)) awaited.set(identity, nowMs + PATIENCE_MS);
  const untilMs = Math.max(-Infinity, ...awaited.values());
  const waits = session.pending.length > 0 && untilMs > nowMs;
  session.linesWakeMs = waits ? untilMs : Infinity;
  return waits;
}
