// What is held for others, in numbers: how much for whom, from where on, and whether there is room for more.

import type { ChainKey, ConversationId, IdentityKey } from '../brand.ts';
import type { Entry } from '../log/entry.ts';
import { bytesOf } from '../log/size.ts';
import type { PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** From which entry on a chain is held for others: what any of them needs. 0 for all of it, and for what we do not carry. */
export function heldFrom(
  { carried }: Pick<PeerState, 'carried'>,
  id: ConversationId,
  chain: ChainKey,
): number {
  const depositors = carried.get(id)?.depositors;
  if (depositors === undefined || depositors.size === 0) return 0;
  let least = Infinity;
  for (const from of depositors.values()) least = Math.min(least, from.get(chain) ?? 0);
  return least;
}

/** What is kept for one depositor, who answers for all of a conversation that several gave. */
export function shareOf(
  state: PeerState,
  depositor: IdentityKey,
): { readonly bytes: number; readonly conversations: number } {
  let bytes = 0;
  let conversations = 0;
  for (const carried of state.carried.values()) {
    if (!carried.depositors.has(depositor)) continue;
    bytes += carried.bytes;
    conversations += 1;
  }
  return { bytes, conversations };
}

/** Whether what came may be kept: within the quota of all who asked for it, and of everything. */
export function hasRoomToHold(
  state: PeerState,
  id: ConversationId,
  entries: readonly Entry[],
): boolean {
  const carried = state.carried.get(id);
  if (carried === undefined) return false;
  const more = bytesOf(entries);
  let all = 0;
  for (const { bytes } of state.carried.values()) all += bytes;
  const { heldBytesMax, heldBytesPerDepositorMax } = state.guard.limits;
  if (all + more > heldBytesMax) return false;
  for (const depositor of carried.depositors.keys()) {
    if (shareOf(state, depositor).bytes + more <= heldBytesPerDepositorMax) return true;
  }
  return false;
}

export function noteHeld(turn: Turn, id: ConversationId, entries: readonly Entry[]): void {
  const carried = turn.state.carried.get(id);
  if (carried === undefined) return;
  carried.bytes += bytesOf(entries);
  carried.touchedMs = turn.wallMs;
}
