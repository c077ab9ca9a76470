// Which boot of the machine this is: after a crash of it, the disk may have lost what was sent.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isSystemError } from '../failure.ts';

/** A text that is the same until the machine starts anew; null where none can be had. */
export function bootId(): string | null {
  if (process.platform === 'linux') return readIfThere('/proc/sys/kernel/random/boot_id');
  if (process.platform === 'darwin') return sysctl('kern.bootsessionuuid');
  return null;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

function sysctl(name: string): string | null {
  try {
    return execFileSync('/usr/sbin/sysctl', ['-n', name], { encoding: 'utf8' }).trim() || null;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
