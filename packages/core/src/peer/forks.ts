// An author who says two things under one number is stopped there, by everyone, with the proof (spec/log.md §6).

import { verifyForkProof } from '../log/fork-proof.ts';
import { LIMITS } from '../limits.ts';
import { noteChanged } from './announce.ts';
import { putRecord } from './conversation.ts';
import { tellFork } from './fork-news.ts';
import { blame } from './misconduct.ts';
import { setOwnChain } from './own-chain.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

/** A proof of our own making (`from` null) or a neighbour's: the chain is not extended any more, and the others hear of it. */
export function onProof(
  turn: Turn,
  conversation: Conversation,
  from: Neighbour | null,
  bytes: Uint8Array,
): void {
  const { state } = turn;
  const proof = verifyForkProof(state.suite, bytes);
  if (!proof.ok) {
    if (from !== null) blame(turn, from, `proof: ${proof.reason}`);
    return;
  }
  const { chain } = proof.value;
  const record = conversation.table.get(chain);
  if (record === undefined || record.stopped !== null || state.proofs.size >= LIMITS.forkProofsMax)
    return;
  const stopped = { ...record, stopped: 'forked' } as const;
  putRecord(conversation, stopped);
  conversation.pull.lacking.delete(chain);
  state.proofs.set(chain, bytes);
  const own = record.identity === state.self.identity;
  if (conversation.own === chain) setOwnChain(turn, conversation, null);
  const writes = [
    { kind: 'chain', chain: stopped },
    { kind: 'proof', proof: { chain, bytes } },
  ] as const;
  turn.out.push({ kind: 'commit', writes, arrived: [] });
  turn.out.push({ kind: 'tell', event: { kind: 'forked', identity: record.identity, own } });
  from?.provenForks.add(chain);
  for (const neighbour of state.neighbours.values()) tellFork(turn, conversation, neighbour, chain);
  // Who held nothing of it yet, or holds it without our knowing, hears of the stop and answers.
  noteChanged(turn, conversation, chain, { from: null, isSpread: false });
}
