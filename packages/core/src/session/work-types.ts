// What private sessions need computed with secret keys: asked for by step, done outside it, given back as an input.

import type { ChainKey, ConversationId, DeviceKey, EntryId, IdentityKey } from '../brand.ts';
import type { Entry, Line } from '../log/entry.ts';
import type { Write } from '../ports.ts';
import type { SessionRoster } from './roster.ts';
import type { Credential, SessionCryptoReason } from './session-crypto.ts';

/** At most one is under way for each session, and one each for our directory and our inbox. */
export type Work = MakePackages | Speak | Read | OpenContact;

/** Makes sure that others find enough key packages of ours. */
export interface MakePackages {
  readonly kind: 'packages';
  /** How many one-time ones there ought to be, where they run out. */
  readonly oneTime: number;
  readonly nowMs: number;
}

/** Changes our own send group and says something in it: one road for all that an owner does. */
export interface Speak {
  readonly kind: 'speak';
  readonly session: ConversationId;
  /** Of the session: for newcomers. */
  readonly secret: Uint8Array;
  /** Our chain, which has just this one group. */
  readonly chain: ChainKey;
  /** The group is to be made first. */
  readonly begins: boolean;
  /** Certificates of everyone in the roster. */
  readonly certificates: readonly Uint8Array[];
  readonly remove: readonly DeviceKey[];
  readonly add: readonly Newcomer[];
  /** A commit with fresh keys. */
  readonly rotates: boolean;
  /** Whose fresh keys are mixed into ours. */
  readonly heals: ExporterName | null;
  /** Said to those who were there before, and to those who come. */
  readonly roster: SessionRoster | null;
  /** Whose groups we want to be let into: each is given a key package of ours. */
  readonly asks: readonly { readonly owner: IdentityKey; readonly again: boolean }[];
  /** One message each, within the limits of an entry. May be empty. */
  readonly batches: readonly (readonly Line[])[];
  /** We leave with this: secrets shared with the others are erased. */
  readonly leaves: boolean;
  /** Where first contacts of today are left for someone. */
  readonly nowMs: number;
  /** By the clock that neighbours agree on: when first contacts are made. */
  readonly agreedMs: number;
  /** 0 ≤ chance < 1, fresh for each work. */
  readonly chance: number;
}

/** Someone to be added to our group. */
export interface Newcomer {
  readonly identity: IdentityKey;
  readonly device: DeviceKey;
  /** Handed to us by the newcomer; null to choose one of their directory. */
  readonly keyPackage: Uint8Array | null;
  /** Newest entries of their directory chains, the best first. */
  readonly directory: readonly EntryId[];
  /** They do not know of the session yet: a first contact is to be left in their inbox. */
  readonly inbox: ConversationId | null;
}

/** The secret that the members of a group share at one epoch, mixed into other groups to heal them. */
export interface ExporterName {
  readonly chain: ChainKey;
  readonly epoch: number;
}

/** Reads on in the group of someone else, from the store, entry by entry. */
export interface Read {
  readonly kind: 'read';
  readonly session: ConversationId;
  readonly chain: ChainKey;
  readonly certificates: readonly Uint8Array[];
  /** Number of the first entry to read, and after that of the last. */
  readonly from: number;
  readonly to: number;
  /** Entries of later times wait. */
  readonly throughMs: number;
  /** By our clock, as in all works: when key packages are used, made and forgotten. */
  readonly nowMs: number;
}

/** Opens what someone left in our inbox. */
export interface OpenContact {
  readonly kind: 'contact';
  readonly inbox: ConversationId;
  readonly chain: ChainKey;
}

export type WorkResult = PackagesMade | Spoken | ReadThrough | ContactOpened | WorkFailed;

/** The state it began from is damaged or of another version: a new group, or being let in again, is the way on. */
export interface WorkFailed {
  readonly kind: 'failed';
  readonly reason: SessionCryptoReason;
}

export interface PackagesMade {
  readonly kind: 'packages';
  /** What the directory is to say now: the last-resort package first. Null where what it says is good still. */
  readonly statement: readonly Uint8Array[] | null;
  /** When to look again, by the wall clock. */
  readonly againMs: number;
  /** To be committed with what follows from this; the same in the other results. */
  readonly writes: readonly Write[];
}

export interface Spoken {
  readonly kind: 'spoken';
  /** Payloads of our next entries, in order, each with the lines that it says. */
  readonly payloads: readonly SpokenPayload[];
  readonly added: readonly DeviceKey[];
  /** Of the group now. */
  readonly epoch: number;
  readonly contacts: readonly SealedContact[];
  /** Newcomers that could not be added, or (then they are among `added`, too) not be told so. */
  readonly refused: readonly { readonly identity: IdentityKey; readonly reason: NewcomerReason }[];
  readonly writes: readonly Write[];
}

export type NewcomerReason = SessionCryptoReason | 'no-package';

export interface SpokenPayload {
  readonly payload: Uint8Array;
  readonly lines: readonly Line[];
}

export interface SealedContact {
  readonly inbox: ConversationId;
  readonly sealed: Uint8Array;
}

export interface ReadThrough {
  readonly kind: 'read';
  /** Number of the next entry to read: those below are done with. */
  readonly next: number;
  readonly events: readonly ReadEvent[];
  /**
   * 'all' that there was; 'future': the next entry is for later; 'psk': it mixes in what we have not read yet;
   * 'broken': we cannot read on in this group and must be let in again.
   */
  readonly end: 'all' | 'future' | 'psk' | 'broken';
  readonly writes: readonly Write[];
}

/** In the order of the log. */
export type ReadEvent =
  /** We are in the group from here on; it is proved whose group and chain it is. */
  | {
      readonly kind: 'joined';
      readonly seq: number;
      readonly owner: Credential;
      /** All devices in the group. */
      readonly members: readonly DeviceKey[];
    }
  | {
      readonly kind: 'content';
      readonly seq: number;
      /** The entry it stands in, for whoever shows it. */
      readonly entry: Entry;
      readonly roster: SessionRoster | null;
      readonly asks: readonly Ask[];
      readonly lines: readonly Line[];
      /** The same to the letter, unknown ones too: what the store is to keep. `joinLines` makes one of several. */
      readonly payload: Uint8Array;
    }
  /** The owner's keys are fresh. */
  | {
      readonly kind: 'commit';
      readonly seq: number;
      readonly epoch: number;
      /** True where it has keys that an older copy of the owner's state does not. */
      readonly isFresh: boolean;
      readonly members: readonly DeviceKey[];
    }
  | { readonly kind: 'removed'; readonly seq: number }
  /** Nobody can read it: damaged, forged or repeated. It is passed over. */
  | { readonly kind: 'unreadable'; readonly seq: number; readonly reason: SessionCryptoReason };

/** A member hands the owner of another group a key package: "let me in". */
export interface Ask {
  readonly owner: IdentityKey;
  readonly keyPackage: Uint8Array;
  /** Also if they are in: they cannot read it any more. */
  readonly again: boolean;
}

export interface ContactOpened {
  readonly kind: 'contact';
  /** Null for what was not for us, or is no contact. */
  readonly contact: Contact | null;
  readonly writes: readonly Write[];
}

/** "I forked you into this session." Signed by the device that the certificate names. */
export interface Contact {
  readonly session: ConversationId;
  readonly secret: Uint8Array;
  readonly certificate: Uint8Array;
  /** When it was made, as the inviter says: milliseconds since 1970. */
  readonly madeMs: number;
}
