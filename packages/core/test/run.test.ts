import { createNodeSuite } from '@parley/crypto-node';
import {
  beginChain,
  countingSuite,
  createFakeSuite,
  extendChain,
  signedChain,
} from '@parley/testkit';
import type { SignedChain } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationId } from '../src/brand.ts';
import { concatBytes } from '../src/bytes/compare.ts';
import { decode, encode } from '../src/codec/cbor.ts';
import type { CborValue } from '../src/codec/cbor.ts';
import { makeCertificate } from '../src/identity/certificate.ts';
import { LIMITS } from '../src/limits.ts';
import { deviceOf } from '../src/log/chain-key.ts';
import type { Entry, Header } from '../src/log/entry.ts';
import { encodeHeader } from '../src/log/header.ts';
import { encodeLines } from '../src/log/line.ts';
import { restoreEntry } from '../src/log/restore.ts';
import { encodeRun, verifyRun } from '../src/log/run.ts';
import { entryIdOf, sealEntry, signedMessage } from '../src/log/seal.ts';
import type { SealFields } from '../src/log/seal.ts';
import { damages } from './mutations.ts';

const suite = createFakeSuite();
const seedA = new Uint8Array(32).fill(1);
const seedB = new Uint8Array(32).fill(2);
const stranger = new Uint8Array(32).fill(9);

function chainOf(length: number, conversation?: ConversationId, by = suite): SignedChain {
  let chain = beginChain(
    by,
    { identitySeed: seedA, deviceSeed: seedB, name: 'anna', createdMs: 1 },
    conversation,
  );
  for (let at = 0; at < length; at += 1) {
    chain = extendChain(by, chain, [{ type: 'say', text: `line ${at}` }], 1_000 + at);
  }
  return chain;
}

const chain = chainOf(5);
const { certificate, entries } = chain;
const run = encodeRun(certificate.bytes, entries);

function reasonOf(bytes: Uint8Array, known: Uint8Array | null = null): string {
  const read = verifyRun(suite, bytes, () => known);
  return read.ok ? 'ok' : read.reason;
}

/** The chain with one more entry whose fields are chosen freely, validly signed. */
function withEntry(change: Partial<SealFields>, before: readonly Entry[] = entries): Entry[] {
  const last = before.at(-1);
  const entry = sealEntry(suite, seedB, {
    conversation: chain.conversation,
    chain: chain.chain,
    seq: before.length,
    prev: last?.id ?? certificate.hash,
    hlc: { ms: 5_000, counter: 0 },
    lineCount: 1,
    keyId: null,
    payload: encodeLines([{ type: 'say', text: 'more' }]),
    certificateHash: certificate.hash,
    ...change,
  });
  return [...before, entry];
}

const reasonWith = (change: Partial<SealFields>, before?: readonly Entry[]): string =>
  reasonOf(encodeRun(certificate.bytes, withEntry(change, before)));

describe('a run', () => {
  it('of any part of a chain reads back as what was sealed', () => {
    const part = fc.tuple(signedChain(suite), fc.nat(5), fc.nat(5), fc.boolean());
    fc.assert(
      fc.property(part, ([given, start, length, isKnown]) => {
        const from = start % given.entries.length;
        const sent = given.entries.slice(from, from + 1 + length);
        const bytes = encodeRun(given.certificate.bytes, sent);
        const read = verifyRun(suite, bytes, () => (isKnown ? given.certificate.bytes : null));
        if (!read.ok) throw new Error(read.reason);
        const { value } = read;
        expect(value.certificate).toEqual(given.certificate);
        expect([value.conversation, value.chain]).toEqual([given.conversation, given.chain]);
        expect([value.from, value.to]).toEqual([from, from + sent.length]);
        const lastAt = sent.length - 1;
        expect(value.entries).toEqual(
          sent.map((entry, at) => (at === lastAt ? entry : { ...entry, signature: null })),
        );
        expect(encodeLines(value.lines[lastAt]!)).toEqual(sent[lastAt]!.payload);
        expect(encodeRun(value.certificate.bytes, value.entries)).toEqual(bytes);
      }),
    );
  });

  it('is refused after every truncation and every single bit flipped', () => {
    const short = encodeRun(certificate.bytes, entries.slice(0, 2));
    for (const bytes of damages(short)) {
      expect(verifyRun(suite, bytes, () => null).ok).toBe(false);
      expect(verifyRun(suite, bytes, () => certificate.bytes).ok).toBe(false);
    }
    for (const bytes of damages(encodeRun(certificate.bytes, entries.slice(2, 4)))) {
      expect(verifyRun(suite, bytes, () => null).ok).toBe(false);
    }
  });

  it('is refused or harmless whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(verifyRun(suite, bytes, () => null).ok).toBe(false);
      }),
    );
  });

  it('of 64 entries costs exactly one Ed25519 verification, and one more for a new certificate', () => {
    const node = createNodeSuite();
    const long = chainOf(64, undefined, node);
    const bytes = encodeRun(long.certificate.bytes, long.entries);
    const known = countingSuite(node);
    expect(verifyRun(known.suite, bytes, () => long.certificate.bytes).ok).toBe(true);
    expect(known.calls.verify).toBe(1);
    const unknown = countingSuite(node);
    expect(verifyRun(unknown.suite, bytes, () => null).ok).toBe(true);
    expect(unknown.calls.verify).toBe(2);
  });

  it('that does not decode or link costs no verification at all', () => {
    const counted = countingSuite(suite);
    const broken = [entries[0]!, entries[2]!];
    verifyRun(counted.suite, encodeRun(certificate.bytes, broken), () => null);
    verifyRun(counted.suite, run.slice(0, -1), () => null);
    expect(counted.calls.verify).toBe(0);
  });

  it('carries encrypted and pruned entries, without lines', () => {
    const payload = Uint8Array.of(1, 2, 3);
    const [sealed] = withEntry({ keyId: 7, payload, lineCount: 9 }, []);
    const pruned = { ...sealed!, payload: null };
    for (const entry of [sealed!, pruned]) {
      const read = verifyRun(suite, encodeRun(certificate.bytes, [entry]), () => null);
      expect(read.ok && read.value.lines).toEqual([null]);
      expect(read.ok && read.value.entries).toEqual([entry]);
    }
    const bare = entries.map((entry) => ({ ...entry, payload: null }));
    const read = verifyRun(suite, encodeRun(certificate.bytes, bare), () => null);
    expect(read.ok && read.value.lines).toEqual([null, null, null, null, null]);
  });

  it('without a last signature is not encoded', () => {
    expect(() => encodeRun(certificate.bytes, [])).toThrow('unsigned');
    const unsigned = entries.map((entry) => ({ ...entry, signature: null }));
    expect(() => encodeRun(certificate.bytes, unsigned)).toThrow('unsigned');
  });
});

function large(bytes: number): Partial<SealFields> {
  return { keyId: 1, payload: new Uint8Array(bytes) };
}

describe('a run is refused', () => {
  it('moved to another conversation', () => {
    const moved = entries.map((entry) => {
      const header = { ...entry.header, conversation: 'c'.repeat(64) as ConversationId };
      return { ...entry, header: { ...header, bytes: encodeHeader(header) } };
    });
    expect(reasonOf(encodeRun(certificate.bytes, moved))).toBe('broken-link');
    expect(reasonOf(encodeRun(certificate.bytes, moved.slice(0, 1)))).toBe('bad-entry-signature');
    const other = chainOf(5, 'c'.repeat(64) as ConversationId);
    const mixed = [...entries.slice(0, 2), ...other.entries.slice(2)];
    expect(reasonOf(encodeRun(certificate.bytes, mixed))).toBe('mixed-conversations');
  });

  it('reordered, or with its middle dropped', () => {
    const [a, b, c, d, e] = entries as [Entry, Entry, Entry, Entry, Entry];
    expect(reasonOf(encodeRun(certificate.bytes, [a, c, b, d, e]))).toBe('not-contiguous');
    expect(reasonOf(encodeRun(certificate.bytes, [a, b, d, e]))).toBe('not-contiguous');
    expect(reasonOf(encodeRun(certificate.bytes, [e, d]))).toBe('not-contiguous');
    expect(reasonOf(encodeRun(certificate.bytes, [a, a]))).toBe('not-contiguous');
  });

  it('with a payload swapped, changed or taken from elsewhere', () => {
    const [a, b] = entries as [Entry, Entry];
    const swapped = [
      { ...a, payload: b.payload },
      { ...b, payload: a.payload },
    ];
    expect(reasonOf(encodeRun(certificate.bytes, swapped))).toBe('wrong-payload');
  });

  it('under a certificate by which another identity claims the device', () => {
    const claimed = makeCertificate(suite, {
      identitySeed: stranger,
      device: deviceOf(chain.chain),
      createdMs: 1,
      name: 'mallory',
    });
    expect(reasonOf(encodeRun(claimed.bytes, entries))).toBe('wrong-first-link');
    // Entry 0 is not there to betray it: the signature does.
    expect(reasonOf(encodeRun(claimed.bytes, entries.slice(2)))).toBe('bad-entry-signature');
    expect(reasonOf(run, claimed.bytes)).toBe('other-certificate');
  });

  it('under a certificate of another device, or a forged one', () => {
    const author = { identitySeed: seedA, deviceSeed: stranger, name: 'anna', createdMs: 1 };
    const foreign = beginChain(suite, author);
    expect(reasonOf(encodeRun(foreign.certificate.bytes, entries))).toBe('wrong-device');
    const forged = certificate.bytes.slice();
    forged[forged.length - 1]! ^= 1;
    expect(reasonOf(encodeRun(forged, entries))).toBe('bad-signature');
  });

  it('with the signature of another entry or of another key', () => {
    const [a, b] = entries as [Entry, Entry];
    expect(reasonOf(encodeRun(certificate.bytes, [{ ...a, signature: b.signature }]))).toBe(
      'bad-entry-signature',
    );
    const signature = suite.sign(stranger, signedMessage(certificate.hash, a.header.bytes));
    expect(reasonOf(encodeRun(certificate.bytes, [{ ...a, signature }]))).toBe(
      'bad-entry-signature',
    );
  });

  it('if its author broke the rules with valid signatures', () => {
    const chainNumber1 = `${deviceOf(chain.chain)}${'1'.repeat(16)}` as Header['chain'];
    expect([
      reasonWith({}),
      reasonWith({ prev: entries[0]!.id }),
      reasonWith({ seq: 6 }),
      reasonWith({ seq: 4 }),
      reasonWith({ hlc: entries.at(-1)!.header.hlc }),
      reasonWith({ hlc: { ms: 0, counter: 9 } }),
      reasonWith({ chain: chainNumber1 }),
      reasonWith({ conversation: 'c'.repeat(64) as ConversationId }),
      reasonWith({ lineCount: 2 }),
      reasonWith({ payload: Uint8Array.of(0x81, 0x81) }),
      reasonWith({ payload: encodeLines([]) }),
      reasonWith({ prev: 'a'.repeat(64) }, []),
    ]).toEqual([
      'ok',
      'broken-link',
      'not-contiguous',
      'not-contiguous',
      'time-runs-backwards',
      'time-runs-backwards',
      'mixed-chains',
      'mixed-conversations',
      'bad-line-count',
      'truncated',
      'bad-line-count',
      'wrong-first-link',
    ]);
  });

  it('over its limits', () => {
    expect(reasonWith(large(LIMITS.entryPayloadBytesMax))).toBe('ok');
    expect(reasonWith(large(LIMITS.entryPayloadBytesMax + 1))).toBe('payload-too-large');
    const signature = new Uint8Array(64);
    const tooMany = Array.from({ length: LIMITS.runEntriesMax + 1 }, (): CborValue => 0);
    expect(reasonOf(encode([certificate.bytes, tooMany, signature]))).toBe('too-many-items');
    const longHeader = [new Uint8Array(LIMITS.headerBytesMax + 1), null];
    expect(reasonOf(encode([certificate.bytes, [longHeader], signature]))).toBe('too-large');
    expect(reasonOf(encode([certificate.bytes, [], signature]))).toBe('no-entries');
    const longCertificate = new Uint8Array(LIMITS.certificateBytesMax + 1);
    expect(reasonOf(encodeRun(longCertificate, entries))).toBe('too-large');
  });

  it('if it is not of its form', () => {
    const decoded = decode(run);
    const [first, pairs, signature] = (decoded.ok ? decoded.value : []) as CborValue[];
    const forms: CborValue[] = [
      [first!, pairs!],
      [first!, pairs!, signature!, null],
      [null, pairs!, signature!],
      [first!, null, signature!],
      [first!, pairs!, new Uint8Array(63)],
      [first!, [[entries[0]!.header.bytes]], signature!],
      [first!, [[entries[0]!.header.bytes, 'text']], signature!],
    ];
    expect(forms.map((form) => reasonOf(encode(form)))).toEqual(forms.map(() => 'wrong-type'));
    expect(reasonOf(concatBytes(run, Uint8Array.of(0)))).toBe('trailing-bytes');
  });
});

describe('an entry', () => {
  it('comes back from its row as it was', () => {
    for (const entry of entries) {
      const { id, header, signature, payload } = entry;
      expect(restoreEntry({ id, headerBytes: header.bytes, signature, payload })).toEqual(entry);
      expect(entryIdOf(suite, header.bytes)).toBe(id);
    }
  });

  it('with a damaged row is a fault of the store', () => {
    const [{ id, signature, payload }] = entries as [Entry];
    const headerBytes = new Uint8Array(5);
    expect(() => restoreEntry({ id, headerBytes, signature, payload })).toThrow('damaged');
  });
});
