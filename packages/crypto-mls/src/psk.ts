// External pre-shared keys, looked up for the library, which would not say which one is missing.

import type { PreSharedKeyID } from 'ts-mls/presharedkey.js';
import type { PskIndex } from 'ts-mls/pskIndex.js';
import { LIMITS, toHex } from '@parley/core';
import type { Psk } from '@parley/core';

const secretBytes = 32;

export interface PskLookup {
  readonly index: PskIndex;
  /** Whether one was asked for that there is not. */
  missing(): boolean;
}

/** Throws on what no caller of ours may pass. */
export function pskIndexOf(psks: readonly Psk[]): PskLookup {
  if (psks.length > LIMITS.psksPerReadMax) throw new Error('too many pre-shared keys');
  const secrets = new Map<string, Uint8Array>();
  for (const { id, secret } of psks) {
    const isIdLong = id.length === 0 || id.length > LIMITS.pskIdBytesMax;
    if (isIdLong || secret.length !== secretBytes) throw new Error('no pre-shared key');
    secrets.set(toHex(id), secret);
  }
  let isMissing = false;
  const findPsk = (wanted: PreSharedKeyID): Uint8Array | undefined => {
    const found = wanted.psktype === 'external' ? secrets.get(toHex(wanted.pskId)) : undefined;
    if (found === undefined) isMissing = true;
    return found;
  };
  return { index: { findPsk }, missing: () => isMissing };
}
