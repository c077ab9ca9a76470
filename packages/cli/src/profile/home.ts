// Where a profile is, and which files it has.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface ProfileFiles {
  readonly directory: string;
  readonly keys: string;
  readonly database: string;
  /** Which start of the profile this is: see run-mark.ts. */
  readonly runMark: string;
  /** The addresses the running process listens on, one a line. */
  readonly addresses: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `home` (--home), else PARLEY_HOME, else the data directory of the platform. */
export async function profileDirectory(home: string | null, env: Environment): Promise<string> {
  const chosen = home ?? env['PARLEY_HOME'] ?? '';
  if (chosen !== '') return resolve(chosen.replace(/^~(?=\/|$)/u, homedir()));
  const { default: envPaths } = await import('env-paths');
  return envPaths('parley', { suffix: '' }).data;
}

/** Where configuration files may be: a profile that was named may have its own; else those of the person hold. */
export async function configPlaces(
  home: string | null,
  env: Environment,
): Promise<readonly string[]> {
  const { default: envPaths } = await import('env-paths');
  const own = envPaths('parley', { suffix: '' }).config;
  const isNamed = (home ?? env['PARLEY_HOME'] ?? '') !== '';
  return isNamed ? [await profileDirectory(home, env), own] : [own];
}

export function profileFiles(directory: string): ProfileFiles {
  return {
    directory,
    keys: join(directory, 'keys.json'),
    database: join(directory, 'parley.db'),
    runMark: join(directory, 'run.json'),
    addresses: join(directory, 'addresses'),
  };
}
