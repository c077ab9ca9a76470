// What a neighbour sent of a chain, verified and read; who is to blame where it cannot be.

import type { RunReason, VerifiedRun } from '../log/run.ts';
import { verifyRun } from '../log/run.ts';
import { blame } from './misconduct.ts';
import type { ReadRun } from './read-run.ts';
import { readRun } from './read-run.ts';
import { knownCertificate } from './receive.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

/**
 * An author can sign what some take, to whom they showed no more than a part, and what all refuse to whom those pass it
 * on: blamed for it, all would be at odds with each other.
 */
const authorsFaults: ReadonlySet<RunReason> = new Set(['other-certificate', 'time-runs-backwards']);

/** Null for a run that is refused: whoever sent it is blamed for it, unless it may be its author's fault. */
export function verified(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  bytes: Uint8Array,
): ReadRun | null {
  const { suite } = turn.state;
  const run = verifyRun(suite, bytes, knownCertificate(conversation));
  if (!run.ok) {
    if (!authorsFaults.has(run.reason)) blame(turn, neighbour, `run: ${run.reason}`);
    return null;
  }
  if (run.value.conversation !== conversation.id) {
    blame(turn, neighbour, 'run: other conversation');
    return null;
  }
  const read = readRun(suite, conversation, run.value);
  if (read.ok) return read.value;
  // Whoever was made to carry a secret room for others cannot read it, but did leave out what is left out.
  if (read.reason === 'no-payload') blame(turn, neighbour, 'run: no-payload');
  else blameAuthor(turn, neighbour, run.value, read.reason);
  return null;
}

/** What an author signed is held against them alone. */
export function blameAuthor(
  turn: Turn,
  neighbour: Neighbour,
  { certificate }: VerifiedRun,
  reason: string,
): void {
  if (certificate.identity === neighbour.hello?.identity) blame(turn, neighbour, `run: ${reason}`);
}
