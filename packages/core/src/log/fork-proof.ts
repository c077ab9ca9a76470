// Proofs of equivocation: two signed runs of one chain that cannot both be true (spec/log.md §6).

import type { ChainKey } from '../brand.ts';
import { encode } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { Suite } from '../crypto/suite.ts';
import type { Certificate } from '../identity/certificate.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Entry } from './entry.ts';
import { encodeRun, verifyRun } from './run.ts';
import type { RunReason, VerifiedRun } from './run.ts';

/** Contiguous entries, ascending, with the bytes of the certificate that their signatures cover. */
export interface RunParts {
  readonly certificate: Uint8Array;
  readonly entries: readonly Entry[];
}

export interface ForkProof {
  readonly chain: ChainKey;
  readonly certificate: Certificate;
  /** The first number at which the two runs contradict each other. */
  readonly seq: number;
}

export type ForkProofReason = RunReason | 'different-chains' | 'no-contradiction';

/** `a` and `b` are runs as `encodeRun` makes them; whoever verifies needs no payloads, so leave them out. */
export function encodeForkProof(a: Uint8Array, b: Uint8Array): Uint8Array {
  return encode([a, b]);
}

/** Up to four Ed25519 verifications: two runs and their certificates. */
export function verifyForkProof(
  suite: Suite,
  bytes: Uint8Array,
): Result<ForkProof, ForkProofReason> {
  if (bytes.length > LIMITS.forkProofBytesMax) return fail('too-large');
  const reader = new CborReader(bytes);
  reader.tuple(2);
  const runs = [reader.byteString(), reader.byteString()] as const;
  const fault = reader.finish();
  if (fault !== null) return fail(fault);
  const a = verifyRun(suite, runs[0], () => null);
  if (!a.ok) return a;
  const b = verifyRun(suite, runs[1], () => null);
  if (!b.ok) return b;
  if (a.value.chain !== b.value.chain) return fail('different-chains');
  const seq = contradiction(a.value, b.value);
  if (seq === null) return fail('no-contradiction');
  const { chain, certificate } = a.value;
  return ok({ chain, certificate, seq });
}

/**
 * The shortest proof that two runs of one chain contradict each other; each must reach, at or after the
 * contradiction, an entry with a signature. Null if they do not contradict each other, if such a signature is
 * missing, or if the proof would exceed `forkProofBytesMax`.
 */
export function makeForkProof(a: RunParts, b: RunParts): Uint8Array | null {
  const seq = contradiction(extentOf(a.entries), extentOf(b.entries));
  if (seq === null) return null;
  const runs = [shortest(a, seq), shortest(b, seq)] as const;
  if (runs[0] === null || runs[1] === null) return null;
  const proof = encodeForkProof(runs[0], runs[1]);
  return proof.length <= LIMITS.forkProofBytesMax ? proof : null;
}

type Extent = Pick<VerifiedRun, 'from' | 'to' | 'entries'>;

function extentOf(entries: readonly Entry[]): Extent {
  const from = entries[0]?.header.seq ?? 0;
  return { from, to: from + entries.length, entries };
}

/** The first number at which the runs cannot both be true, or null. */
function contradiction(a: Extent, b: Extent): number | null {
  const [left, right] = a.from <= b.from ? [a, b] : [b, a];
  const end = Math.min(left.to, right.to);
  for (let seq = right.from; seq < end; seq += 1) {
    if (entryAt(left, seq)?.id !== entryAt(right, seq)?.id) return seq;
  }
  return isBrokenJoint(left, right) ? right.from : null;
}

/** Whether `right`, which begins no earlier, cannot come after `left`. */
function isBrokenJoint(left: Extent, right: Extent): boolean {
  const last = left.entries.at(-1);
  const next = right.entries[0];
  if (last === undefined || next === undefined) return false;
  // A chain lives in one conversation, whatever lies between the two runs.
  if (last.header.conversation !== next.header.conversation) return true;
  return left.to === right.from && next.header.prev !== last.id;
}

function entryAt(extent: Extent, seq: number): Entry | undefined {
  return extent.entries[seq - extent.from];
}

/** The run, without payloads, from the contradiction (or the entry before it) to the next signature. */
function shortest({ certificate, entries }: RunParts, seq: number): Uint8Array | null {
  const from = entries[0]?.header.seq ?? 0;
  // A run that ends before the contradiction is the one whose last entry is not followed.
  const start = Math.min(seq - from, entries.length - 1);
  const length = entries.slice(start).findIndex((entry) => entry.signature !== null) + 1;
  if (length === 0 || length > LIMITS.runEntriesMax) return null;
  const bare = entries
    .slice(start, start + length)
    .map((entry): Entry => ({ ...entry, payload: null }));
  return encodeRun(certificate, bare);
}
