// The network key as libp2p holds it.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** The Ed25519 key pair grown from a 32-byte seed. Throws RangeError for another length. */
export function privateKeyOf(seed: Uint8Array): PrivateKey {
  if (seed.byteLength !== SEED_BYTES) throw new RangeError('the network key is a 32-byte seed');
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return privateKeyFromRaw(Buffer.concat([seed, spki.subarray(-SEED_BYTES)]));
}
