// The cases of spec/vectors about lines, headers, runs and proofs of equivocation.

import { createNodeSuite } from '@parley/crypto-node';
import { beginChain, extendChain } from '@parley/testkit';
import type { SignedChain } from '@parley/testkit';
import type { ConversationId } from '../../src/brand.ts';
import { decode, encode } from '../../src/codec/cbor.ts';
import type { CborValue } from '../../src/codec/cbor.ts';
import { makeCertificate } from '../../src/identity/certificate.ts';
import { LIMITS } from '../../src/limits.ts';
import { deviceOf } from '../../src/log/chain-key.ts';
import type { Entry } from '../../src/log/entry.ts';
import { makeForkProof, encodeForkProof } from '../../src/log/fork-proof.ts';
import { encodeRun } from '../../src/log/run.ts';
import { sealEntry } from '../../src/log/seal.ts';
import type { SealFields } from '../../src/log/seal.ts';

export type NamedBytes = readonly [name: string, bytes: Uint8Array];

const suite = createNodeSuite();
const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const author = { identitySeed: seedOf(1), deviceSeed: seedOf(2), name: 'anna', createdMs: 1_000 };

function said(chain: SignedChain, ...texts: readonly string[]): SignedChain {
  return texts.reduce(
    (next, text) => extendChain(suite, next, [{ type: 'say', text }], 2_000),
    chain,
  );
}

const chain = said(beginChain(suite, author), 'hello', 'world', 'again');
const { certificate, entries } = chain;
const [a, b, c] = entries as [Entry, Entry, Entry];
const headerItems = itemsOf(b.header.bytes);

function itemsOf(bytes: Uint8Array): readonly CborValue[] {
  const decoded = decode(bytes);
  if (!decoded.ok || !Array.isArray(decoded.value)) throw new Error('no list');
  return decoded.value;
}

function sealed(change: Partial<SealFields>): Entry {
  return sealEntry(suite, author.deviceSeed, {
    conversation: chain.conversation,
    chain: chain.chain,
    seq: 1,
    prev: a.id,
    hlc: { ms: 3_000, counter: 0 },
    lineCount: 1,
    keyId: null,
    payload: encode([[0, 'hi']]),
    certificateHash: certificate.hash,
    ...change,
  });
}

const withItem = (index: number, item: CborValue): Uint8Array =>
  encode(headerItems.with(index, item));

export const headerCases: readonly NamedBytes[] = [
  ['first entry of a chain', a.header.bytes],
  ['second entry', b.header.bytes],
  ['encrypted payload', sealed({ keyId: 7 }).header.bytes],
  [
    'largest values',
    encode([
      ...headerItems.slice(0, 4),
      LIMITS.seqMax,
      headerItems[5] ?? null,
      LIMITS.timeMsMax,
      LIMITS.hlcCounterMax,
      LIMITS.entryLinesMax,
      headerItems[9] ?? null,
      Number.MAX_SAFE_INTEGER,
    ]),
  ],
  ['version 2', withItem(0, 2)],
  ['number over its limit', withItem(4, LIMITS.seqMax + 1)],
  ['no previous id', withItem(5, null)],
  ['time over its limit', withItem(6, LIMITS.timeMsMax + 1)],
  ['counter over its limit', withItem(7, LIMITS.hlcCounterMax + 1)],
  ['no lines', withItem(8, 0)],
  ['too many lines', withItem(8, LIMITS.entryLinesMax + 1)],
  ['one item too many', encode([...headerItems, null])],
  ['cut short', b.header.bytes.slice(0, -1)],
  ['trailing byte', Uint8Array.of(...b.header.bytes, 0)],
];

export const payloadCases: readonly NamedBytes[] = [
  ['say', encode([[0, 'hello']])],
  [
    'say, me and nick',
    encode([
      [0, 'a\nb'],
      [1, 'waves 👋'],
      [2, 'Ольга'],
    ]),
  ],
  [
    'unknown type with fields',
    encode([
      [7, 'x', [1, null]],
      [0, 'hi'],
    ]),
  ],
  ['topic', encode([[8, 'what we build']])],
  ['topic taken away', encode([[8, '']])],
  ['topic over its limit', encode([[8, 'x'.repeat(LIMITS.topicBytesMax + 1)]])],
  ['topic that is a number', encode([[8, 1]])],
  ['topic with a second field', encode([[8, 'a', 1]])],
  ['kept for a month', encode([[9, 30]])],
  ['kept for ever', encode([[9, 0]])],
  ['kept for too many days', encode([[9, LIMITS.keepDaysMax + 1]])],
  ['kept for a text', encode([[9, '30']])],
  ['kept without days', encode([[9]])],
  ['key package', encode([[16, seedOf(7)]])],
  ['empty key package', encode([[16, new Uint8Array(0)]])],
  ['key package over its limit', encode([[16, new Uint8Array(LIMITS.keyPackageBytesMax + 1)]])],
  ['nick not fit for a name', encode([[2, 'two words']])],
  ['empty text', encode([[0, '']])],
  ['text over its limit', encode([[0, 'x'.repeat(LIMITS.lineTextBytesMax + 1)]])],
  ['nick over its limit', encode([[2, 'x'.repeat(LIMITS.nameBytesMax + 1)]])],
  ['say with a second field', encode([[0, 'a', 'b']])],
  ['line without a type', encode([[]])],
  ['text not UTF-8', Uint8Array.of(0x81, 0x82, 0, 0x61, 0xff)],
  ['length not shortest', Uint8Array.of(0x81, 0x82, 0, 0x78, 1, 0x61)],
];

const claimed = makeCertificate(suite, {
  identitySeed: seedOf(9),
  device: deviceOf(chain.chain),
  createdMs: 1_000,
  name: 'mallory',
});
const run = encodeRun(certificate.bytes, entries);
const runOf = (...parts: readonly Entry[]): Uint8Array => encodeRun(certificate.bytes, parts);

export const runCases: readonly NamedBytes[] = [
  ['one entry', runOf(a)],
  ['three entries', run],
  ['from the middle of a chain', runOf(b, c)],
  ['pruned payload', runOf({ ...a, payload: null }, b)],
  ['encrypted payload', runOf(a, sealed({ keyId: 7, payload: seedOf(5) }))],
  ['no entries', encode([certificate.bytes, [], new Uint8Array(64)])],
  ['reordered', runOf(a, c, b)],
  ['middle dropped', runOf(a, c)],
  ['payloads swapped', runOf({ ...a, payload: b.payload }, { ...b, payload: a.payload })],
  ['wrong previous id', runOf(a, sealed({ prev: 'aa'.repeat(32) }))],
  ['time stands still', runOf(a, sealed({ hlc: a.header.hlc }))],
  ['two conversations', runOf(a, sealed({ conversation: 'cc'.repeat(32) as ConversationId }))],
  ['fewer lines than counted', runOf(a, sealed({ lineCount: 2 }))],
  ['claimed by another identity, from its beginning', encodeRun(claimed.bytes, entries)],
  ['claimed by another identity, from the middle', encodeRun(claimed.bytes, [b, c])],
  ['signature of another entry', runOf({ ...a, signature: c.signature })],
  ['one bit of the signature flipped', flipped(run, run.length - 1)],
  ['one bit of the certificate flipped', flipped(run, 20)],
  ['cut short', run.slice(0, -1)],
];

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ 1);
}

const one = said(beginChain(suite, author), 'both', 'left', 'left');
const other = said(beginChain(suite, author), 'both', 'right', 'right');
const stranger = said(beginChain(suite, { ...author, deviceSeed: seedOf(3) }), 'else');
const parts = (given: SignedChain, from: number, to?: number) => ({
  certificate: given.certificate.bytes,
  entries: given.entries.slice(from, to),
});
const bare = (given: SignedChain, from: number, to?: number): Uint8Array =>
  encodeRun(
    given.certificate.bytes,
    given.entries.slice(from, to).map((entry) => ({ ...entry, payload: null })),
  );

function proofOf(...sides: Parameters<typeof makeForkProof>): Uint8Array {
  const proof = makeForkProof(...sides);
  if (proof === null) throw new Error('no contradiction');
  return proof;
}

export const forkProofCases: readonly NamedBytes[] = [
  ['two entries with one number', proofOf(parts(one, 0), parts(other, 0))],
  ['the next does not follow the last', proofOf(parts(one, 0, 2), parts(other, 2))],
  ['the same run twice', encodeForkProof(bare(one, 0), bare(one, 0))],
  ['runs that do not touch', encodeForkProof(bare(one, 0, 1), bare(other, 2))],
  ['runs of two chains', encodeForkProof(bare(one, 0), bare(stranger, 0))],
  ['one run', encode([bare(one, 0)])],
];
