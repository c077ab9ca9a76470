// Runs: contiguous entries of one chain, as they travel, verified by one signature (spec/log.md §4).

import type { ChainKey, ConversationId } from '../brand.ts';
import { equalBytes } from '../bytes/compare.ts';
import { fromHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import type { CborValue } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { CborReason } from '../codec/reader.ts';
import type { Suite } from '../crypto/suite.ts';
import { readCertificate, restoreCertificate } from '../identity/certificate.ts';
import type { Certificate, CertificateReason } from '../identity/certificate.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { deviceOf } from './chain-key.ts';
import type { Entry, Header, Line } from './entry.ts';
import { decodeHeader } from './header.ts';
import type { HeaderReason } from './header.ts';
import { compareHlc } from './hlc.ts';
import { decodeLines } from './line.ts';
import type { LineReason } from './line.ts';
import { entryIdOf, payloadHashOf, signedMessage } from './seal.ts';

export interface VerifiedRun {
  readonly certificate: Certificate;
  readonly conversation: ConversationId;
  readonly chain: ChainKey;
  /** Number of the first entry. */
  readonly from: number;
  /** Number after that of the last entry. */
  readonly to: number;
  /** Ascending; only the last has a signature. Their bytes are views into the bytes of the run. */
  readonly entries: readonly Entry[];
  /** The decoded lines of each entry; null where it is encrypted or pruned. */
  readonly lines: readonly (readonly Line[] | null)[];
}

export type RunReason =
  | CborReason
  | HeaderReason
  | LineReason
  | CertificateReason
  | 'no-entries'
  | 'mixed-conversations'
  | 'mixed-chains'
  | 'not-contiguous'
  | 'broken-link'
  | 'time-runs-backwards'
  | 'payload-too-large'
  | 'wrong-payload'
  | 'wrong-device'
  | 'other-certificate'
  | 'wrong-first-link'
  | 'bad-entry-signature';

/**
 * The bytes of the certificate by which we already hold the chain (so that they were verified before), or null.
 * A chain has one certificate for ever: a run of a known chain with another one is refused.
 */
export type KnownCertificate = (chain: ChainKey) => Uint8Array | null;

/** Throws unless there are entries and the last has its signature. */
export function encodeRun(certificate: Uint8Array, entries: readonly Entry[]): Uint8Array {
  const signature = entries.at(-1)?.signature;
  if (signature === null || signature === undefined) throw new Error('the run ends unsigned');
  const pairs = entries.map(({ header, payload }): CborValue => [header.bytes, payload]);
  return encode([certificate, pairs, signature]);
}

/** How a run begins. */
export interface RunHead {
  readonly first: Header;
  /** Entries in it. */
  readonly count: number;
}

/** Nothing of it is checked yet; null where it cannot be read. */
export function headOfRun(bytes: Uint8Array): RunHead | null {
  const reader = new CborReader(bytes);
  reader.tuple(3);
  reader.byteString();
  const count = reader.arrayLength();
  if (count === 0) return null;
  reader.tuple(2);
  const header = reader.byteString();
  if (reader.failed) return null;
  const decoded = decodeHeader(header, undefined);
  return decoded.ok ? { first: decoded.value, count } : null;
}

/**
 * Decodes a run and checks all that spec/log.md §4 asks. One Ed25519 verification,
 * and a second for the certificate where it is not known.
 */
export function verifyRun(
  suite: Suite,
  bytes: Uint8Array,
  known: KnownCertificate,
): Result<VerifiedRun, RunReason> {
  const parts = readParts(bytes);
  if (!parts.ok) return parts;
  const linked = linkEntries(suite, parts.value);
  if (!linked.ok) return linked;
  const { entries, first, last } = linked.value;
  const certificate = certificateFor(suite, parts.value.certificate, known(first.chain));
  if (!certificate.ok) return certificate;
  const { device, hash } = certificate.value;
  if (device !== deviceOf(first.chain)) return fail('wrong-device');
  if (first.seq === 0 && first.prev !== hash) return fail('wrong-first-link');
  const message = signedMessage(hash, last.bytes);
  if (!suite.verify(fromHex(device), message, parts.value.signature)) {
    return fail('bad-entry-signature');
  }
  const lines = decodeAll(entries);
  if (!lines.ok) return lines;
  return ok({
    certificate: certificate.value,
    conversation: first.conversation,
    chain: first.chain,
    from: first.seq,
    to: last.seq + 1,
    entries,
    lines: lines.value,
  });
}

interface Pair {
  readonly header: Header;
  readonly payload: Uint8Array | null;
}

interface Parts {
  readonly certificate: Uint8Array;
  readonly pairs: readonly Pair[];
  readonly signature: Uint8Array;
}

function readParts(bytes: Uint8Array): Result<Parts, RunReason> {
  const reader = new CborReader(bytes);
  reader.tuple(3);
  const certificate = reader.byteString();
  const length = reader.arrayLength();
  if (length > LIMITS.runEntriesMax) return fail(reader.fail('too-many-items'));
  const pairs: Pair[] = [];
  let like: Header | undefined;
  for (let at = 0; at < length && !reader.failed; at += 1) {
    const pair = readPair(reader, like);
    if (!pair.ok) return pair;
    pairs.push(pair.value);
    like = pair.value.header;
  }
  const signature = reader.byteString(64);
  const fault = reader.finish();
  return fault === null ? ok({ certificate, pairs, signature }) : fail(fault);
}

function readPair(reader: CborReader, like: Header | undefined): Result<Pair, RunReason> {
  reader.tuple(2);
  const headerBytes = reader.byteString();
  const payload = reader.skipNull() ? null : reader.byteString();
  if (reader.fault !== null) return fail(reader.fault);
  if (payload !== null && payload.length > LIMITS.entryPayloadBytesMax) {
    return fail('payload-too-large');
  }
  const header = decodeHeader(headerBytes, like);
  return header.ok ? ok({ header: header.value, payload }) : header;
}

interface Linked {
  readonly entries: readonly Entry[];
  readonly first: Header;
  readonly last: Header;
}

/** Names every entry, and checks that each follows the one before and that payloads are those that were signed. */
function linkEntries(suite: Suite, parts: Parts): Result<Linked, RunReason> {
  const { pairs, signature } = parts;
  const entries: Entry[] = [];
  let before: Entry | undefined;
  for (const { header, payload } of pairs) {
    const reason = before === undefined ? null : linkFault(before, header);
    if (reason !== null) return fail(reason);
    if (payload !== null && payloadHashOf(suite, payload) !== header.payloadHash) {
      return fail('wrong-payload');
    }
    const isLast = entries.length === pairs.length - 1;
    const id = entryIdOf(suite, header.bytes);
    before = { id, header, signature: isLast ? signature : null, payload } as Entry;
    entries.push(before);
  }
  const [first] = entries;
  if (first === undefined || before === undefined) return fail('no-entries');
  return ok({ entries, first: first.header, last: before.header });
}

function linkFault(before: Entry, header: Header): RunReason | null {
  const { conversation, chain, seq, hlc } = before.header;
  if (header.conversation !== conversation) return 'mixed-conversations';
  if (header.chain !== chain) return 'mixed-chains';
  if (header.seq !== seq + 1) return 'not-contiguous';
  if (header.prev !== before.id) return 'broken-link';
  return compareHlc(header.hlc, hlc) > 0 ? null : 'time-runs-backwards';
}

function certificateFor(
  suite: Suite,
  bytes: Uint8Array,
  known: Uint8Array | null,
): Result<Certificate, RunReason> {
  if (known === null) return readCertificate(suite, bytes);
  return equalBytes(bytes, known)
    ? ok(restoreCertificate(suite, known))
    : fail('other-certificate');
}

function decodeAll(
  entries: readonly Entry[],
): Result<readonly (readonly Line[] | null)[], LineReason> {
  const all: (readonly Line[] | null)[] = [];
  for (const { header, payload } of entries) {
    if (payload === null || header.keyId !== null) {
      all.push(null);
      continue;
    }
    const lines = decodeLines(payload, header.lineCount);
    if (!lines.ok) return lines;
    all.push(lines.value);
  }
  return ok(all);
}
