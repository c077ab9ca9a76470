// A stand-in for cryptography in simulations: some twenty times faster, deterministic, and good against accidents only.

import { hash } from 'node:crypto';
import { fromHex } from '@parley/core';
import type { AeadKey, Suite } from '@parley/core';

/**
 * A "signature" is a hash of public key and message, so anyone could forge one; but no test does so by changing,
 * cutting or swapping bytes, and that is what simulated adversaries do.
 */
export function createFakeSuite(): Suite {
  return {
    sha256,
    publicKey,
    sign: (seed, message) => signature(publicKey(seed), message),
    verify,
    hkdf,
    seal,
    open,
  };
}

/** How often each operation was called. */
export interface SuiteCalls {
  sha256: number;
  publicKey: number;
  sign: number;
  verify: number;
  hkdf: number;
  seal: number;
  open: number;
}

/** The same suite, and a live count of its calls. */
export function countingSuite(suite: Suite): { readonly suite: Suite; readonly calls: SuiteCalls } {
  const none = { sha256: 0, publicKey: 0, sign: 0, verify: 0 };
  const calls: SuiteCalls = { ...none, hkdf: 0, seal: 0, open: 0 };
  const counting: Suite = {
    sha256(bytes) {
      calls.sha256 += 1;
      return suite.sha256(bytes);
    },
    publicKey(seed) {
      calls.publicKey += 1;
      return suite.publicKey(seed);
    },
    sign(seed, message) {
      calls.sign += 1;
      return suite.sign(seed, message);
    },
    verify(key, message, signed) {
      calls.verify += 1;
      return suite.verify(key, message, signed);
    },
    hkdf(...given) {
      calls.hkdf += 1;
      return suite.hkdf(...given);
    },
    seal(...given) {
      calls.seal += 1;
      return suite.seal(...given);
    },
    open(...given) {
      calls.open += 1;
      return suite.open(...given);
    },
  };
  return { suite: counting, calls };
}

const publicTag = Buffer.from('fake public key\0');
const signatureTag = Buffer.from('fake signature\0');

function sha256(bytes: Uint8Array): Uint8Array {
  return fromHex(hash('sha256', bytes, 'hex'));
}

function publicKey(seed: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([publicTag, seed]));
}

function signature(key: Uint8Array, message: Uint8Array): Uint8Array {
  const digest = sha256(Buffer.concat([signatureTag, key, message]));
  return new Uint8Array(Buffer.concat([digest, digest]));
}

function verify(key: Uint8Array, message: Uint8Array, signed: Uint8Array): boolean {
  return Buffer.from(signature(key, message)).equals(signed);
}

function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Uint8Array {
  const lengths = Buffer.from(new Uint32Array([secret.length, salt.length]).buffer);
  return stream(sha256(Buffer.concat([derivedTag, lengths, secret, salt, info])), bytes);
}

const derivedTag = Buffer.from('fake derived key\0');
const sealedTag = Buffer.from('fake sealed\0');
const SEALED_TAG_BYTES = 16;

function seal({ key, nonce }: AeadKey, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
  const mask = stream(Buffer.concat([sealedTag, key, nonce]), plaintext.length);
  const hidden = plaintext.map((byte, at) => byte ^ (mask[at] ?? 0));
  return new Uint8Array(Buffer.concat([hidden, tagOf({ key, nonce }, hidden, aad)]));
}

function open(by: AeadKey, sealed: Uint8Array, aad: Uint8Array): Uint8Array | null {
  if (sealed.length < SEALED_TAG_BYTES) return null;
  const hidden = sealed.subarray(0, -SEALED_TAG_BYTES);
  if (!tagOf(by, hidden, aad).equals(sealed.subarray(-SEALED_TAG_BYTES))) return null;
  return seal(by, hidden, aad).subarray(0, hidden.length);
}

function tagOf({ key, nonce }: AeadKey, hidden: Uint8Array, aad: Uint8Array): Buffer {
  const length = Buffer.from(new Uint32Array([aad.length]).buffer);
  const whole = Buffer.concat([sealedTag, key, nonce, length, aad, hidden]);
  return Buffer.from(sha256(whole).subarray(0, SEALED_TAG_BYTES));
}

/** Bytes that look like chance to who does not know the seed. */
function stream(seed: Uint8Array, bytes: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at * 32 < bytes; at += 1)
    blocks.push(sha256(Buffer.concat([seed, Buffer.from(new Uint32Array([at]).buffer)])));
  return new Uint8Array(Buffer.concat(blocks).subarray(0, bytes));
}
