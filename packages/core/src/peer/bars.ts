// Of whom nothing more is fetched, stored or passed on, and why.

import type { ChainKey, DeviceKey, IdentityKey } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { deviceOf } from '../log/chain-key.ts';
import type { ChainRecord } from '../ports.ts';
import type { HeadTable } from '../sync/head.ts';
import { authorOf } from './author-account.ts';
import { isReadAtOnce, isRoom } from './conversation.ts';
import { isOverShare } from './quota.ts';
import type { Conversation, PeerState } from './state.ts';

/** 'blocked' by hand; in 'quarantine' for flooding; over their share of a room's 'quota'. */
export type Bar = 'blocked' | 'quarantine' | 'quota';

/** Private sessions are read on, whoever is in them: all keys there depend on each other. */
export function barOn(
  state: PeerState,
  conversation: Conversation,
  identity: IdentityKey,
): Bar | null {
  const { kind } = conversation;
  const isShared = isRoom(kind) || isReadAtOnce(kind);
  if (!isShared || identity === state.self.identity) return null;
  // Whoever is in a private session with them needs their keys still.
  if (isRoom(kind) && isBlocked(state, identity)) return 'blocked';
  if (state.guard.quarantined.has(identity)) return 'quarantine';
  return isOverShare(state, conversation, identity) ? 'quota' : null;
}

export function isBlocked(
  { guard }: Pick<PeerState, 'guard'>,
  identity: IdentityKey | null,
): boolean {
  return identity !== null && guard.rulings.get(identity) === 'blocked';
}

/** The same of a chain, of which nothing may be here yet. */
export function barOnChain(
  state: PeerState,
  conversation: Conversation,
  chain: ChainKey,
): Bar | null {
  const author = authorOf(state, conversation, chain);
  return author === null ? null : barOn(state, conversation, author);
}

/** What we hold of those who are blocked is not there for neighbours. */
export function isHidden(state: PeerState, conversation: Conversation, chain: ChainKey): boolean {
  if (state.guard.rulings.size === 0 || !isRoom(conversation.kind)) return false;
  return isBlocked(state, conversation.table.get(chain)?.identity ?? null);
}

/** What neighbours are told that we hold. */
export function offeredTable(
  state: PeerState,
  conversation: Conversation,
): Pick<HeadTable<ChainRecord>, 'range'> {
  const { table } = conversation;
  if (state.guard.rulings.size === 0 || !isRoom(conversation.kind)) return table;
  return {
    range: (lower, upper) =>
      table.range(lower, upper).filter(({ identity }) => !isBlocked(state, identity)),
  };
}

/** Their devices, as far as we heard of them: by these chains are known as theirs. */
export function learnDevices(state: PeerState, identity: IdentityKey): void {
  for (const { hello } of state.neighbours.values())
    if (hello?.identity === identity) noteDevice(state, hello.device, identity);
  for (const { kind, table } of state.conversations.values()) {
    if (!isRoom(kind) && !isReadAtOnce(kind)) continue;
    for (const record of table.values())
      if (record.identity === identity) learnDevice(state, record.chain, identity);
  }
}

/** A chain turned out to be of someone whose next chains are to be known as theirs. */
export function learnDevice(state: PeerState, chain: ChainKey, identity: IdentityKey): void {
  noteDevice(state, deviceOf(chain), identity);
}

/** Of too many the one that was noted longest ago is forgotten. */
export function noteDevice(
  { guard: { devices } }: Pick<PeerState, 'guard'>,
  device: DeviceKey,
  identity: IdentityKey,
): void {
  devices.delete(device);
  devices.set(device, identity);
  const [oldest] = devices.keys();
  if (devices.size > LIMITS.knownDevicesMax && oldest !== undefined) devices.delete(oldest);
}

/** Nothing of theirs is asked for any more, nor announced; `isForgotten`: nor is it missed. */
export function letGo(
  state: PeerState,
  conversation: Conversation,
  identity: IdentityKey,
  { isForgotten }: { readonly isForgotten: boolean },
): void {
  const { pull, known, unannounced, unhurried } = conversation;
  const isTheirs = (chain: ChainKey): boolean => authorOf(state, conversation, chain) === identity;
  for (const [chain] of pull.lacking.all()) if (isTheirs(chain)) pull.lacking.delete(chain);
  for (const chain of unannounced.keys()) if (isTheirs(chain)) unannounced.delete(chain);
  for (const chain of unhurried) if (isTheirs(chain)) unhurried.delete(chain);
  if (!isForgotten) return;
  for (const chain of known.keys()) if (isTheirs(chain)) known.delete(chain);
}
