// Whether a peer that stays up does what it is there for: others can reach it, and it can write.

import type { OpenedPeer } from '../profile/open.ts';

export type Health = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export function healthOf({ client, checkStore }: OpenedPeer): Health {
  if (client.view.listening().length === 0) return { ok: false, reason: 'not listening' };
  try {
    checkStore();
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  return { ok: true };
}
