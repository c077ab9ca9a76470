// Which chain our next line goes to, remembered by the store, so that no number is ever used twice.

import type { ChainKey, ConversationId } from '../brand.ts';
import type { Write } from '../ports.ts';
import type { Conversation, Self } from './state.ts';
import type { Turn } from './step-types.ts';

/** Under which key the store's meta keeps it. */
export function ownChainMeta(conversation: ConversationId): string {
  return `own-chain/${conversation}`;
}

/** That we leave a chain must outlive us: the next process may not know any more that part of it was lost. */
export function ownChainWrite(
  { era }: Pick<Self, 'era'>,
  conversation: ConversationId,
  chain: ChainKey | null,
): Write {
  const value = chain === null ? '' : `${era} ${chain}`;
  return { kind: 'meta', key: ownChainMeta(conversation), value };
}

/** What the store keeps of it; null for none, and for one of another era. */
export function keptOwnChain({ era }: Pick<Self, 'era'>, kept: string | null): ChainKey | null {
  const [since, chain = ''] = (kept ?? '').split(' ');
  return since === String(era) && chain !== '' ? (chain as ChainKey) : null;
}

/** Goes on in this chain from now on; null for a new one at the next line. */
export function setOwnChain(turn: Turn, conversation: Conversation, chain: ChainKey | null): void {
  if (conversation.own === chain) return;
  conversation.own = chain;
  const write = ownChainWrite(turn.state.self, conversation.id, chain);
  turn.out.push({ kind: 'commit', writes: [write], arrived: [] });
}
