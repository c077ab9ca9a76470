// A conversation as a peer begins to know it: from its store at start, or anew at run time.

import type { ChainKey, IdentityKey } from '../brand.ts';
import { deviceOf } from '../log/chain-key.ts';
import { compareHlc } from '../log/hlc.ts';
import { LIMITS } from '../limits.ts';
import type { ChainRecord } from '../ports.ts';
import { HeadTable } from '../sync/head.ts';
import { newPullState } from '../sync/pull.ts';
import type { Conversation, ConversationKind, PeerState, Retention } from './state.ts';
import type { Now } from './step-types.ts';
import { newTokenBucket } from './token-bucket.ts';

/** What it begins with; `room` for the lobby and for rooms alone. */
export type NewConversation = Pick<Conversation, 'id' | 'kind' | 'name'> &
  Partial<Pick<Conversation, 'room'>>;

export function newConversation(
  { newestFirst }: Pick<PeerState, 'newestFirst'>,
  { id, kind, name, room = null }: NewConversation,
  { monotonicMs: nowMs, wallMs }: Now,
): Conversation {
  return {
    id,
    kind,
    name,
    room,
    settings: { topic: null, keep: null },
    retention: newRetention(),
    top: null,
    nextParkedMs: null,
    table: new HeadTable(),
    own: null,
    openedMs: wallMs,
    entriesHeld: 0,
    // Keys only go forward: what is encrypted is read from its beginning.
    pull: newPullState(isReadAtOnce(kind) ? newestFirst : Infinity),
    known: new Map(),
    unannounced: new Map(),
    unhurried: new Set(),
    unhurriedMs: null,
    sources: new Map(),
    regrown: newTokenBucket(LIMITS.regrowBurst, LIMITS.regrowPerSecond, nowMs),
    announcedMs: -Infinity,
    announceMs: null,
    live: newTokenBucket(LIMITS.liveBurstEntries, LIMITS.liveEntriesPerSecond, nowMs),
    receipts: new Map(),
    unprovenRestarts: 0,
    names: new Map(),
    chainsOf: new Map(),
    bytesHeld: 0,
    bytesOfAuthor: new Map(),
    firstHeard: new Map(),
  };
}

function newRetention(): Retention {
  const none = { sweep: new Set<ChainKey>(), begins: new Map<ChainKey, number>() };
  return { horizonMs: -Infinity, lookMs: 0, isAsking: false, ...none };
}

/** Whoever is in it can read each of its entries by itself, as it comes, and writes under their own key. */
export function isReadAtOnce(kind: ConversationKind): boolean {
  return kind === 'lobby' || kind === 'room' || kind === 'directory';
}

/** What its payloads are encrypted under; null where they are not, or not by us. */
export function secretOf({ room }: Conversation): Uint8Array | null {
  return room?.key.kind === 'secret' ? room.key.secret : null;
}

/** People talk in it, and anyone who has its key may. */
export function isRoom(kind: ConversationKind): boolean {
  return kind === 'lobby' || kind === 'room';
}

/** What is held for others, left for us, or private has limits of its own: strangers write there. */
export function chainsMaxOf(kind: ConversationKind): number {
  if (isReadAtOnce(kind)) return LIMITS.chainsPerConversationMax;
  return kind === 'inbox' ? LIMITS.inboxChainsMax : LIMITS.sessionChainsMax;
}

/** A first contact is one entry on a chain of its own. */
export function entriesMaxOf(kind: ConversationKind): number {
  return kind === 'inbox' ? 1 : LIMITS.seqMax;
}

/** Some chain in it is known to be theirs. */
export function isAuthorIn({ table }: Conversation, identity: IdentityKey): boolean {
  for (const record of table.values()) if (record.identity === identity) return true;
  return false;
}

/** Replaces a chain's record, and counts what it takes. */
export function putRecord(conversation: Conversation, record: ChainRecord): void {
  const { table, bytesOfAuthor } = conversation;
  const before = table.get(record.chain);
  table.set(record);
  const { identity } = record;
  const grownBy = record.bytes - (before?.bytes ?? 0);
  conversation.bytesHeld += grownBy;
  if (before !== undefined && before.identity !== identity) {
    bytesOfAuthor.set(before.identity, (bytesOfAuthor.get(before.identity) ?? 0) - before.bytes);
    bytesOfAuthor.set(identity, (bytesOfAuthor.get(identity) ?? 0) + record.bytes);
  } else bytesOfAuthor.set(identity, (bytesOfAuthor.get(identity) ?? 0) + grownBy);
}

/** Counts in a chain of the store. */
export function addRecord(conversation: Conversation, record: ChainRecord): void {
  putRecord(conversation, record);
  conversation.entriesHeld += record.length - record.floor;
  conversation.chainsOf.set(record.identity, (conversation.chainsOf.get(record.identity) ?? 0) + 1);
  const known = conversation.names.get(record.identity);
  if (known !== undefined && compareHlc(record.headHlc, known.hlc) < 0) return;
  conversation.names.set(record.identity, { name: record.name, hlc: record.headHlc });
}

/** The chain we were on, if we still hold it and may go on with it. */
export function storedOwn(
  { self }: Pick<PeerState, 'self'>,
  conversation: Conversation,
  kept: ChainKey | null,
): ChainKey | null {
  const record = kept === null ? undefined : conversation.table.get(kept);
  if (record === undefined || record.stopped !== null) return null;
  // In a private session the key is another for each chain, and the record says that it is ours.
  const isOurs =
    conversation.kind === 'session'
      ? record.identity === self.identity
      : deviceOf(record.chain) === self.device;
  return isOurs ? record.chain : null;
}
