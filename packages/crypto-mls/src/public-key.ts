// X25519 public keys that others made (RFC 7748 §6.1): under those of small order every secret is the same.

import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What RFC 8410 puts before a raw X25519 key in SPKI. */
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

let probe: KeyObject | null = null;

/** Whether something can be encrypted to a key of 32 bytes. OpenSSL refuses public keys that would give all zeros. */
export function isUsable(raw: Uint8Array): boolean {
  probe ??= generateKeyPairSync('x25519').privateKey;
  const key = Buffer.concat([publicPrefix, raw]);
  const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
  try {
    diffieHellman({ privateKey: probe, publicKey });
    return true;
  } catch {
    return false;
  }
}
