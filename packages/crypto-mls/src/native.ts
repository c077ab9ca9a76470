// Hash, HMAC, HKDF, AES-GCM and Ed25519 by node:crypto, because a call into WebCrypto costs more than the work it does.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash as digestOf,
  sign as signWith,
  timingSafeEqual,
  verify as verifyWith,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import type { Hash } from 'ts-mls/crypto/hash.js';
import type { Hpke } from 'ts-mls/crypto/hpke.js';
import type { Kdf } from 'ts-mls/crypto/kdf.js';
import type { Signature } from 'ts-mls/crypto/signature.js';
import { CryptoError } from 'ts-mls/mlsError.js';
import { equalBytes } from '@parley/core';

const algorithm = 'aes-128-gcm';
const hashBytes = 32;
const keyBytes = 32;
const tagBytes = 16;

/** What RFC 8410 puts before a raw key: in PKCS #8 before a seed, in SPKI before a public key. */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** The same suite, computed natively; the curve of HPKE's key encapsulation stays the library's. */
export function withNativeCrypto(suite: CiphersuiteImpl): CiphersuiteImpl {
  return { ...suite, hash, kdf, signature, hpke: { ...suite.hpke, encryptAead, decryptAead } };
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** A small Buffer lies in a pool that it shares with others; keys should not. */
function own(buffer: Buffer): Uint8Array {
  return Uint8Array.from(buffer);
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return own(mac.digest());
}

const hash: Hash = {
  digest: async (data) => plain(digestOf('sha256', data, 'buffer')),
  mac: async (key, data) => hmac(key, data),
  verifyMac: async (key, mac, data) =>
    mac.length === hashBytes && timingSafeEqual(hmac(key, data), mac),
};

/** HKDF (RFC 5869). */
const kdf: Kdf = {
  size: hashBytes,
  extract: async (salt, ikm) => hmac(salt, ikm),
  expand: async (prk, info, length) => {
    const out = new Uint8Array(length);
    let block = new Uint8Array();
    for (let at = 0, counter = 1; at < length; at += hashBytes, counter += 1) {
      block = Uint8Array.from(hmac(prk, block, info, Uint8Array.of(counter)));
      out.set(block.subarray(0, length - at), at);
    }
    return out;
  },
};

const encryptAead: Hpke['encryptAead'] = async (key, nonce, aad, plaintext) => {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  if (aad !== undefined) cipher.setAAD(aad);
  const parts = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
  return own(Buffer.concat(parts));
};

const decryptAead: Hpke['decryptAead'] = async (key, nonce, aad, ciphertext) => {
  const end = ciphertext.length - tagBytes;
  if (end < 0) throw new CryptoError('a ciphertext without a tag');
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  if (aad !== undefined) decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(end));
  return own(Buffer.concat([decipher.update(ciphertext.subarray(0, end)), decipher.final()]));
};

const privateKeyOf = rememberingLast((seed) => {
  const key = Buffer.concat([seedPrefix, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
});

const publicKeyOf = rememberingLast((publicKey) => {
  const key = Buffer.concat([publicPrefix, publicKey]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
});

/** To import a key costs as much as to sign with it; we sign with one, and read many messages of one person in a row. */
function rememberingLast(importKey: (raw: Uint8Array) => KeyObject): typeof importKey {
  let last: { readonly raw: Uint8Array; readonly key: KeyObject } | null = null;
  return (raw) => {
    if (last === null || !equalBytes(last.raw, raw)) {
      last = { raw: Uint8Array.from(raw), key: importKey(raw) };
    }
    return last.key;
  };
}

const signature: Signature = {
  sign: async (seed, message) => {
    if (seed.length !== keyBytes) throw new CryptoError('a seed has 32 bytes');
    return own(signWith(null, message, privateKeyOf(seed)));
  },
  verify: async (publicKey, message, signed) => {
    if (publicKey.length !== keyBytes) throw new CryptoError('a public key has 32 bytes');
    return verifyWith(null, message, publicKeyOf(publicKey), signed);
  },
  keygen: async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    return {
      publicKey: own(spki.subarray(publicPrefix.length)),
      signKey: own(pkcs8.subarray(seedPrefix.length)),
    };
  },
};
