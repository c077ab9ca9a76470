// Key packages of ours, with the secrets by which we join: how they are kept and made (spec/session.md §4, §6).

import { encode } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import { LIMITS } from '../limits.ts';
import { PACKAGE_VALUE_PREFIX, packageValueKey } from './names.ts';
import type { Lifetime, SessionCrypto, Signer } from './session-crypto.ts';
import type { ValueDraft } from './value-draft.ts';

export interface OwnPackage {
  readonly keyPackage: Uint8Array;
  readonly secret: Uint8Array;
  readonly notAfterMs: number;
  readonly lastResort: boolean;
  /** The directory names it. */
  readonly listed: boolean;
  /** When someone let us in by it; null if nobody did. */
  readonly usedMs: number | null;
}

export interface KeptPackage extends OwnPackage {
  /** Of its value in the store. */
  readonly key: string;
}

export function encodeOwnPackage(own: OwnPackage): Uint8Array {
  const { keyPackage, secret, notAfterMs, lastResort, listed, usedMs } = own;
  return encode([keyPackage, secret, notAfterMs, lastResort, listed, usedMs]);
}

/** Null for what is none: written by another version, or damaged. */
function decodeOwnPackage(bytes: Uint8Array): OwnPackage | null {
  const reader = new CborReader(bytes);
  reader.tuple(6);
  const keyPackage = reader.byteString();
  const secret = reader.byteString();
  const notAfterMs = reader.uint();
  const lastResort = reader.bool();
  const listed = reader.bool();
  const usedMs = reader.skipNull() ? null : reader.uint();
  const fault = reader.finish();
  return fault === null ? { keyPackage, secret, notAfterMs, lastResort, listed, usedMs } : null;
}

/** All that are kept and can be read. */
export function keptPackages(values: ValueDraft): KeptPackage[] {
  return values.values(PACKAGE_VALUE_PREFIX).flatMap(({ key, value }) => {
    const own = decodeOwnPackage(value);
    return own === null ? [] : [{ key, ...own }];
  });
}

/** From a while ago, for those whose clocks are behind, until so many milliseconds from now. */
export function lifetimeFrom(nowMs: number, lengthMs: number): Lifetime {
  return {
    notBeforeMs: Math.max(0, nowMs - LIMITS.keyPackageBackdatedMs),
    notAfterMs: nowMs + lengthMs,
  };
}

/** Makes one and keeps it. */
export async function makeOwnPackage(
  { crypto: mls, signer }: { readonly crypto: SessionCrypto; readonly signer: Signer },
  values: ValueDraft,
  wish: Pick<OwnPackage, 'lastResort' | 'listed'> & { readonly nowMs: number },
): Promise<KeptPackage> {
  const { lastResort, listed, nowMs } = wish;
  const lengthMs = lastResort ? LIMITS.keyPackageLastResortMs : LIMITS.keyPackageOneTimeMs;
  const lifetime = lifetimeFrom(nowMs, lengthMs);
  const made = await mls.makeKeyPackage({ ...signer, lifetime, lastResort });
  const { keyPackage, secret, ref } = made;
  const own = { keyPackage, secret, notAfterMs: lifetime.notAfterMs, lastResort, listed };
  const kept = { key: packageValueKey(ref), ...own, usedMs: null };
  values.set(kept.key, encodeOwnPackage(kept));
  return kept;
}
