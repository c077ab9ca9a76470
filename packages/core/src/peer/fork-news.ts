// Handing the proof of a fork to a neighbour that goes on with the chain (spec/sync.md §5).

import type { ChainKey } from '../brand.ts';
import { NO_HEAD_ID } from '../sync/head.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

/** Tells a neighbour that is known to hold the chain and not to have stopped it; once. */
export function tellFork(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  chain: ChainKey,
): void {
  const proof = turn.state.proofs.get(chain);
  const tag = neighbour.tags.get(conversation.id);
  const head = neighbour.claims.get(conversation.id)?.get(chain);
  if (proof === undefined || tag === undefined || head === undefined) return;
  // Not to who was only guessed to hold it: a proof of a chain that one does not hold is not kept.
  if (head.headId === NO_HEAD_ID || head.stopped === 'forked' || neighbour.provenForks.has(chain))
    return;
  neighbour.provenForks.add(chain);
  send(turn, neighbour.peer, { type: 'proof', tag, proof });
}
