// Everything a peer knows and is in the middle of: plain data, changed only by step.

import type { ChainKey, ConversationId, DeviceKey, IdentityKey, PeerId } from '../brand.ts';
import type { Suite } from '../crypto/suite.ts';
import type { Hlc } from '../log/entry.ts';
import type { OrderKey } from '../log/order.ts';
import type { ChainRecord, NetworkPath } from '../ports.ts';
import type { Head, HeadTable } from '../sync/head.ts';
import type { Room } from '../room/room.ts';
import type { Carried, Errands, Session } from '../session/state.ts';
import type { RoomTag, Want } from '../sync/message.ts';
import type { PullState } from '../sync/pull.ts';
import type { Guard } from './guard.ts';
import type { LinksState } from './links.ts';
import type { MeetState } from './meet-state.ts';
import type { Random } from './random.ts';
import type { TokenBucket } from './token-bucket.ts';

/** Who we are. The seeds never leave this object. */
export interface Self {
  readonly identity: IdentityKey;
  readonly identitySeed: Uint8Array;
  readonly device: DeviceKey;
  readonly deviceSeed: Uint8Array;
  readonly peer: PeerId;
  /** Of another era no chain of ours is gone on with: part of it may be lost, or go on elsewhere. */
  readonly era: number;
  /** We stay up for others. */
  readonly serves: boolean;
  name: string;
  /** What is shown to neighbours, made for the first of them; null where there is none for the name yet. */
  certificate: Uint8Array | null;
}

/**
 * 'lobby': the room we started in. 'directory': the key packages of everyone in the lobby. 'session': private, and we are or were in it. 'inbox': what others leave for us.
 * 'carried': held for others; we cannot read it.
 */
export type ConversationKind = 'lobby' | 'room' | 'directory' | 'session' | 'inbox' | 'carried';

export interface Conversation {
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  readonly name: string;
  /** Of the lobby and of rooms; null for all others. */
  readonly room: Room | null;
  /** What its people set last; null where nobody did, and of what is no room. */
  readonly settings: Settings;
  readonly retention: Retention;
  readonly table: HeadTable<ChainRecord>;
  /** The chain our next line goes to; null until there is one. */
  own: ChainKey | null;
  /** When this process opened it, by the wall clock: what is older arrived late. */
  readonly openedMs: number;
  /** Place of the newest entry shown. */
  top: OrderKey | null;
  nextParkedMs: number | null;
  entriesHeld: number;
  readonly pull: PullState;
  /** The longest that each chain is known to be, and who said so, where that is more than we have. */
  readonly known: Map<ChainKey, KnownLength>;
  /** Chains to announce soon to those who may need it soon. */
  readonly unannounced: Map<ChainKey, Change>;
  announcedMs: number;
  /** When to announce what gathers; null while nothing does. */
  announceMs: number | null;
  /** Chains to announce some time to all that are not known to hold them, and when. */
  readonly unhurried: Set<ChainKey>;
  unhurriedMs: number | null;
  /** Which neighbour brings each chain's new entries. */
  readonly sources: Map<ChainKey, PeerId>;
  /** How often a chain may be wanted from all neighbours, though its source is still there. */
  readonly regrown: TokenBucket;
  /** How fast our entries may be sent as they are made; beyond that neighbours ask for them. */
  readonly live: TokenBucket;
  /** How often we began a new chain on a neighbour's word alone. */
  unprovenRestarts: number;
  /** How much of our own chain each peer is known to hold, those who left included. */
  readonly receipts: Map<PeerId, number>;
  /** Latest name of everyone who was here, and when they took it. */
  readonly names: Map<IdentityKey, DatedName>;
  readonly chainsOf: Map<IdentityKey, number>;
  /** What is held of it takes so much, in all and of each author. */
  bytesHeld: number;
  readonly bytesOfAuthor: Map<IdentityKey, number>;
  /** How long each chain was when anyone first told of it, in this run of the program. */
  readonly firstHeard: Map<ChainKey, number>;
}

/** What is too old to be kept here. */
export interface Retention {
  /** What was said before is pruned, and not taken from others; −Infinity while all is kept. By the clock of entries. */
  horizonMs: number;
  /** When (monotonic) to look what the horizon is now. */
  lookMs: number;
  /** Chains that may begin with something older. */
  readonly sweep: Set<ChainKey>;
  /** The store was asked for the next of it. */
  isAsking: boolean;
  /** Where a chain began to be young enough, when we looked: what others hold below is of no use. */
  readonly begins: Map<ChainKey, number>;
}

export interface Settings {
  topic: Setting<string> | null;
  /** For how many days what is said is kept; 0 for ever. */
  keep: Setting<number> | null;
}

/** The newest by the order on screen is what holds. */
export interface Setting<Value> {
  readonly value: Value;
  readonly by: IdentityKey;
  readonly place: OrderKey;
  /** When we heard of it, by the wall clock. */
  readonly heardMs: number;
}

/** How a chain grew. */
export interface Change {
  /** Who we have it from; null for ourselves. */
  readonly from: PeerId | null;
  /** True when it was sent on as it came, so that hearing of it is no reason to ask. */
  readonly isSpread: boolean;
}

export interface KnownLength {
  readonly length: number;
  readonly saidBy: PeerId;
}

export interface DatedName {
  readonly name: string;
  readonly hlc: Hlc;
}

export interface Neighbour {
  readonly peer: PeerId;
  readonly direction: 'inbound' | 'outbound';
  /** How it is reached now: a link may begin over a relay and go on without. */
  address: string;
  path: NetworkPath;
  /** Wall clock, and monotonic. */
  readonly connectedMs: number;
  readonly linkedMs: number;
  heardMs: number;
  /** All places were taken when it came: it is let go of then, told of others; null for who stays. */
  passesMs: number | null;
  /** Until when it must have proved who it is. */
  meetByMs: number;
  /** What we ask it to sign. */
  readonly nonce: Uint8Array;
  hello: NeighbourHello | null;
  /** True once it has proved that its device key answers on this connection. */
  met: boolean;
  /** It stays up for others, and has room for what they leave. */
  serves: boolean;
  /** Tags of all rooms it said it is in, whether we know them or not. */
  readonly offered: Set<RoomTag>;
  /** Conversations that we asked it to hold, on this connection, and from which entries on. */
  readonly askedToHold: Map<ConversationId, ReadonlyMap<ChainKey, number>>;
  /** Its tags for the rooms we share, and ours. */
  readonly rooms: Map<RoomTag, ConversationId>;
  readonly tags: Map<ConversationId, RoomTag>;
  readonly claims: Map<ConversationId, Map<ChainKey, Head>>;
  /** Chains whose new entries it gets from others: it hears of them from us, and no more. */
  readonly pruned: Map<ConversationId, Set<ChainKey>>;
  /** It passed on to us what others wrote: a way to them. */
  relays: boolean;
  /** Whom it is linked to in the lobby. */
  links: ReadonlySet<PeerId>;
  /** Of those the first that others would look to for what is left for us: see peersNear. */
  linksNear: readonly PeerId[];
  /** Its queue is full: nothing but what it must have is sent until it drains. */
  blocked: boolean;
  /** Announcements were left out while it was blocked. */
  behind: boolean;
  /** What was sent all the same, since it was blocked. */
  overtakingBytes: number;
  /** When to compare heads with it, since not all was listened to that was pushed, or pushed at all; null while it was. */
  unheardMs: number | null;
  readonly wants: Want[];
  serving: boolean;
  /** Frames other than entries that it may still send. */
  readonly talk: TokenBucket;
  /** Entries beyond `live` that it may still send, unread, before that is held against it. */
  readonly excess: TokenBucket;
  /** How much of each chain it need not hear that we hold: it was told, or we sent it, or have it from there. */
  readonly told: Map<ChainKey, number>;
  /** How many others it may still tell us of. */
  readonly introductions: TokenBucket;
  /** How often we may still tell others of its addresses. */
  readonly records: TokenBucket;
  /** Forked chains it has been told of. */
  readonly provenForks: Set<ChainKey>;
  record: { readonly bytes: Uint8Array; readonly addresses: readonly string[] } | null;
  ping: { readonly number: number; readonly sentMs: number } | null;
  pingAtMs: number;
  latencyMs: number | null;
  /** Its wall clock minus our monotonic one, as it last told: good even when our own wall clock is set. */
  clockBaseMs: number;
  /** Entries that it did not ask for and that we may still send: as many as it reads. */
  readonly pushed: TokenBucket;
  /** How fast it may send entries that were not asked for. */
  readonly live: TokenBucket;
}

export interface NeighbourHello {
  readonly identity: IdentityKey;
  readonly device: DeviceKey;
  readonly name: string;
  readonly nonce: Uint8Array;
}

/** Someone seen in this run of the program, for "last seen". */
export interface Acquaintance {
  readonly name: string;
  readonly seenMs: number;
}

export interface PeerState {
  readonly suite: Suite;
  readonly self: Self;
  /** The room we started in, and where those in it state their key packages. */
  readonly lobby: ConversationId;
  readonly directory: ConversationId;
  /** Private sessions by their conversation, those we left included. */
  readonly sessions: Map<ConversationId, Session>;
  readonly errands: Errands;
  /** Conversations that we hold for others. */
  readonly carried: Map<ConversationId, Carried>;
  readonly conversations: Map<ConversationId, Conversation>;
  readonly neighbours: Map<PeerId, Neighbour>;
  readonly acquaintances: Map<IdentityKey, Acquaintance>;
  /** What keeps one author or peer from crowding out the others. */
  readonly guard: Guard;
  /** Why stopped chains are: proofs to hand to those who do not know. */
  readonly proofs: Map<ChainKey, Uint8Array>;
  readonly links: LinksState;
  readonly meet: MeetState;
  readonly random: Random;
  /** Chains of open rooms that are longer are fetched from their newest end. */
  readonly newestFirst: number;
  /** How long a day is, for what is kept by days. */
  readonly dayMs: number;
  antiEntropyMs: number;
  /** When somebody last pushed something new: those who are ways to others had something to pass on. */
  newsMs: number;
  /** When to tell which links we have in the lobby; null while nothing changed. */
  linksMs: number | null;
  /** When to look again who is near; null while nobody told of new links. */
  nearMs: number | null;
  listening: readonly string[];
}
