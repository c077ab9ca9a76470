// Finds the files that people write: beside the profile that they named, else where the system has configurations.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadSettingsFile, SettingsFile } from '@parley/client';
import { CLI_LIMITS } from '../limits.ts';
import { configPlaces } from './home.ts';

export async function settingsFiles(
  home: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReadSettingsFile> {
  const directories = await configPlaces(home, env);
  return (name) => readFirst(directories, name);
}

/** The first directory that has the file is the one that counts. */
export function readFirst(directories: readonly string[], name: string): SettingsFile {
  let path = name;
  for (const directory of directories) {
    path = join(directory, name);
    try {
      const source = readFileSync(path, 'utf8');
      if (source.length <= CLI_LIMITS.settingsFileUnitsMax)
        return { path, source, complaint: null };
      return { path, source: null, complaint: `${path} is too long to be read` };
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') continue;
      return { path, source: null, complaint: `cannot read ${path}: ${codeOf(error)}` };
    }
  }
  return { path, source: null, complaint: null };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
