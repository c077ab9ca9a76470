// The signed part of an entry, to the letter (spec/log.md §2).

import type { ChainKey, ConversationId } from '../brand.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { CborReason } from '../codec/reader.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Header } from './entry.ts';

export type HeaderFields = Omit<Header, 'bytes'>;

export type HeaderReason =
  | CborReason
  | 'unknown-version'
  | 'bad-line-count'
  | 'bad-time'
  | 'bad-seq';

const version = 1;

/** Throws on fields that no header may have: faults of ours. */
export function encodeHeader(fields: HeaderFields): Uint8Array {
  const reason = faultOf(fields);
  if (reason !== null) throw new Error(`no header: ${reason}`);
  const { conversation, chain, seq, prev, hlc, lineCount, payloadHash, keyId } = fields;
  return encode([
    version,
    fromHex(conversation),
    fromHex(chain.slice(0, 64)),
    fromHex(chain.slice(64)),
    seq,
    fromHex(prev),
    hlc.ms,
    hlc.counter,
    lineCount,
    fromHex(payloadHash),
    keyId,
  ]);
}

/**
 * `like` is a header that probably names the same conversation and chain, such as the one before:
 * then its names are used again. It changes nothing but the speed.
 */
export function decodeHeader(bytes: Uint8Array, like?: Header): Result<Header, HeaderReason> {
  if (bytes.length > LIMITS.headerBytesMax) return fail('too-large');
  const reader = new CborReader(bytes);
  reader.tuple(11);
  const foundVersion = reader.uint();
  const { conversation, chain } = readPlace(reader, like);
  const seq = reader.uint();
  const prev = toHex(reader.byteString(32));
  const hlc = { ms: reader.uint(), counter: reader.uint() };
  const lineCount = reader.uint();
  const payloadHash = toHex(reader.byteString(32));
  const keyId = reader.skipNull() ? null : reader.uint();
  const fault = reader.finish();
  if (fault !== null) return fail(fault);
  if (foundVersion !== version) return fail('unknown-version');
  const header = { conversation, chain, seq, prev, hlc, lineCount, payloadHash, keyId, bytes };
  const reason = faultOf(header);
  return reason === null ? ok(header) : fail(reason);
}

/** Where the items of conversation, device and chain number begin and end: all have fixed sizes. */
const placeStart = 2;
const placeEnd = placeStart + 34 + 34 + 9;

type Place = Pick<Header, 'conversation' | 'chain'>;

function readPlace(reader: CborReader, like: Header | undefined): Place {
  if (like !== undefined && isSamePlace(reader, like.bytes)) {
    reader.offset = placeEnd;
    return like;
  }
  const conversation = toHex(reader.byteString(32)) as ConversationId;
  const device = toHex(reader.byteString(32));
  const chain = `${device}${toHex(reader.byteString(8))}` as ChainKey;
  return { conversation, chain };
}

function isSamePlace(reader: CborReader, like: Uint8Array): boolean {
  const { bytes, failed, offset } = reader;
  if (failed || offset !== placeStart || bytes.length < placeEnd) return false;
  for (let at = placeStart; at < placeEnd; at += 1) {
    if (bytes[at] !== like[at]) return false;
  }
  return true;
}

function faultOf(fields: HeaderFields): HeaderReason | null {
  const { seq, hlc, lineCount } = fields;
  if (lineCount < 1 || lineCount > LIMITS.entryLinesMax) return 'bad-line-count';
  if (hlc.ms > LIMITS.timeMsMax || hlc.counter > LIMITS.hlcCounterMax) return 'bad-time';
  return seq > LIMITS.seqMax ? 'bad-seq' : null;
}
