// Ciphertext that nobody proved to be a member's: whoever knows a session's id can write it, so that little is kept.

import type { ReadRun } from '../read-run.ts';
import { LIMITS } from '../../limits.ts';
import { bytesOf } from '../../log/size.ts';
import type { ChainRecord } from '../../ports.ts';
import type { Session } from '../../session/state.ts';
import type { Conversation, PeerState } from '../state.ts';

/**
 * Whether a run of a private session fits. A chain that was read as a member's is not bounded here; any other may
 * begin, so that whoever comes in is heard, and grow while there is room for all such.
 */
export function fitsUnproven(state: PeerState, conversation: Conversation, run: ReadRun): boolean {
  const session = state.sessions.get(conversation.id);
  if (session === undefined || isProven(state, session, run.chain)) return true;
  const held = conversation.table.get(run.chain)?.bytes ?? 0;
  const grown = held + bytesOf(run.entries);
  if (grown <= LIMITS.unprovenFirstBytesMax) return true;
  if (grown > LIMITS.unprovenChainBytesMax) return false;
  let all = 0;
  for (const record of conversation.table.values())
    if (!isProven(state, session, record.chain, record)) all += record.bytes;
  return all + bytesOf(run.entries) <= LIMITS.unprovenSessionBytesMax;
}

function isProven(
  { self }: PeerState,
  { readers }: Session,
  chain: ChainRecord['chain'],
  record?: ChainRecord,
): boolean {
  return record?.identity === self.identity || (readers.get(chain)?.owner ?? null) !== null;
}
