// Makes an author's next entry: hashes what it says, names it and signs it (spec/log.md §2).

import type { ChainKey, ConversationId, EntryId } from '../brand.ts';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex } from '../bytes/hex.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHashHex } from '../crypto/tagged.ts';
import type { Entry, Hlc } from './entry.ts';
import { encodeHeader } from './header.ts';

export interface SealFields {
  readonly conversation: ConversationId;
  readonly chain: ChainKey;
  readonly seq: number;
  /** Id of the entry before; for seq 0 the hash of the certificate. */
  readonly prev: string;
  readonly hlc: Hlc;
  readonly lineCount: number;
  readonly keyId: number | null;
  readonly payload: Uint8Array;
  /** Hash of the chain's one certificate: the signature covers it, so nobody else can vouch for these lines. */
  readonly certificateHash: string;
}

/** `deviceSeed` (32 bytes) grows the key pair that `chain` names. One Ed25519 signature. */
export function sealEntry(suite: Suite, deviceSeed: Uint8Array, fields: SealFields): Entry {
  const { certificateHash, payload, ...rest } = fields;
  const payloadHash = payloadHashOf(suite, payload);
  const bytes = encodeHeader({ ...rest, payloadHash });
  const { conversation, chain, seq, prev, hlc, lineCount, keyId } = rest;
  const header = {
    conversation,
    chain,
    seq,
    prev,
    hlc,
    lineCount,
    payloadHash,
    keyId,
    bytes,
  };
  const signature = suite.sign(deviceSeed, signedMessage(certificateHash, bytes));
  return { id: entryIdOf(suite, bytes), header, signature, payload } as Entry;
}

/** SHA-256("parley/payload/1\0" ‖ payload), 64 hex digits. */
export function payloadHashOf(suite: Suite, payload: Uint8Array): string {
  return taggedHashHex(suite, TAGS.payload, payload);
}

/** SHA-256("parley/entry/1\0" ‖ header). */
export function entryIdOf(suite: Suite, headerBytes: Uint8Array): EntryId {
  return taggedHashHex(suite, TAGS.entry, headerBytes) as EntryId;
}

/** What an author signs: "parley/entry/1\0" ‖ certificate hash ‖ header. */
export function signedMessage(certificateHash: string, headerBytes: Uint8Array): Uint8Array {
  return concatBytes(TAGS.entry, fromHex(certificateHash), headerBytes);
}
