// Entries that come from a file of ours instead of a neighbour.

import type { VerifiedRun } from '../log/run.ts';
import { noteChanged } from './announce.ts';
import { setOwnChain } from './own-chain.ts';
import { readRun } from './read-run.ts';
import { acceptRun } from './receive.ts';
import type { Conversation } from './state.ts';
import type { Turn } from './step-types.ts';

/** Places a run as if it had been asked for; it is announced to those who lack it. */
export function onImport(turn: Turn, conversation: Conversation, run: VerifiedRun): void {
  const read = readRun(turn.state.suite, conversation, run);
  if (!read.ok || acceptRun(turn, conversation, read.value, true) !== 'new') return;
  // We said more in it once than we knew of: going on in it could use a number twice.
  if (run.chain === conversation.own) setOwnChain(turn, conversation, null);
  noteChanged(turn, conversation, run.chain, { from: null, isSpread: false });
}
