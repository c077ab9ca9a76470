// Whether a peer keeps within the limits of its queues.

import type { PeerId, PeerState } from '@parley/core';
import { LIMITS } from '@parley/core';

/** Which queue of a peer is longer than it may be; null for none. */
export function queueFault(state: PeerState): string | null {
  for (const { peer, wants } of state.neighbours.values()) {
    if (wants.length > LIMITS.wantsQueuedPerPeerMax) return `${wants.length} wants of ${peer} wait`;
  }
  if (state.links.targets.size > LIMITS.rememberedPeersMax) return 'too many peers remembered';
  for (const { pull, unannounced, receipts, table } of state.conversations.values()) {
    const asked = new Map<PeerId, number>();
    for (const { peer } of pull.inFlight.values()) asked.set(peer, (asked.get(peer) ?? 0) + 1);
    for (const [peer, count] of asked) {
      if (count > LIMITS.wantsInFlightPerPeerMax) return `${count} wants to ${peer} are in flight`;
    }
    if (unannounced.size > table.size) return `${unannounced.size} chains to announce`;
    if (receipts.size > LIMITS.rememberedPeersMax) return `${receipts.size} receipts`;
    if (pull.lacking.size > LIMITS.chainsPerConversationMax) return `${pull.lacking.size} lacking`;
  }
  return null;
}
