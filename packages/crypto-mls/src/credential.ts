// Who stands behind a leaf: MLS's basic credential holds identity key and device key, and the leaf signs with the latter.

import type { Credential as MlsCredential } from 'ts-mls/credential.js';
import type { AuthenticationService } from 'ts-mls/authenticationService.js';
import { concatBytes, equalBytes, fromHex, toHex } from '@parley/core';
import type { Credential, DeviceKey, IdentityKey, Vouch } from '@parley/core';

const keyBytes = 32;

export function encodeCredential(credential: Credential): MlsCredential {
  const identity = concatBytes(fromHex(credential.identity), fromHex(credential.device));
  if (identity.length !== 2 * keyBytes) throw new Error('a key in a credential has 32 bytes');
  return { credentialType: 'basic', identity };
}

/** Null for a credential of another kind, or whose device key is not what the leaf signs with. */
export function readCredential(
  credential: MlsCredential,
  signaturePublicKey: Uint8Array,
): Credential | null {
  if (credential.credentialType !== 'basic') return null;
  const { identity } = credential;
  if (identity.length !== 2 * keyBytes) return null;
  const device = identity.subarray(keyBytes);
  if (!equalBytes(device, signaturePublicKey)) return null;
  return {
    identity: toHex(identity.subarray(0, keyBytes)) as IdentityKey,
    device: toHex(device) as DeviceKey,
  };
}

export function sameCredential(a: Credential, b: Credential): boolean {
  return a.identity === b.identity && a.device === b.device;
}

/** The library's AuthenticationService for one call; remembers whether it refused anyone. */
export class Gatekeeper implements AuthenticationService {
  readonly #vouch: Vouch;
  #refused = false;

  constructor(vouch: Vouch) {
    this.#vouch = vouch;
  }

  get refused(): boolean {
    return this.#refused;
  }

  async validateCredential(
    credential: MlsCredential,
    signaturePublicKey: Uint8Array,
  ): Promise<boolean> {
    const read = readCredential(credential, signaturePublicKey);
    const accepted = read !== null && this.#vouch(read);
    if (!accepted) this.#refused = true;
    return accepted;
  }
}
