// Which chain our next line goes to, remembered by the store, so that no number is ever used twice.

import type { ChainKey, ConversationId } from '../brand.ts';
import type { Write } from '../ports.ts';
import type { Conversation } from './state.ts';
import type { Turn } from './step-types.ts';

/** Under which key the store's meta keeps it; the value is the chain's key, or empty for none. */
export function ownChainMeta(conversation: ConversationId): string {
  return `own-chain/${conversation}`;
}

/** That we leave a chain must outlive us: the next process may not know any more that part of it was lost. */
export function ownChainWrite(conversation: ConversationId, chain: ChainKey | null): Write {
  return { kind: 'meta', key: ownChainMeta(conversation), value: chain ?? '' };
}

/** Goes on in this chain from now on; null for a new one at the next line. */
export function setOwnChain(turn: Turn, conversation: Conversation, chain: ChainKey | null): void {
  if (conversation.own === chain) return;
  conversation.own = chain;
  turn.out.push({ kind: 'commit', writes: [ownChainWrite(conversation.id, chain)], arrived: [] });
}
