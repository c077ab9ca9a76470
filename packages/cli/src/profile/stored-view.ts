// What a profile shows to whoever only reads it.

import { createClient, systemScheduler } from '@parley/client';
import type { View } from '@parley/client';
import type { PeerId } from '@parley/core';
import { idleNetwork } from './idle-network.ts';
import { nameKey } from './open.ts';
import type { ReadProfile } from './read.ts';

/** The view of a client that never starts; it has what the store had when it was made. */
export function storedView({ store, suite, keys }: ReadProfile): View {
  const { identitySeed, deviceSeed } = keys;
  const name = store.meta(nameKey) ?? 'me';
  const network = idleNetwork('' as PeerId);
  const parts = { suite, store, network, scheduler: systemScheduler, sessionCrypto: null };
  const chance = new Uint8Array(32);
  const rest = { identitySeed, deviceSeed, name, chance, era: 0, connect: [] } as const;
  return createClient({ ...parts, ...rest }).view;
}
