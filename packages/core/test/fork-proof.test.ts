import { beginChain, createFakeSuite, extendChain } from '@parley/testkit';
import type { SignedChain } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationId } from '../src/brand.ts';
import { decode, encode } from '../src/codec/cbor.ts';
import { LIMITS } from '../src/limits.ts';
import type { Entry } from '../src/log/entry.ts';
import { encodeForkProof, makeForkProof, verifyForkProof } from '../src/log/fork-proof.ts';
import type { RunParts } from '../src/log/fork-proof.ts';
import { encodeRun } from '../src/log/run.ts';
import { damages } from './mutations.ts';

const suite = createFakeSuite();
const author = {
  identitySeed: new Uint8Array(32).fill(1),
  deviceSeed: new Uint8Array(32).fill(2),
  name: 'anna',
  createdMs: 1,
};

function said(chain: SignedChain, count: number, text: string): SignedChain {
  let next = chain;
  for (let at = 0; at < count; at += 1) {
    next = extendChain(suite, next, [{ type: 'say', text }], 1_000);
  }
  return next;
}

/** Two chains that share their first entries and then say different things. */
function forked(shared: number, left: number, right: number): readonly [SignedChain, SignedChain] {
  const trunk = said(beginChain(suite, author), shared, 'both');
  return [said(trunk, left, 'left'), said(trunk, right, 'right')];
}

function parts(chain: SignedChain, from: number, to?: number): RunParts {
  return { certificate: chain.certificate.bytes, entries: chain.entries.slice(from, to) };
}

/** As a store has it: only the last entry of what came in one run is signed. */
function signedOnlyLast({ certificate, entries }: RunParts): RunParts {
  const last = entries.length - 1;
  const kept = entries.map(
    (entry, at): Entry => ({
      ...entry,
      signature: at === last ? entry.signature : null,
    }),
  );
  return { certificate, entries: kept };
}

function runOf(chain: SignedChain, from: number, to?: number): Uint8Array {
  return encodeRun(chain.certificate.bytes, chain.entries.slice(from, to));
}

function seqOf(proof: Uint8Array | null): number | string {
  if (proof === null) return 'none';
  const read = verifyForkProof(suite, proof);
  return read.ok ? read.value.seq : read.reason;
}

describe('a proof of equivocation', () => {
  it('is made of any two runs that contradict each other, and verifies, whichever comes first', () => {
    const shape = fc.record({
      shared: fc.nat(3),
      left: fc.integer({ min: 1, max: 4 }),
      right: fc.integer({ min: 1, max: 4 }),
      from: fc.nat(3),
      sparse: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ shared, left, right, from, sparse }) => {
        const [one, other] = forked(shared, left, right);
        const a = parts(one, Math.min(from, shared));
        const b = parts(other, 0);
        for (const [x, y] of [
          [a, b],
          [b, a],
        ] as const) {
          const proof = sparse
            ? makeForkProof(signedOnlyLast(x), signedOnlyLast(y))
            : makeForkProof(x, y);
          const read = verifyForkProof(suite, proof!);
          expect(read.ok && read.value).toMatchObject({ chain: one.chain, seq: shared });
          expect(read.ok && read.value.certificate).toEqual(one.certificate);
        }
      }),
    );
  });

  it('also shows that the next entry does not follow the last', () => {
    const [one, other] = forked(2, 2, 4);
    const proof = makeForkProof(parts(one, 3, 4), parts(other, 4));
    expect(seqOf(proof)).toBe(4);
    expect(seqOf(makeForkProof(parts(other, 4), parts(one, 0)))).toBe(4);
  });

  it('also shows one chain in two conversations', () => {
    const lobby = said(beginChain(suite, author), 2, 'here');
    const elsewhere = beginChain(suite, author, 'c'.repeat(64) as ConversationId);
    const there = said(elsewhere, 6, 'there');
    expect(seqOf(makeForkProof(parts(lobby, 0), parts(there, 4)))).toBe(4);
  });

  it('has no payload in it, and of each run only what is needed', () => {
    const [one, other] = forked(3, 50, 50);
    const proof = makeForkProof(parts(one, 0), parts(other, 0))!;
    expect(proof.length).toBeLessThan(1_000);
    expect(Buffer.from(proof).includes('left')).toBe(false);
  });

  it('is not made where there is no contradiction', () => {
    const [one, other] = forked(4, 0, 2);
    expect(makeForkProof(parts(one, 0), parts(other, 0))).toBeNull();
    expect(makeForkProof(parts(one, 0, 2), parts(one, 2))).toBeNull();
    expect(makeForkProof(parts(one, 0, 1), parts(other, 3))).toBeNull();
    expect(makeForkProof(parts(one, 0, 0), parts(other, 0))).toBeNull();
  });

  it('is not made without a signature at or after the contradiction, or over its limit', () => {
    const [one, other] = forked(1, 3, 3);
    const unsigned = signedOnlyLast(parts(one, 0));
    const cut = { ...unsigned, entries: unsigned.entries.slice(0, -1) };
    expect(makeForkProof(cut, parts(other, 0))).toBeNull();
    const [long, longer] = forked(0, 1_000, 1_000);
    const tooLong = makeForkProof(signedOnlyLast(parts(long, 0)), signedOnlyLast(parts(longer, 0)));
    expect(tooLong).toBeNull();
  });

  it('is refused after every truncation and every single bit flipped', () => {
    const [one, other] = forked(0, 1, 1);
    const proof = makeForkProof(parts(one, 0), parts(other, 0))!;
    expect(seqOf(proof)).toBe(0);
    for (const bytes of damages(proof)) expect(verifyForkProof(suite, bytes).ok).toBe(false);
  });

  it('is refused if it proves nothing', () => {
    const [one, other] = forked(2, 1, 1);
    expect(seqOf(encodeForkProof(runOf(one, 0), runOf(one, 0)))).toBe('no-contradiction');
    expect(seqOf(encodeForkProof(runOf(one, 0, 2), runOf(other, 2)))).toBe('no-contradiction');
    expect(seqOf(encodeForkProof(runOf(one, 0, 1), runOf(other, 2)))).toBe('no-contradiction');
    const stranger = said(
      beginChain(suite, { ...author, deviceSeed: new Uint8Array(32).fill(3) }),
      1,
      'else',
    );
    expect(seqOf(encodeForkProof(runOf(one, 0), runOf(stranger, 0)))).toBe('different-chains');
    expect(seqOf(encode([runOf(one, 0)]))).toBe('wrong-type');
    expect(seqOf(new Uint8Array(LIMITS.forkProofBytesMax + 1))).toBe('too-large');
    expect(decode(makeForkProof(parts(one, 0), parts(other, 0))!).ok).toBe(true);
  });
});
