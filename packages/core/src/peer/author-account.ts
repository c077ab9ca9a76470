// How much an author took of us lately: by that their entries come before or after those of others.

import type { ChainKey, IdentityKey } from '../brand.ts';
import { deviceOf } from '../log/chain-key.ts';
import { LIMITS } from '../limits.ts';
import type { Weight } from '../sync/lacking.ts';
import type { AuthorAccount, Guard } from './guard.ts';
import type { Conversation, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';
import { newTokenBucket, takeTokens } from './token-bucket.ts';

/** Whose chain it is, if that can be known: a chain's key names a device, and its record the identity. */
export function authorOf(
  { guard }: Pick<PeerState, 'guard'>,
  conversation: Conversation,
  chain: ChainKey,
): IdentityKey | null {
  return conversation.table.get(chain)?.identity ?? guard.devices.get(deviceOf(chain)) ?? null;
}

/** The account of an author, made where there is none; of too many the one that was quiet for longest is closed. */
export function accountOf({ accounts }: Guard, author: IdentityKey, nowMs: number): AuthorAccount {
  const known = accounts.get(author);
  const account = known ?? newAccount(nowMs);
  accounts.delete(author);
  if (known === undefined && accounts.size >= LIMITS.authorAccountsMax) {
    const [quietest] = accounts.keys();
    if (quietest !== undefined) accounts.delete(quietest);
  }
  accounts.set(author, account);
  return account;
}

function newAccount(nowMs: number): AuthorAccount {
  return {
    debtBytes: 0,
    debtMs: nowMs,
    windowBytes: 0,
    windowMs: nowMs,
    quarantines: 0,
    live: newTokenBucket(LIMITS.authorLiveBurst, LIMITS.authorLivePerSecond, nowMs),
  };
}

export function addDebt(account: AuthorAccount, bytes: number, nowMs: number): void {
  account.debtBytes = debtNow(account, nowMs) + bytes;
  account.debtMs = nowMs;
}

function debtNow({ debtBytes, debtMs }: AuthorAccount, nowMs: number): number {
  return debtBytes * 0.5 ** (Math.max(0, nowMs - debtMs) / LIMITS.debtHalfLifeMs);
}

/** True where someone took so much lately that others go first. */
export function isHeavyAuthor({ state, nowMs }: Turn, author: IdentityKey): boolean {
  const account = state.guard.accounts.get(author);
  return account !== undefined && debtNow(account, nowMs) > LIMITS.debtLightBytes;
}

/** How much the author of a chain took of us lately. */
export function weightOf(turn: Turn, conversation: Conversation, chain: ChainKey): Weight {
  const { state, nowMs } = turn;
  const author = authorOf(state, conversation, chain);
  if (author === null) return chain === conversation.own ? 0 : 1;
  const account = state.guard.accounts.get(author);
  const debt = account === undefined ? 0 : debtNow(account, nowMs);
  if (debt > LIMITS.debtLightBytes) return 2;
  return debt > LIMITS.debtSlightBytes ? 1 : 0;
}

/** The same of a chain's author, if that is known. */
export function isHeavy(turn: Turn, conversation: Conversation, chain: ChainKey): boolean {
  const author = authorOf(turn.state, conversation, chain);
  return author !== null && isHeavyAuthor(turn, author);
}

/**
 * Whether an entry that an author pushes is looked at: their own few, and of what all push together beyond that as
 * much as can be verified. The others are heard of by their heads, and asked for.
 */
export function mayPush({ state, nowMs }: Turn, author: IdentityKey): boolean {
  const { guard } = state;
  const { live } = accountOf(guard, author, nowMs);
  return takeTokens(live, 1, nowMs) || takeTokens(guard.crowd, 1, nowMs);
}
