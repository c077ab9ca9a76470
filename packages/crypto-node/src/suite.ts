// Core's Suite on node:crypto: native SHA-256, HKDF, Ed25519 and ChaCha20-Poly1305 behind raw keys.

import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  hash,
  hkdfSync,
  sign,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { AeadKey, Suite } from '@parley/core';
import { KeyCache } from './key-cache.ts';
import { hasSmallOrder } from './small-order.ts';

/** What RFC 8410 puts before a raw key: in PKCS #8 before a seed, in SPKI before a public key. */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const hashBytes = 32;
const keyBytes = 32;
const signatureBytes = 64;

/** A peer signs with few keys of its own, and verifies with those of the people it meets. */
const privateKeysMax = 32;
const publicKeysMax = 4_096;

/** Seeds of a wrong length are a fault of ours and throw; whatever comes from others gives false. */
export function createNodeSuite(): Suite {
  const privateKeys = new KeyCache(privateKeysMax, importSeed);
  const publicKeys = new KeyCache(publicKeysMax, importPublicKey);
  return {
    sha256,
    publicKey: (seed) => rawPublicKey(privateKeys.get(seed)),
    sign: (seed, message) => plain(sign(null, message, privateKeys.get(seed))),
    verify(publicKey, message, signature) {
      if (publicKey.length !== keyBytes || signature.length !== signatureBytes) return false;
      if (hasSmallOrder(publicKey)) return false;
      return verify(null, message, publicKeys.get(publicKey), signature);
    },
    hkdf: (secret, salt, info, bytes) =>
      new Uint8Array(hkdfSync('sha256', secret, salt, info, bytes)),
    seal,
    open,
  };
}

/** One character a byte and back into bytes takes half the time of the Buffer that node would make. */
function sha256(bytes: Uint8Array): Uint8Array {
  const text = hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(hashBytes);
  for (let at = 0; at < hashBytes; at += 1) digest[at] = text.charCodeAt(at);
  return digest;
}

const aeadName = 'chacha20-poly1305';
const aeadTagBytes = 16;

function seal({ key, nonce }: AeadKey, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
  const cipher = createCipheriv(aeadName, key, nonce, { authTagLength: aeadTagBytes });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  const sealed = new Uint8Array(plaintext.length + aeadTagBytes);
  sealed.set(cipher.update(plaintext));
  cipher.final();
  sealed.set(cipher.getAuthTag(), plaintext.length);
  return sealed;
}

function open({ key, nonce }: AeadKey, sealed: Uint8Array, aad: Uint8Array): Uint8Array | null {
  const length = sealed.length - aeadTagBytes;
  if (length < 0) return null;
  const decipher = createDecipheriv(aeadName, key, nonce, { authTagLength: aeadTagBytes });
  decipher.setAAD(aad, { plaintextLength: length });
  decipher.setAuthTag(sealed.subarray(length));
  const plaintext = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
  } catch {
    // The only way in which node says that the tag is another one.
    return null;
  }
  return plain(plaintext);
}

function importSeed(seed: Uint8Array): KeyObject {
  if (seed.length !== keyBytes) throw new Error(`a seed has ${keyBytes} bytes, not ${seed.length}`);
  const key = Buffer.concat([seedPrefix, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function importPublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' });
}

function rawPublicKey(privateKey: KeyObject): Uint8Array {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return plain(spki.subarray(publicPrefix.length));
}

/** The same bytes as a Uint8Array and nothing more. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
