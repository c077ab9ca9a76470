// Reads the TypeScript sources of all packages from the disk.

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Maps each path, from the root of the repository and with forward slashes, to its text. */
export function readSources(): Map<string, string> {
  const found = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).toSorted();
  return new Map(
    found.map((path) => [path.replaceAll('\\', '/'), readFileSync(root + path, 'utf8')]),
  );
}
