// What was left out of someone's entries is fetched again: their quarantine is over, or they are not blocked any more.

import type { IdentityKey } from '../brand.ts';
import { accountOf } from './author-account.ts';
import { isRoom } from './conversation.ts';
import type { Turn } from './step-types.ts';
import { compareWith } from './compare.ts';

/** Those whose time is over go on where they were. */
export function liftQuarantines(turn: Turn): void {
  for (const [identity, untilMs] of turn.state.guard.quarantined)
    if (untilMs <= turn.nowMs) liftQuarantine(turn, identity);
}

/** What was not fetched meanwhile is asked for; the budget begins anew. */
export function liftQuarantine(turn: Turn, identity: IdentityKey): void {
  const { state, nowMs } = turn;
  if (!state.guard.quarantined.delete(identity)) return;
  const account = accountOf(state.guard, identity, nowMs);
  account.windowMs = nowMs;
  account.windowBytes = 0;
  compareRooms(turn);
  turn.out.push({ kind: 'tell', event: { kind: 'released', identity } });
}

/** All rooms with all neighbours: what was left out before is found again. */
export function compareRooms(turn: Turn): void {
  const { conversations, neighbours } = turn.state;
  for (const conversation of conversations.values()) {
    if (!isRoom(conversation.kind)) continue;
    for (const neighbour of neighbours.values()) compareWith(turn, conversation, neighbour);
  }
}
