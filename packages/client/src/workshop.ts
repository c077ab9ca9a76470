// Where the works of private sessions are done: with our secret keys, outside step, the cryptography loaded when first needed.

import type { Credential, DeviceKey, SessionCrypto, Store, Suite, Vouch } from '@parley/core';
import type { IdentityKey, Work, WorkResult } from '@parley/core';
import { Vouchers, performWork, toHex } from '@parley/core';

/** Makes a SessionCrypto that believes `vouch`. */
export type LoadSessionCrypto = (vouch: Vouch) => Promise<SessionCrypto>;

export interface WorkshopOptions {
  readonly suite: Suite;
  readonly store: Store;
  /** 32-byte Ed25519 seeds. */
  readonly identitySeed: Uint8Array;
  readonly deviceSeed: Uint8Array;
  readonly load: LoadSessionCrypto;
}

/** Rejects on faults of ours only. */
export function createWorkshop(options: WorkshopOptions): (work: Work) => Promise<WorkResult> {
  const { suite, store, identitySeed, deviceSeed, load } = options;
  const vouchers = new Vouchers(suite);
  const credential: Credential = {
    identity: toHex(suite.publicKey(identitySeed)) as IdentityKey,
    device: toHex(suite.publicKey(deviceSeed)) as DeviceKey,
  };
  const signer = { credential, deviceSeed };
  let loaded: Promise<SessionCrypto> | null = null;
  return async (work) => {
    loaded ??= load(vouchers.vouch);
    const crypto = await loaded;
    return performWork(work, { crypto, suite, store, signer, certify: vouchers.certify });
  };
}
