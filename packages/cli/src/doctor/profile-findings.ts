// How the profile and the machine are: who may read it, what room is left, whether it opens, and on which Node.

import { existsSync, statSync, statfsSync } from 'node:fs';
import { finding } from '@parley/client';
import type { Finding } from '@parley/client';
import { StoreError } from '@parley/core';
import type { Adapters } from '../context.ts';
import type { ProfileFiles } from '../profile/home.ts';
import { CLI_LIMITS } from '../limits.ts';

const nodeMajorLeast = 24;
const othersMask = 0o077;
const mib = 1_048_576;

export function nodeFinding(version: string): Finding {
  const major = Number.parseInt(version, 10);
  if (major >= nodeMajorLeast) return finding('node', 'ok', version);
  return finding('node', 'bad', `${version} is too old`, `install Node ${nodeMajorLeast} or newer`);
}

/** Reads only: nothing of it is mended here. */
export async function profileFindings(
  files: ProfileFiles,
  { storage }: Adapters,
): Promise<readonly Finding[]> {
  if (!existsSync(files.keys))
    return [finding('profile', 'ok', `${files.directory}: none yet; the first start makes one`)];
  const found = [...modeFindings(files), spaceFinding(files.directory)];
  return [...found, storeFinding(await storage(), files)];
}

function modeFindings({ directory, keys, database }: ProfileFiles): Finding[] {
  if (process.platform === 'win32') return [];
  const open = [directory, keys, database].filter((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found !== undefined && (found.mode & othersMask) !== 0;
  });
  if (open.length === 0) return [finding('profile', 'ok', `${directory}: only you may read it`)];
  const advice = `chmod go= ${open.map((path) => `'${path}'`).join(' ')}`;
  const level = open.includes(keys) ? 'bad' : 'warn';
  return [finding('profile', level, `others may read ${open.join(', ')}`, advice)];
}

function spaceFinding(directory: string): Finding {
  const { bavail, bsize } = statfsSync(directory);
  const freeBytes = bavail * bsize;
  const text = `${Math.floor(freeBytes / mib)} MiB free`;
  const { diskBytesLeast, diskBytesFew } = CLI_LIMITS;
  if (freeBytes >= diskBytesFew) return finding('disk', 'ok', text);
  const level = freeBytes < diskBytesLeast ? 'bad' : 'warn';
  return finding('disk', level, text, 'make room: what is said cannot be stored on a full disk');
}

function storeFinding(
  { openStore }: Awaited<ReturnType<Adapters['storage']>>,
  { database }: ProfileFiles,
): Finding {
  try {
    const store = openStore({ path: database });
    const chains = store.chains().length;
    void store.close();
    return finding('store', 'ok', `opens, ${chains} chains`);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return finding('store', 'bad', error.message, 'restore it from a copy, or begin with --home');
  }
}
