// Keeps a second process out of a profile, by a lock that the system drops when its holder dies,
// however it dies.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { StoreError } from '@parley/core';

import { asFault } from './faults.ts';
import { closeDirectory, writePrivateFile } from './files.ts';

export interface ProfileLock {
  /** Idempotent. */
  release(): void;
}

const PID_TRIES = 20;
const PID_PAUSE_MS = 5;

/**
 * Referred to from here, because a connection that nobody refers to is closed, and its lock is
 * gone.
 */
const held: Set<DatabaseSync> = new Set();

/**
 * Makes the profile directory if need be, gives it the mode 0700, and locks it for this process
 * until `release`. Throws StoreError 'locked' with the pid of the process that has it.
 *
 * The lock is SQLite's exclusive lock on an empty database, a POSIX lock, so kill -9 leaves nothing
 * behind. The pid stands in a file of its own, because reading a locked file and closing it again
 * would drop our own locks on it; it means something only while the lock is held.
 */
export function lockProfile(directory: string): ProfileLock {
  const lockFile = path.join(directory, 'lock.db');
  const pidFile = path.join(directory, 'lock.pid');
  const connection = openLock(directory, lockFile);
  try {
    // In memory, so that no journal appears beside it.
    connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    writePrivateFile(pidFile, Buffer.from(`${process.pid}\n`));
  } catch (error) {
    connection.close();
    const found = asFault(error, lockFile);
    throw found instanceof StoreError && found.code === 'locked'
      ? inUse(directory, readHolder(pidFile), error)
      : found;
  }
  held.add(connection);
  return {
    release: () => {
      if (!held.delete(connection)) return;
      fs.rmSync(pidFile, { force: true });
      connection.close();
    },
  };
}

function openLock(directory: string, lockFile: string): DatabaseSync {
  try {
    closeDirectory(directory);
    if (fs.existsSync(lockFile)) fs.chmodSync(lockFile, 0o600);
    else writePrivateFile(lockFile, new Uint8Array());
    return new DatabaseSync(lockFile, { timeout: 0 });
  } catch (error) {
    throw asFault(error, lockFile);
  }
}

function inUse(directory: string, pid: number | null, cause: unknown): StoreError {
  const holder = pid === null ? 'another process' : `process ${pid}`;
  const text = `profile ${directory} is in use by ${holder}: use that one, end it, or give --home`;
  return new StoreError('locked', text, pid === null ? { cause } : { cause, pid });
}

/** Waits a moment for a holder that has just taken the lock, and whose pid is not written yet. */
function readHolder(pidFile: string): number | null {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < PID_TRIES; tries += 1) {
    const pid = fs.existsSync(pidFile) ? Number(fs.readFileSync(pidFile, 'utf8')) : 0;
    if (pid > 0 && isAlive(pid)) return pid;
    Atomics.wait(clock, 0, 0, PID_PAUSE_MS);
  }
  return null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
