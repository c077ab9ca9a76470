// The longest that each chain is said to be, for the count of what is missing.

import type { ChainKey, PeerId } from '../brand.ts';
import type { Head } from '../sync/head.ts';
import { chainsMaxOf } from './conversation.ts';
import type { Conversation, PeerState } from './state.ts';

/** A peer says that a chain has so many entries. */
export function noteKnown(
  conversation: Conversation,
  saidBy: PeerId,
  chain: ChainKey,
  length: number,
): void {
  const held = conversation.table.get(chain)?.length ?? 0;
  const known = conversation.known.get(chain)?.length ?? 0;
  if (length <= held || length <= known) return;
  // Who comes back under ever new names can say of as many chains as they like that they are.
  if (known === 0 && conversation.known.size >= chainsMaxOf(conversation.kind)) return;
  conversation.known.set(chain, { length, saidBy });
}

/** A peer says how much it holds: what it was taken to have beyond that, for what it passed on, it has not. */
export function noteSaying(
  state: PeerState,
  conversation: Conversation,
  peer: PeerId,
  { chain, length }: Head,
): void {
  const known = conversation.known.get(chain);
  if (known?.saidBy === peer && length < known.length)
    forgetSaying(state, conversation, peer, chain);
  noteKnown(conversation, peer, chain, length);
}

/** What a peer said counts no more, beyond what others say too: it is banned, or it begins anew and may have less. */
export function forgetSayings(state: PeerState, conversation: Conversation, peer: PeerId): void {
  for (const chain of conversation.known.keys()) forgetSaying(state, conversation, peer, chain);
}

/** The same of one chain: it was asked for it, and has nothing to give. */
export function forgetSaying(
  state: PeerState,
  conversation: Conversation,
  peer: PeerId,
  chain: ChainKey,
): void {
  if (conversation.known.get(chain)?.saidBy !== peer) return;
  conversation.known.delete(chain);
  for (const other of state.neighbours.values()) {
    const head = other.peer === peer ? undefined : other.claims.get(conversation.id)?.get(chain);
    if (head !== undefined) noteKnown(conversation, other.peer, chain, head.length);
  }
}
