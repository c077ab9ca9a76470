// What is said to be of a later time is kept until then (spec/log.md §5).

import { LIMITS } from '../limits.ts';
import { agreedNow } from './clock.ts';
import type { Conversation } from './state.ts';
import type { Turn } from './step-types.ts';

interface Parking {
  readonly name: string;
  readonly firstMs: number;
  readonly horizonMs: number;
}

export function notePark(turn: Turn, conversation: Conversation, parking: Parking): void {
  const { name, firstMs, horizonMs } = parking;
  if (conversation.nextParkedMs === null) {
    const aheadMs = firstMs - (horizonMs - LIMITS.futureMsMax);
    turn.out.push({ kind: 'tell', event: { kind: 'parked', name, aheadMs } });
  }
  conversation.nextParkedMs = Math.min(conversation.nextParkedMs ?? Infinity, firstMs);
}

/** Shows what was parked and whose time has come. */
export function unpark(turn: Turn, conversation: Conversation): void {
  if (conversation.nextParkedMs === null) return;
  const throughMs = agreedNow(turn) + LIMITS.futureMsMax;
  if (conversation.nextParkedMs > throughMs) return;
  conversation.nextParkedMs = null;
  turn.out.push({ kind: 'unpark', conversation: conversation.id, throughMs });
}
