// Finds the file that an import reaches, and says where a file stands.

import { posix } from 'node:path';

/** Where a source file stands in the repository. */
export interface Place {
  readonly packageName: string;
  /** Inside the package's src folder. */
  readonly inner: string;
}

/** The place of a file of packages/<name>/src, or undefined for any other file. */
export function placeOf(path: string): Place | undefined {
  const found = /^packages\/([^/]+)\/src\/(.+)$/u.exec(path);
  const [, packageName, inner] = found ?? [];
  return packageName === undefined || inner === undefined ? undefined : { packageName, inner };
}

/** The path that a specifier names, or undefined for a module from outside the repository. */
export function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const found = /^@parley\/([^/]+)(?:\/(.+))?$/u.exec(specifier);
  if (found === null) return undefined;
  return `packages/${found[1] ?? ''}/src/${found[2] ?? 'index'}.ts`;
}
