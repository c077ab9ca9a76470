// What we say ourselves: lines become entries at the end of our own chain (spec/log.md §2).

import type { Entry, Hlc, Line } from '../log/entry.ts';
import { chainKeyOf } from '../log/chain-key.ts';
import { maxHlc, nextHlc } from '../log/hlc.ts';
import { encodedLineBytes, encodeLines } from '../log/line.ts';
import { encodeRun } from '../log/run.ts';
import { bytesOf } from '../log/size.ts';
import { sealEntry } from '../log/seal.ts';
import type { SealFields } from '../log/seal.ts';
import { makeCertificate, restoreCertificate } from '../identity/certificate.ts';
import type { Certificate } from '../identity/certificate.ts';
import { LIMITS } from '../limits.ts';
import type { ChainRecord } from '../ports.ts';
import { ROOM_KEY_ID, roomSalt, sealPayload } from '../room/sealed.ts';
import { NO_HEAD_ID } from '../sync/head.ts';
import { noteChanged } from './announce.ts';
import { agreedNow } from './clock.ts';
import { secretOf } from './conversation.ts';
import { setOwnChain } from './own-chain.ts';
import { randomBytes } from './random.ts';
import { place } from './receive.ts';
import { spread } from './spread.ts';
import type { Conversation } from './state.ts';
import type { Turn } from './step-types.ts';
import { takeTokens } from './token-bucket.ts';

const CHAIN_NUMBER_BYTES = 8;

/** Appends lines to our chain, stores them, and sends them: at once while that is quick, else neighbours are told to ask. */
export function say(turn: Turn, conversation: Conversation, lines: readonly Line[]): void {
  const { name } = turn.state.self;
  const chain = ownChain(turn, conversation);
  const named: readonly Line[] = chain.name === name ? lines : [{ type: 'nick', name }, ...lines];
  for (const batch of batches(named)) append(turn, conversation, batch);
}

/** As many lines an entry as its limits allow. */
export function* batches(lines: readonly Line[]): Generator<readonly Line[]> {
  let batch: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = encodedLineBytes(line);
    const isFull =
      batch.length === LIMITS.entryLinesMax || bytes + size > LIMITS.entryPayloadBytesTarget;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Where our next entry goes: the chain we are on, or what a new one begins from. */
interface OwnChain {
  readonly record: ChainRecord | null;
  readonly certificate: Certificate;
  readonly name: string;
}

function ownChain(turn: Turn, conversation: Conversation): OwnChain {
  const { suite, self } = turn.state;
  const record = conversation.own === null ? undefined : conversation.table.get(conversation.own);
  const nowMs = agreedNow(turn);
  const isUsable = record !== undefined && record.stopped === null;
  // A chain that we wrote with a clock far ahead would keep all that follows parked.
  if (isUsable && record.headHlc.ms <= nowMs + LIMITS.clockSkewNoticeMs) {
    return {
      record,
      certificate: restoreCertificate(suite, record.certificate),
      name: record.name,
    };
  }
  const { identitySeed, device, name } = self;
  const certificate = makeCertificate(suite, { identitySeed, device, createdMs: nowMs, name });
  return { record: null, certificate, name };
}

function append(turn: Turn, conversation: Conversation, lines: readonly Line[]): void {
  const { self } = turn.state;
  const { record, certificate } = ownChain(turn, conversation);
  const base = record ?? newRecord(turn, conversation, certificate);
  const name = lines.findLast((line) => line.type === 'nick')?.name ?? base.name;
  const author = { seed: self.deviceSeed, certificate, record: { ...base, name } };
  const plain = encodeLines(lines);
  const entry = seal(turn, conversation, author, {
    ...wordingOf(turn, conversation, author.record, plain),
    lineCount: lines.length,
  });
  setOwnChain(turn, conversation, base.chain);
  const opened = secretOf(conversation) === null ? null : [plain];
  const part = { entries: [entry], lines: [lines], opened };
  place(turn, conversation, grownBy(author.record, entry), part);
  send(turn, conversation, author, entry);
}

/** In a secret room nothing leaves us that is not encrypted. */
function wordingOf(
  turn: Turn,
  conversation: Conversation,
  { chain, length: seq }: ChainRecord,
  plain: Uint8Array,
): Pick<Wording, 'payload' | 'keyId'> {
  const { suite, random } = turn.state;
  const secret = secretOf(conversation);
  if (secret === null) return { payload: plain, keyId: null };
  const salt = roomSalt(suite, randomBytes(random), plain);
  const where = { conversation: conversation.id, chain, seq };
  return { payload: sealPayload(suite, secret, where, { salt, plain }), keyId: ROOM_KEY_ID };
}

/** Who writes: the chain as it is, of length 0 where it is to begin, and the key that signs it. */
export interface Author {
  /** 32-byte Ed25519 seed of the chain's device key. */
  readonly seed: Uint8Array;
  readonly certificate: Certificate;
  readonly record: ChainRecord;
}

/** What an entry says, in plain or encrypted. */
export type Wording = Pick<SealFields, 'payload' | 'lineCount' | 'keyId'>;

/** The next entry of a chain of ours. */
export function seal(
  turn: Turn,
  conversation: Conversation,
  { seed, certificate, record }: Author,
  wording: Wording,
): Entry {
  const nowMs = agreedNow(turn);
  const isFirst = record.length === 0;
  return sealEntry(turn.state.suite, seed, {
    conversation: conversation.id,
    chain: record.chain,
    seq: record.length,
    prev: isFirst ? certificate.hash : record.headId,
    hlc: nextHlc(latestOf(conversation, isFirst ? null : record, nowMs), nowMs),
    certificateHash: certificate.hash,
    ...wording,
  });
}

/** The chain with one more entry. */
export function grownBy(record: ChainRecord, entry: Entry): ChainRecord {
  const { id, header } = entry;
  const floorPrev = header.seq === 0 ? header.prev : record.floorPrev;
  const grown = { floorPrev, length: header.seq + 1, headId: id, headHlc: header.hlc };
  return { ...record, ...grown, bytes: record.bytes + bytesOf([entry]) };
}

/** To the neighbours: as it is while that is quick, else they are told to ask. */
export function send(
  turn: Turn,
  conversation: Conversation,
  { certificate }: Pick<Author, 'certificate'>,
  entry: Entry,
): void {
  const isSpread = takeTokens(conversation.live, 1, turn.nowMs);
  const { chain, seq } = entry.header;
  const fresh = { chain, length: seq + 1, from: null };
  if (isSpread) {
    const bytes = encodeRun(certificate.bytes, [entry]);
    spread(turn, conversation, { ...fresh, bytes });
  }
  noteChanged(turn, conversation, chain, { from: null, isSpread });
}

/** After what is shown and after our own last; but who writes with a clock far ahead does not take us along. */
function latestOf(conversation: Conversation, own: ChainRecord | null, nowMs: number): Hlc | null {
  const shown = conversation.top?.hlc ?? null;
  const top = shown !== null && shown.ms <= nowMs + LIMITS.clockSkewNoticeMs ? shown : null;
  if (own === null || top === null) return top ?? own?.headHlc ?? null;
  return maxHlc(own.headHlc, top);
}

function newRecord(turn: Turn, conversation: Conversation, certificate: Certificate): ChainRecord {
  const { random, self } = turn.state;
  const chain = chainKeyOf(self.device, randomBytes(random).subarray(0, CHAIN_NUMBER_BYTES));
  conversation.receipts.clear();
  return emptyRecord(conversation, {
    chain,
    certificate,
    identity: self.identity,
    name: self.name,
  });
}

/** A chain of ours without entries. */
export function emptyRecord(
  conversation: Conversation,
  of: Pick<ChainRecord, 'chain' | 'identity' | 'name'> & { readonly certificate: Certificate },
): ChainRecord {
  const { chain, certificate, identity, name } = of;
  return {
    conversation: conversation.id,
    chain,
    identity,
    certificate: certificate.bytes,
    floor: 0,
    length: 0,
    bytes: 0,
    headId: NO_HEAD_ID,
    floorPrev: certificate.hash,
    headHlc: { ms: 0, counter: 0 },
    name,
    stopped: null,
  };
}
