// A stand-in for Ed25519 in simulations: some twenty times faster, deterministic, and good against accidents only.

import { hash } from 'node:crypto';
import { fromHex } from '@parley/core';
import type { Suite } from '@parley/core';

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
  };
}

/** How often each operation was called. */
export interface SuiteCalls {
  sha256: number;
  publicKey: number;
  sign: number;
  verify: number;
}

/** The same suite, and a live count of its calls. */
export function countingSuite(suite: Suite): { readonly suite: Suite; readonly calls: SuiteCalls } {
  const calls: SuiteCalls = { sha256: 0, publicKey: 0, sign: 0, verify: 0 };
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
