// Whether an entry that nobody asked for is looked at: so much of each neighbour and of each author can be verified.

import type { ChainKey, IdentityKey } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { deviceOf } from '../log/chain-key.ts';
import type { Header } from '../log/entry.ts';
import type { RunHead } from '../log/run.ts';
import { accountOf, addDebt, authorOf, isHeavy, mayPush } from './author-account.ts';
import { barOnChain } from './bars.ts';
import { isReadAtOnce } from './conversation.ts';
import { blame } from './misconduct.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';
import { takeTokens } from './token-bucket.ts';

/** 'later': heads are compared when it is over. 'never': its author is blocked. */
export type Welcome = 'now' | 'later' | 'never';

/** A run that nobody asked for. */
export interface Pushed {
  readonly bytes: Uint8Array;
  /** Of these bytes; null where they cannot be read. */
  readonly head: RunHead | null;
}

/** Decided before anything is verified; what an author may push is no concern of the link that it came by. */
export function welcomeOf(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  { head, bytes }: Pushed,
): Welcome {
  const first = isReadAtOnce(conversation.kind) ? (head?.first ?? null) : null;
  const bar = first === null ? null : barOnChain(turn.state, conversation, first.chain);
  if (bar === 'blocked') return 'never';
  const isFair = first === null || (bar === null && mayBePushed(turn, conversation, first));
  if (!isFair) {
    if (first !== null) noteUnheard(turn, neighbour, first.chain, bytes.length);
    return tooMuch(turn, neighbour);
  }
  return takeTokens(neighbour.live, 1, turn.nowMs) ? 'now' : tooMuch(turn, neighbour);
}

/** What we have already costs its author nothing: others may repeat it. */
function mayBePushed(turn: Turn, conversation: Conversation, { chain, seq }: Header): boolean {
  const record = conversation.table.get(chain);
  // Whoever floods makes us slow, and is fetched at our own pace; those few who talk are heard at once.
  const isSlow = turn.waitedMs > LIMITS.behindMs;
  if (isSlow && (record === undefined || isHeavy(turn, conversation, chain))) return false;
  if (seq < (record?.length ?? 0)) return true;
  // Of who is new here no more is known than their device.
  const author = authorOf(turn.state, conversation, chain) ?? (deviceOf(chain) as string);
  return mayPush(turn, author as IdentityKey);
}

/** What its author themselves sent counts like what was taken; of what others pass on nothing is proved yet. */
function noteUnheard(
  { state, nowMs }: Turn,
  { hello }: Neighbour,
  chain: ChainKey,
  bytes: number,
): void {
  if (hello?.device === deviceOf(chain))
    addDebt(accountOf(state.guard, hello.identity, nowMs), bytes, nowMs);
}

/** Who pushes so much more than anyone reads does not listen. */
function tooMuch(turn: Turn, neighbour: Neighbour): Welcome {
  if (!takeTokens(neighbour.excess, 1, turn.nowMs)) blame(turn, neighbour, 'flood of entries');
  return 'later';
}
