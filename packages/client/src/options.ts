// What a client is made of.

import type { GuardLimits, Network, RoomKey, Store, Suite } from '@parley/core';
import type { Scheduler } from './loop.ts';
import type { LoadSessionCrypto } from './workshop.ts';

export interface ClientOptions {
  readonly suite: Suite;
  readonly store: Store;
  readonly network: Network;
  readonly scheduler: Scheduler;
  /** 32-byte Ed25519 seeds of the identity and of this device. */
  readonly identitySeed: Uint8Array;
  readonly deviceSeed: Uint8Array;
  /** A name that passed checkName. */
  readonly name: string;
  /** 32 bytes from the system's random generator. */
  readonly chance: Uint8Array;
  /** The cryptography of private sessions, loaded when first needed; null for a peer without. */
  readonly sessionCrypto: LoadSessionCrypto | null;
  /** We stay up for others, and hold for them first. */
  readonly serves?: boolean;
  /** Another one after an unclean stop on another boot, or in a copied profile: our next line begins a new chain. */
  readonly era: number;
  /** Told how long each commit of the store took, in milliseconds. */
  readonly committed?: (durationMs: number) => void;
  /** Quotas and the like that were set for this peer; core's LIMITS has the others. */
  readonly limits?: Partial<GuardLimits>;
  /** The room to start in, which is session 0; the open lobby if not said. */
  readonly lobby?: RoomKey;
  /** Addresses to dial from the start, as typed; malformed ones throw. */
  readonly connect: readonly string[];
}
