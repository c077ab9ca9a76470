// What a peer knows of its private sessions: plain data, changed only by step.

import type { ChainKey, ConversationId, DeviceKey, IdentityKey, PeerId } from '../brand.ts';
import type { Line } from '../log/entry.ts';
import type { SessionRoster } from './roster.ts';
import type { ExporterName, Newcomer } from './work-types.ts';

export interface Session {
  readonly id: ConversationId;
  /** 32 bytes, of which the id is the hash: told to whoever is let in, and to nobody else. */
  readonly secret: Uint8Array;
  /** By whose word we are in it; ourselves if we forked it. */
  inviter: IdentityKey;
  /** In the list; null until we know who is in it. */
  number: number | null;
  /** Null until it is known: of those we fork until their keys are there, of others until the first message is read. */
  roster: SessionRoster | null;
  /** Whom we fork and until when (monotonic) we wait for their keys; null once it is begun. */
  forming: { readonly people: readonly IdentityKey[]; readonly untilMs: number } | null;
  /** When we left, by the clock that neighbours agree on: who lets us in again does so later. */
  leftMs: number | null;
  own: OwnGroup | null;
  readonly readers: Map<ChainKey, Reader>;
  /** Whom we let in, and who is not told of the session yet. */
  readonly uninformed: Set<IdentityKey>;
  /** How we last tried to let each into our group. */
  readonly tried: Map<IdentityKey, Newcomer>;
  /** Key packages that others handed us, for our group. */
  readonly handed: Map<IdentityKey, Handed>;
  /** Whom to ask to let us in again, and when (monotonic) that was asked last. */
  readonly shutOut: Map<IdentityKey, number>;
  /** When (monotonic) each was last asked to let us in again: whatever came of it, not soon again. */
  readonly asked: Map<IdentityKey, Asked>;
  /** Fresh keys of others, not mixed into ours yet: the newest of each chain. */
  readonly fresh: Map<ChainKey, FreshKeys>;
  /** For whose keys lines wait, and until when (monotonic). */
  readonly awaited: Map<IdentityKey, number>;
  /** When (monotonic) lines go that wait for keys. */
  linesWakeMs: number;
  /** Said, and not written yet. */
  readonly pending: Line[];
  /** What was ordered after lines that wait: it must not overtake them. In order. */
  readonly deferred: Deferred[];
  /** We changed the roster, or owe someone an answer: to be said though nobody typed anything. */
  owesNews: boolean;
  /** When (monotonic) to speak again, since a group that was just begun was no good; null at any time. */
  restUntilMs: number | null;
  /** Work is under way for it. */
  busy: boolean;
  /** The last work was reading: speaking goes first now. */
  readLast: boolean;
}

/** How we asked someone to let us in again. */
export interface Asked {
  /** Monotonic. */
  readonly atMs: number;
  /** How often with little time between. */
  readonly times: number;
}

/** The send group that we own, on the chain that we write. */
export interface OwnGroup {
  readonly chain: ChainKey;
  /** 32-byte Ed25519 seed of the chain's key. */
  readonly seed: Uint8Array;
  /** False until its first entry is written. */
  isBegun: boolean;
  /** Entries that we wrote on it. Where it has more, a copy of us goes on with it: its keys are not ours any more. */
  readonly length: number;
  /** Devices in it beside ours. */
  members: ReadonlySet<DeviceKey>;
  /** SHA-256 of the roster as it was last said in it, as hex. */
  toldRoster: string;
  /** Messages since the last commit with fresh keys, and when (wall clock) that was. */
  messages: number;
  freshMs: number;
}

/** Where we are in someone else's chain. */
export interface Reader {
  readonly chain: ChainKey;
  /** Null until its group let us in, which proves whose it is. */
  owner: IdentityKey | null;
  /** Entries below are done with. */
  next: number;
  /** We are in its group and can read. */
  isIn: boolean;
  /** Why it is not read on just now; null where nothing is in the way. */
  waits: 'psk' | 'future' | 'roster' | null;
  /** When (monotonic) to look again all the same. */
  retryMs: number;
  /** How often in a row it waited for a key, or for a later time. */
  tries: number;
  /** Devices in that group, as its last commit told. */
  members: ReadonlySet<DeviceKey>;
  /** Removed people of whom it was told that this group still has them. */
  readonly warned: Set<IdentityKey>;
}

export interface Deferred {
  /** So many of the lines that wait are to be written first. */
  after: number;
  readonly order: Order;
}

/** What people do to a session beside talking in it. */
export type Order =
  | { readonly kind: 'invite' | 'remove'; readonly person: IdentityKey }
  | { readonly kind: 'leave' };

export interface Handed {
  readonly keyPackage: Uint8Array;
  readonly again: boolean;
}

export interface FreshKeys extends ExporterName {
  readonly members: readonly DeviceKey[];
}

/** Works that belong to no session: our directory and our inbox. */
export interface Errands {
  /** False where this peer has no cryptography for sessions: it carries and chats in the lobby. */
  readonly canFork: boolean;
  /** Sessions to look at when this step ends. */
  readonly due: Set<ConversationId>;
  /** When to look at our key packages again, by the wall clock. */
  packagesMs: number;
  makesPackages: boolean;
  /** How many one-time packages to have: few at first. */
  packagesWanted: number;
  /** Which inbox is of today. */
  inboxPeriod: number;
  /** Chains in our inboxes that are not opened yet. */
  readonly unopened: Map<ChainKey, ConversationId>;
  opens: boolean;
  readonly ranks: Ranks;
  /** Peers that a full mesh does not keep us from dialling. */
  wanted: ReadonlySet<PeerId>;
  /** Whom to ask to hold what is to be looked at when this step ends. */
  holdsDue: boolean;
}

/** Ranks of peers as holders for people, so that each is hashed about once. */
export interface Ranks {
  readonly of: Map<IdentityKey, Map<PeerId, string>>;
  /** How many there are in all. */
  kept: number;
}

/** A conversation that we hold for others. */
export interface Carried {
  readonly id: ConversationId;
  /** Who asked, and from which entries on of each chain; ourselves among them for what we left in someone's inbox. */
  readonly depositors: Map<IdentityKey, ReadonlyMap<ChainKey, number>>;
  /** When something last came, by the wall clock. */
  touchedMs: number;
  /** Bytes of payloads held. */
  bytes: number;
  /** Of an inbox: whose it is, as far as we know (we left something there). */
  recipient: IdentityKey | null;
}
