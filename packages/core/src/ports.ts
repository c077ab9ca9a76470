// What core asks of the world: a store and a network. Adapters implement these; testkit has a contract suite for each.

import type { ChainKey, ConversationId, EntryId, IdentityKey, PeerId } from './brand.ts';
import type { Entry, Hlc } from './log/entry.ts';
import type { OrderKey } from './log/order.ts';
import type { NetworkReport } from './network-report.ts';

// ---------------------------------------------------------------- Store

/** What a peer holds of one chain: the entries floor ≤ seq < length. */
export interface ChainRecord {
  readonly conversation: ConversationId;
  readonly chain: ChainKey;
  readonly identity: IdentityKey;
  /** The bytes by which the identity vouches for the device key; carries the name of that day. */
  readonly certificate: Uint8Array;
  readonly floor: number;
  readonly length: number;
  /** Of the headers, signatures and payloads of these entries, for quotas; of pruned ones by share. */
  readonly bytes: number;
  /** Id of entry length − 1. */
  readonly headId: EntryId;
  /** `prev` of entry `floor`: what an entry placed before it must hash to. */
  readonly floorPrev: string;
  readonly headHlc: Hlc;
  /** Latest name its author gave in this chain. */
  readonly name: string;
  /** Why it is not extended any more; null while it is. */
  readonly stopped: 'forked' | 'refused' | null;
}

export interface RememberedPeer {
  readonly peer: PeerId;
  /** Addresses to dial, best first, as the network prints them. */
  readonly addresses: readonly string[];
  readonly lastSeenMs: number;
}

/** Two signed statements by one author that cannot both be true of one chain (spec/log.md §6). */
export interface StoredProof {
  readonly chain: ChainKey;
  readonly bytes: Uint8Array;
}

/** Bytes of ours under a key: states and secrets that lines depend on. */
export interface StoredValue {
  readonly key: string;
  readonly value: Uint8Array;
}

export type Write =
  | {
      readonly kind: 'entries';
      /**
       * The chain as it is with these entries; entries are contiguous and ascending. One that is stored already is
       * ignored and keeps its arrival; another one in its place is a fault of ours and throws.
       */
      readonly chain: ChainRecord;
      readonly entries: readonly Entry[];
      readonly arrivedMs: number;
      /** True for those that take a place before lines already shown. */
      readonly late: boolean;
      /** True for those whose time is too far in the future: kept and served, but in no window, arrival or search until unparked. */
      readonly parked: boolean;
      /** True for those that are ciphertext: the same until opened, and not counted. Never parked too. Absent means false. */
      readonly sealed?: boolean;
      /**
       * What each entry says, encoded as a plain payload is, kept beside its payload: of ciphertext that was read as it
       * came. Absent for what is plain, and for what is sealed.
       */
      readonly opened?: readonly Uint8Array[];
    }
  /**
   * A sealed entry becomes visible, with a new arrival number, and with these lines (encoded as a plain payload is) kept
   * beside its payload. Ignored for one that is not held; of one that is not sealed (any more) it throws. Lines that
   * cannot be read are shown as none.
   */
  | {
      readonly kind: 'opened';
      readonly chain: ChainKey;
      readonly seq: number;
      readonly lines: Uint8Array;
      readonly arrivedMs: number;
      readonly late: boolean;
    }
  /**
   * Forgets a conversation: its chains, their entries, and what was opened of them, but no proofs. The same chains may
   * be stored anew, also in the same commit. Arrival numbers are not given again.
   */
  | { readonly kind: 'drop'; readonly conversation: ConversationId }
  /** Replaces the record, and forgets the chain's entries below its floor. Arrival numbers are not given again. */
  | { readonly kind: 'prune'; readonly chain: ChainRecord }
  /** Keeps, replaces or (null) erases bytes under a key. */
  | { readonly kind: 'value'; readonly key: string; readonly value: Uint8Array | null }
  /** Parked entries of a conversation with hlc.ms ≤ throughMs become visible, with new arrival numbers in the order on screen. */
  | { readonly kind: 'unpark'; readonly conversation: ConversationId; readonly throughMs: number }
  /** A verified signature for an entry that was stored without one; ignored for any other. */
  | {
      readonly kind: 'signature';
      readonly chain: ChainKey;
      readonly seq: number;
      readonly id: EntryId;
      readonly signature: Uint8Array;
    }
  /** Replaces the record. A chain stays in its conversation: another one throws. */
  | { readonly kind: 'chain'; readonly chain: ChainRecord }
  /** The first proof of a chain is kept. */
  | { readonly kind: 'proof'; readonly proof: StoredProof }
  /** Beyond rememberedPeersMax those seen longest ago are forgotten. */
  | { readonly kind: 'peer'; readonly peer: RememberedPeer }
  | { readonly kind: 'forgetPeer'; readonly peer: PeerId }
  | { readonly kind: 'meta'; readonly key: string; readonly value: string };

/** An entry as the store returns it, with what a reader needs beside it. */
export interface StoredEntry {
  readonly entry: Entry;
  /** What ciphertext turned out to say, encoded as a plain payload is; null for what is plain, or sealed still. */
  readonly opened: Uint8Array | null;
  /** Whose chain it is, from the chain's record. */
  readonly identity: IdentityKey;
  /** 1, 2, 3 … in the order of arrival in this store, without those that were dropped; 0 while parked or sealed. */
  readonly arrival: number;
  readonly arrivedMs: number;
  readonly late: boolean;
}

export interface WindowQuery {
  readonly conversation: ConversationId;
  /** Entries strictly before / after this place; neither: the newest. */
  readonly before?: OrderKey;
  readonly after?: OrderKey;
  /** Only entries with since ≤ hlc.ms < until. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly entriesMax: number;
}

/**
 * A contiguous part of a chain that can be verified by itself, so it must end with a signed entry.
 * 'up': begins at `from`, goes up to the last signed entry below `to` that fits in bytesMax; where none fits, to the
 * first signed entry at or after `from`, even if that is beyond `to`.
 * 'down': ends with the first signed entry at or after `to` − 1, reaches down towards `from` as far as bytesMax allows,
 * and at least to the entry after the signed one below that end, but never below `from`.
 * Bytes are those of header, signature and payload. Neither is longer than runEntriesMax; empty where `from` ('up') or
 * `to` − 1 ('down') is not held.
 */
export interface RunQuery {
  readonly chain: ChainKey;
  readonly from: number;
  readonly to: number;
  readonly direction: 'up' | 'down';
  readonly bytesMax: number;
}

/** The oldest entries of a chain, as they stand to be pruned: from ≤ seq < to. */
export interface OldEntries {
  readonly from: number;
  readonly to: number;
  /** Id of entry to − 1. */
  readonly lastId: EntryId;
  /** As `ChainRecord.bytes` counts them. */
  readonly bytes: number;
}

export interface OldQuery {
  readonly chain: ChainKey;
  /** Only those with hlc.ms < beforeMs, */
  readonly beforeMs: number;
  /** and of those the ones with seq < below. */
  readonly below: number;
  readonly entriesMax: number;
}

export interface SearchHit {
  readonly stored: StoredEntry;
  readonly index: number;
}

/** How much there is of a conversation, for status lines. */
export interface ConversationCount {
  readonly entries: number;
  readonly lines: number;
}

/**
 * Durable memory of one profile. Synchronous: `commit` returns when a kill -9 can no longer lose the batch;
 * `onSynced` says later which commits a power cut can no longer lose either.
 * Faults of the disk throw StoreError.
 */
export interface Store {
  /** In the order in which they were first stored. */
  chains(): ChainRecord[];
  proofs(): StoredProof[];
  /** Those seen last, first. */
  peers(): RememberedPeer[];
  meta(key: string): string | null;
  value(key: string): Uint8Array | null;
  /** All whose keys begin so, in the order of the bytes of their keys. */
  values(prefix: string): StoredValue[];

  /** All of it or nothing, in one transaction. Returns this commit's number: 1, 2, 3 … since opening. */
  commit(writes: readonly Write[]): number;
  /** Registers the one listener that is called with the highest commit number known to be on the platter. */
  onSynced(listener: (commit: number) => void): void;

  /** Entries of a chain to hand to someone: see RunQuery. Ascending; the last one always has a signature. */
  run(query: RunQuery): Entry[];
  /** The first entries of a chain up to the first that is not asked for; null where that is the first, or none is held. */
  oldest(query: OldQuery): OldEntries | null;
  /** hlc.ms of the earliest parked entry of a conversation; null for none. */
  nextParkedMs(conversation: ConversationId): number | null;
  /** One entry by its id, also a parked or sealed one. */
  entry(id: EntryId): StoredEntry | null;
  /** Entries in the order on screen, ascending: with `after` the first entriesMax beyond it, else the last of those before `before`. */
  window(query: WindowQuery): StoredEntry[];
  /** Entries of any conversation in order of arrival, arrival > after. */
  arrivals(after: number, entriesMax: number): StoredEntry[];
  /** The last arrival number that was given, also if its entry was dropped since; 0 for none. */
  lastArrival(): number;
  /**
   * Lines that have all words of the query (of the last one at least the beginning; case and the accents of Latin
   * letters aside), the newest on screen first: exact for up to searchMatchesMax matches, of more the latest to arrive
   * are looked at. Any text is a query; beyond searchWordsMax words are ignored. What is sealed is found once it is opened.
   * Indexes what is not indexed yet first.
   */
  search(query: string, conversation: ConversationId | null, hitsMax: number): SearchHit[];
  /** Indexes up to entriesMax entries for search; returns how many remain at most. To be called when idle. */
  indexSome(entriesMax: number): number;
  /** Without what is parked or sealed. */
  count(conversation: ConversationId): ConversationCount;
  /** Syncs and closes. Idempotent. */
  close(): Promise<void>;
}

/** Fault of the disk, with a code a face can act on. */
export class StoreError extends Error {
  readonly code: 'full' | 'damaged' | 'locked' | 'newer-schema' | 'io';
  /** Which process holds what is 'locked'; null where it is not known, and with every other code. */
  readonly pid: number | null;
  constructor(
    code: StoreError['code'],
    message: string,
    options: { readonly cause?: unknown; readonly pid?: number } = {},
  ) {
    const { pid, ...errorOptions } = options;
    super(message, errorOptions);
    this.name = 'StoreError';
    this.code = code;
    this.pid = pid ?? null;
  }
}

// ---------------------------------------------------------------- Network

/** Whom to dial: an address typed or configured, or a peer with addresses heard from others. */
export interface DialTarget {
  /** host:port, [v6]:port, DNS name or multiaddr, as typed; or one of the addresses of `peer`. */
  readonly addresses: readonly string[];
  /** Whose key must answer; null where only the address is known. */
  readonly peer: PeerId | null;
  /** A signed peer record (opaque to core), which proves the addresses are its owner's. */
  readonly record: Uint8Array | null;
}

export type DialFailure =
  | 'self'
  | 'unreachable'
  | 'refused'
  | 'timeout'
  | 'wrong-peer'
  | 'bad-address'
  | 'not-parley'
  | 'stopped';

export type NetworkPath = 'lan' | 'direct' | 'relayed';

export type NetworkEvent =
  /** A link to a peer is up, in both directions: at most one per peer, until its `disconnected`. */
  | {
      readonly kind: 'connected';
      readonly peer: PeerId;
      readonly direction: 'inbound' | 'outbound';
      /** The other end, as host:port where it is one. */
      readonly address: string;
      readonly path: NetworkPath;
    }
  /** The link goes another way from here on, with no frame lost or overtaken; and what the old way cost is saved. */
  | {
      readonly kind: 'path';
      readonly peer: PeerId;
      readonly address: string;
      readonly path: NetworkPath;
    }
  | { readonly kind: 'disconnected'; readonly peer: PeerId; readonly reason: string }
  /** The signed peer record of a connected peer, when first known and when it changes. */
  | {
      readonly kind: 'record';
      readonly peer: PeerId;
      readonly record: Uint8Array;
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'frame'; readonly peer: PeerId; readonly bytes: Uint8Array }
  /** The queue towards a peer for which `send` said false has room again. */
  | { readonly kind: 'drained'; readonly peer: PeerId }
  /** Someone on the LAN, or who is to be found under one of the keys given to `meet`. */
  | {
      readonly kind: 'discovered';
      readonly target: DialTarget;
      /** Of those given to `meet`, the one they were found by; null for someone on the LAN. */
      readonly key: Uint8Array | null;
    }
  /** A dial reached this peer (also when the link to it was up before). */
  | { readonly kind: 'dialled'; readonly target: DialTarget; readonly peer: PeerId }
  | {
      readonly kind: 'dialFailed';
      readonly target: DialTarget;
      readonly failure: DialFailure;
      readonly text: string;
    }
  /** The addresses others can use changed; also the first event after start. host:port form. */
  | { readonly kind: 'listening'; readonly addresses: readonly string[] }
  /** So many connections since the last such event that did not speak parley (scanners, TLS, HTTP, garbage). */
  | { readonly kind: 'strangers'; readonly count: number }
  /** The network interfaces changed or the machine woke up. */
  | { readonly kind: 'networkChanged' };

/**
 * Links to other peers. Bytes, no meaning. Nothing here blocks or throws once started;
 * outcomes are events.
 */
export interface Network {
  /** Our own key on the network. */
  readonly peer: PeerId;
  /** Listens. Throws NetworkError if an address that was asked for cannot be bound. Events go to the handler from then on. */
  start(handler: (event: NetworkEvent) => void): Promise<void>;
  dial(target: DialTarget): void;
  /** Ends the link, and refuses others by that peer for at least so long; for banMs or more if it broke the rules. */
  hangUp(peer: PeerId, refuseMs: number): void;
  /** Queues one frame (≤ frameBytesMax). False: above the high mark, wait for `drained`. A queue over its hard limit ends the link. */
  send(peer: PeerId, frame: Uint8Array): boolean;
  /**
   * The keys (32 bytes each) under which we are to be found from now on, and find others, among all whom our links lead
   * to: they replace those given before. Whoever is found comes as `discovered`, again from time to time. Those of them
   * that are `sought` (all, if that is left out) are looked for at once; for the others there is time.
   */
  meet(keys: readonly Uint8Array[], sought?: readonly Uint8Array[]): void;
  /** What is known of our own situation now. */
  report(): NetworkReport;
  /** Closes all links within a second, whatever the others do. Idempotent. */
  stop(): Promise<void>;
}

export class NetworkError extends Error {
  readonly code: 'address-in-use' | 'address-not-available' | 'permission' | 'bad-address' | 'io';
  constructor(code: NetworkError['code'], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'NetworkError';
    this.code = code;
  }
}
