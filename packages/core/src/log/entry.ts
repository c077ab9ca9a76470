// An entry is the signed unit of replication: a batch of lines by one author in one conversation (spec/log.md §2).

import type { ChainKey, ConversationId, EntryId } from '../brand.ts';

/** Hybrid logical clock: milliseconds since 1970 and a counter that orders what one millisecond holds. */
export interface Hlc {
  readonly ms: number;
  readonly counter: number;
}

/** The signed part of an entry, decoded. `bytes` is what was hashed and signed, to the letter. */
export interface Header {
  readonly conversation: ConversationId;
  readonly chain: ChainKey;
  /** 0 for the first entry of a chain, without gaps from there. */
  readonly seq: number;
  /** 64 hex digits: id of the entry before; for seq 0 the SHA-256 of the author's certificate. */
  readonly prev: string;
  readonly hlc: Hlc;
  readonly lineCount: number;
  /** 64 hex digits: SHA-256 of the payload. */
  readonly payloadHash: string;
  /** Which key the payload is encrypted under; null for plain text. */
  readonly keyId: number | null;
  readonly bytes: Uint8Array;
}

declare const verified: unique symbol;

/**
 * An entry whose place in its author's chain and whose payload hash have been checked; only log/run.ts makes one.
 * `signature` is null where a later signature of the same run covers it; the last entry of a run always has one.
 */
export interface Entry {
  readonly [verified]: true;
  readonly id: EntryId;
  readonly header: Header;
  readonly signature: Uint8Array | null;
  /** null once pruned. */
  readonly payload: Uint8Array | null;
}

/** What one line of a payload says. Unknown types are carried and stored, and shown as unknown. */
export type Line =
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'me'; readonly text: string }
  | { readonly type: 'nick'; readonly name: string }
  /** What a room is about from here on; empty for nothing. */
  | { readonly type: 'topic'; readonly text: string }
  /** For how many days what is said in a room is kept from here on; 0 for ever. */
  | { readonly type: 'keep'; readonly days: number }
  /** A key package (RFC 9420) that its author offers, in the directory. */
  | { readonly type: 'package'; readonly keyPackage: Uint8Array }
  | { readonly type: 'unknown'; readonly code: number };
