// Files that only their owner may read, written whole or not at all.

import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { failed } from '../failure.ts';

const ownerOnly = 0o600;
const othersBits = 0o077;

/** Replaces the file at once, durably: after a power cut there is the old text or the new one. */
export function writePrivateFile(path: string, text: string): void {
  const unborn = `${path}.${process.pid}.new`;
  rmSync(unborn, { force: true });
  const descriptor = openSync(unborn, 'wx', ownerOnly);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unborn, path);
  syncDirectory(dirname(path));
}

function syncDirectory(path: string): void {
  // Windows cannot open directories.
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Takes from others the right to read it; returns a text if they had it, null if all was well. */
export function makePrivate(path: string): string | null {
  const mode = statSync(path).mode & 0o777;
  if (process.platform === 'win32' || (mode & othersBits) === 0) return null;
  try {
    chmodSync(path, ownerOnly);
  } catch (error) {
    throw failed(`${path} can be read by others and cannot be changed: chmod 600 it`, error);
  }
  return `${path} could be read by others (mode ${mode.toString(8)}); it is 600 now`;
}
