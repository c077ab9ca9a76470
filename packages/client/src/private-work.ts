// What the client asks of a peer's private sessions: who does their work, and whether any waits to be done.

import type { ConversationId, PeerState, Store, Suite, Work, WorkResult } from '@parley/core';
import { LIMITS } from '@parley/core';
import type { LoadSessionCrypto } from './workshop.ts';
import { createWorkshop } from './workshop.ts';

interface WorkOptions {
  readonly suite: Suite;
  readonly store: Store;
  readonly identitySeed: Uint8Array;
  readonly deviceSeed: Uint8Array;
  readonly sessionCrypto: LoadSessionCrypto | null;
}

export function workOf(options: WorkOptions): (work: Work) => Promise<WorkResult> {
  const { sessionCrypto: load, suite, store, identitySeed, deviceSeed } = options;
  if (load !== null) return createWorkshop({ suite, store, identitySeed, deviceSeed, load });
  return () => Promise.reject(new Error('a peer that cannot fork asked for work'));
}

/** Something said in a private session is not written yet. */
export function isWorking({ sessions }: PeerState): boolean {
  for (const { pending, busy } of sessions.values()) if (pending.length > 0 || busy) return true;
  return false;
}

/** How many lines wait in private sessions to be encrypted. */
export function unsaidIn({ sessions }: PeerState): number {
  let lines = 0;
  for (const { pending } of sessions.values()) lines += pending.length;
  return lines;
}

/** What waits in a session is encrypted in batches; more is taken when it is. */
export function hasRoomFor({ sessions }: PeerState, id: ConversationId): boolean {
  return (sessions.get(id)?.pending.length ?? 0) < LIMITS.sessionPendingLinesMax;
}
