// Newcomers who flood open rooms wait: what they write beyond a budget is not fetched for a while (spec/sync.md §8).

import type { ChainKey, IdentityKey } from '../brand.ts';
import { isPresent } from '../session/roster.ts';
import { LIMITS } from '../limits.ts';
import type { Entry } from '../log/entry.ts';
import { bytesOf } from '../log/size.ts';
import { accountOf, addDebt, isHeavyAuthor } from './author-account.ts';
import { learnDevice, learnDevices, letGo } from './bars.ts';
import { isRoom } from './conversation.ts';
import type { AuthorAccount } from './guard.ts';
import type { Conversation, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** What came of an author in a room. */
export interface Written {
  readonly identity: IdentityKey;
  readonly entries: readonly Entry[];
  /** It was pushed as it was made, and is no history. */
  readonly isPushed: boolean;
}

/** Counts what an author wrote; one whom we do not know, and who writes too much at once, is put in quarantine. */
export function noteWritten(
  turn: Turn,
  conversation: Conversation,
  { identity, entries, isPushed }: Written,
): void {
  const { state, nowMs } = turn;
  if (!isRoom(conversation.kind) || identity === state.self.identity) return;
  const { guard } = state;
  const account = accountOf(guard, identity, nowMs);
  const debtMin = isPushed ? entries.length * LIMITS.pushDebtBytesMin : 0;
  addDebt(account, Math.max(bytesOf(entries), debtMin), nowMs);
  // Whoever begins ever new chains is known by their device.
  const [first] = entries;
  if (first !== undefined && isHeavyAuthor(turn, identity))
    learnDevice(state, first.header.chain, identity);
  const { quarantineWindowMs, quarantineBytes } = guard.limits;
  if (nowMs - account.windowMs >= quarantineWindowMs) {
    account.windowMs = nowMs;
    account.windowBytes = 0;
  }
  account.windowBytes += isPushed ? bytesOf(entries) : newBytes(turn, conversation, entries);
  if (account.windowBytes <= quarantineBytes || guard.quarantined.has(identity)) return;
  if (!isTrusted(state, identity)) putInQuarantine(turn, identity, account);
}

function putInQuarantine(turn: Turn, identity: IdentityKey, account: AuthorAccount): void {
  const { state, nowMs } = turn;
  const { guard } = state;
  const lastsMs = Math.min(
    LIMITS.quarantineMsMax,
    guard.limits.quarantineMs * 2 ** Math.min(account.quarantines, 16),
  );
  account.quarantines += 1;
  if (guard.quarantined.size >= LIMITS.quarantinedMax) return;
  guard.quarantined.set(identity, nowMs + lastsMs);
  learnDevices(state, identity);
  for (const each of state.conversations.values())
    letGo(state, each, identity, { isForgotten: false });
  const { windowBytes: bytes } = account;
  const windowMs = Math.max(1_000, nowMs - account.windowMs);
  const event = { kind: 'quarantined', identity, bytes, windowMs, lastsMs } as const;
  turn.out.push({ kind: 'tell', event });
}

/** History is no flood: what counts is what was made lately, or after we first heard of the chain. */
function newBytes(turn: Turn, conversation: Conversation, entries: readonly Entry[]): number {
  const { guard } = turn.state;
  const sinceMs = turn.wallMs - guard.limits.quarantineWindowMs;
  return bytesOf(
    entries.filter(({ header: { hlc, chain, seq } }) => {
      return hlc.ms >= sinceMs || seq >= (conversation.firstHeard.get(chain) ?? Infinity);
    }),
  );
}

/** How long a chain was when anyone first told of it, in this run of the program. */
export function noteHeard({ firstHeard }: Conversation, chain: ChainKey, length: number): void {
  if (firstHeard.has(chain) || firstHeard.size >= LIMITS.chainsPerConversationMax) return;
  firstHeard.set(chain, length);
}

/** Known by more than what they say in rooms: let on by hand, compared, invited, or in a private session with us. */
function isTrusted({ guard, sessions }: PeerState, identity: IdentityKey): boolean {
  if (guard.rulings.get(identity) === 'free' || guard.trusted.has(identity)) return true;
  for (const { roster, leftMs } of sessions.values())
    if (leftMs === null && roster !== null && isPresent(roster, identity)) return true;
  return false;
}

export function nextQuarantineMs({ guard }: PeerState): number {
  let next = Infinity;
  for (const untilMs of guard.quarantined.values()) next = Math.min(next, untilMs);
  return next;
}
