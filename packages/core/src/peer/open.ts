// A peer's state at start, from what its store holds.

import type { ChainKey, ConversationId, DeviceKey, IdentityKey, PeerId } from '../brand.ts';
import { toHex } from '../bytes/hex.ts';
import { tag, taggedHashHex } from '../crypto/tagged.ts';
import { fromHex } from '../bytes/hex.ts';
import type { Suite } from '../crypto/suite.ts';
import { deviceOf } from '../log/chain-key.ts';
import { compareHlc } from '../log/hlc.ts';
import type { OrderKey } from '../log/order.ts';
import { LIMITS } from '../limits.ts';
import type { ChainRecord, RememberedPeer, StoredProof } from '../ports.ts';
import { HeadTable } from '../sync/head.ts';
import { newPullState } from '../sync/pull.ts';
import { addTarget, newLinks } from './links.ts';
import { newRandom } from './random.ts';
import type { Conversation, PeerState, Self } from './state.ts';
import type { Now } from './step-types.ts';
import { newTokenBucket } from './token-bucket.ts';

export interface OpenOptions {
  readonly suite: Suite;
  /** 32-byte Ed25519 seeds. */
  readonly identitySeed: Uint8Array;
  readonly deviceSeed: Uint8Array;
  readonly name: string;
  readonly peer: PeerId;
  /** 32 bytes of chance. */
  readonly chance: Uint8Array;
  readonly rooms: readonly StoredRoom[];
  readonly chains: readonly ChainRecord[];
  readonly proofs: readonly StoredProof[];
  readonly peers: readonly RememberedPeer[];
  /** 'fresh' begins a new chain: the store may have lost what was sent, or be a copy of one that goes on elsewhere. */
  readonly resume: 'continue' | 'fresh';
  /** In rooms of more peers than this new entries go by gossip; the limit of that name where not given. */
  readonly smallRoomPeersMax?: number;
  /** How long a chain must be to be fetched from its newest end; LIMITS.newestFirstEntries if not said. */
  readonly newestFirst?: number;
  readonly now: Now;
}

/** A conversation we are in, with what the store says of it. */
export interface StoredRoom {
  readonly id: ConversationId;
  readonly name: string;
  /** Place of the newest entry that is visible. */
  readonly top: OrderKey | null;
  readonly nextParkedMs: number | null;
  /** The store's meta under `ownChainMeta(id)`. */
  readonly own: string | null;
}

const TOPIC_TAG = tag('topic');

export function openPeer(options: OpenOptions): PeerState {
  const { suite } = options;
  const nowMs = options.now.monotonicMs;
  const self = selfOf(options);
  const state: PeerState = {
    suite,
    self,
    conversations: new Map(),
    neighbours: new Map(),
    acquaintances: new Map(),
    banned: new Map(),
    proofs: new Map(
      options.proofs.map((proof): [ChainKey, Uint8Array] => [proof.chain, proof.bytes]),
    ),
    links: newLinks(),
    random: newRandom(suite, options.chance),
    smallRoomPeersMax: options.smallRoomPeersMax ?? LIMITS.smallRoomPeersMax,
    antiEntropyMs: nowMs + LIMITS.antiEntropyIntervalMs,
    listening: [],
  };
  for (const room of options.rooms)
    state.conversations.set(room.id, openConversation(options, self, room));
  for (const { peer, addresses } of options.peers) {
    addTarget(state.links, { peer, addresses, record: null }, 'remembered', nowMs);
  }
  return state;
}

function selfOf(options: OpenOptions): Self {
  const { suite, identitySeed, deviceSeed, name, peer } = options;
  const identity = toHex(suite.publicKey(identitySeed)) as IdentityKey;
  const device = toHex(suite.publicKey(deviceSeed)) as DeviceKey;
  return { identity, identitySeed, device, deviceSeed, peer, name };
}

function openConversation(options: OpenOptions, self: Self, room: StoredRoom): Conversation {
  const { suite } = options;
  const { monotonicMs: nowMs, wallMs } = options.now;
  const { id, name, top, nextParkedMs } = room;
  const conversation: Conversation = {
    id,
    name,
    top,
    nextParkedMs,
    topic: topicOf(suite, room.id),
    table: new HeadTable(),
    own: null,
    openedMs: wallMs,
    entriesHeld: 0,
    pull: newPullState(options.newestFirst),
    known: new Map(),
    unannounced: new Map(),
    unhurried: new Set(),
    unhurriedMs: null,
    linksMs: null,
    announcedMs: -Infinity,
    announceMs: null,
    live: newTokenBucket(LIMITS.liveBurstEntries, LIMITS.liveEntriesPerSecond, nowMs),
    receipts: new Map(),
    unprovenRestarts: 0,
    names: new Map(),
    chainsOf: new Map(),
  };
  for (const record of options.chains) {
    if (record.conversation === room.id) addRecord(conversation, record);
  }
  conversation.own = options.resume === 'continue' ? storedOwn(conversation, self, room) : null;
  return conversation;
}

function addRecord(conversation: Conversation, record: ChainRecord): void {
  conversation.table.set(record);
  conversation.entriesHeld += record.length - record.floor;
  conversation.chainsOf.set(record.identity, (conversation.chainsOf.get(record.identity) ?? 0) + 1);
  const known = conversation.names.get(record.identity);
  if (known !== undefined && compareHlc(record.headHlc, known.hlc) < 0) return;
  conversation.names.set(record.identity, { name: record.name, hlc: record.headHlc });
}

/** The chain we were on, if we still hold it and may go on with it. */
function storedOwn(conversation: Conversation, self: Self, room: StoredRoom): ChainKey | null {
  const record = room.own === null ? undefined : conversation.table.get(room.own as ChainKey);
  if (record === undefined || record.stopped !== null) return null;
  return deviceOf(record.chain) === self.device ? record.chain : null;
}

/** Where a conversation's entries are gossiped: says nothing of its id to who does not know it. */
function topicOf(suite: Suite, id: ConversationId): string {
  return `/parley/1/${taggedHashHex(suite, TOPIC_TAG, fromHex(id))}`;
}
