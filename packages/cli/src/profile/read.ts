// Reads a profile without touching it, also while another process has it.

import { existsSync, readFileSync } from 'node:fs';
import { toHex } from '@parley/core';
import type { IdentityKey, Store, Suite } from '@parley/core';
import type { Context } from '../context.ts';
import { failed } from '../failure.ts';
import { profileDirectory, profileFiles } from './home.ts';
import type { ProfileFiles } from './home.ts';
import { readKeys } from './keys.ts';
import type { Keys } from './keys.ts';

export interface ReadProfile {
  readonly files: ProfileFiles;
  readonly keys: Keys;
  readonly identity: IdentityKey;
  readonly suite: Suite;
  /** For reading only. */
  readonly store: Store;
  /** Where the process that has the profile listens; none where it is not in use. */
  readonly addresses: readonly string[];
}

/** Throws Failure where there is no profile. */
export async function readProfile(home: string | null, context: Context): Promise<ReadProfile> {
  const { adapters, env } = context;
  const files = profileFiles(await profileDirectory(home, env));
  if (!existsSync(files.keys) || !existsSync(files.database)) {
    throw failed(`there is no profile in ${files.directory}: run parley once, or give --home`);
  }
  const keys = readKeys(files.keys);
  const suite = await adapters.suite();
  const identity = toHex(suite.publicKey(keys.identitySeed)) as IdentityKey;
  const { openStore } = await adapters.storage();
  const store = openStore({ path: files.database });
  return { files, keys, identity, suite, store, addresses: readAddresses(files.addresses) };
}

function readAddresses(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').filter(Boolean);
}
