// The files of a database: made for their owner alone whatever the umask, and never taken for new
// when they are broken.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { fault } from './faults.ts';
import { migrate } from './schema.ts';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const MAGIC = 'SQLite format 3\0';

/**
 * Makes a directory (and its parents) that only its owner may enter; leaves the mode of one that
 * exists.
 */
function makePrivateDirectory(directory: string): void {
  if (fs.existsSync(directory)) return;
  const parent = path.dirname(directory);
  // Parent by parent: mkdir's own recursion never ends where a parent is there and takes no entries, as in /proc.
  if (parent !== directory) makePrivateDirectory(parent);
  try {
    fs.mkdirSync(directory, { mode: DIRECTORY_MODE });
  } catch (error) {
    // Another process that starts now made it first.
    if (fs.existsSync(directory)) return;
    throw error;
  }
  fs.chmodSync(directory, DIRECTORY_MODE);
}

/** Gives a directory that is ours alone the mode 0700. */
export function closeDirectory(directory: string): void {
  makePrivateDirectory(directory);
  fs.chmodSync(directory, DIRECTORY_MODE);
}

/** Writes a whole file that only its owner may read. */
export function writePrivateFile(file: string, content: Uint8Array): void {
  const descriptor = fs.openSync(file, 'w', FILE_MODE);
  try {
    fs.fchmodSync(descriptor, FILE_MODE);
    // writeFileSync goes on after a short write; writeSync would not.
    fs.writeFileSync(descriptor, content);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Makes the names in a directory survive a power cut. */
export function syncDirectory(directory: string): void {
  // Windows has no such thing: its directories cannot be opened.
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Makes sure that there is a database at `file` that can be opened, and that it and the files
 * beside it are private. Throws StoreError 'damaged' for one that is empty, foreign, or gone while
 * its WAL is still there.
 */
export function prepareDatabaseFile(file: string): void {
  makePrivateDirectory(path.dirname(file));
  if (!fs.existsSync(file)) {
    // SQLite would delete a WAL without a database, and with it what was said last.
    if (fs.existsSync(`${file}-wal`)) throw fault('damaged', file, 'it is gone, its -wal is not');
    createDatabaseFile(file);
  }
  checkMagic(file);
  for (const name of [file, `${file}-wal`, `${file}-shm`]) {
    if (fs.existsSync(name)) fs.chmodSync(name, FILE_MODE);
  }
}

/**
 * A new database gets its name when it is complete, so that an empty file is never one cut short at
 * birth.
 */
function createDatabaseFile(file: string): void {
  const unborn = `${file}.new`;
  fs.rmSync(`${unborn}-journal`, { force: true });
  // SQLite gives the files it makes later the mode of this one.
  writePrivateFile(unborn, new Uint8Array());
  const database = new DatabaseSync(unborn);
  try {
    migrate(database);
  } finally {
    database.close();
  }
  fs.renameSync(unborn, file);
  syncDirectory(path.dirname(file));
}

/**
 * Safe only before SQLite opens the file: closing a descriptor drops the locks a process holds on
 * it.
 */
function checkMagic(file: string): void {
  const descriptor = fs.openSync(file, 'r');
  try {
    const start = Buffer.alloc(MAGIC.length);
    const length = fs.readSync(descriptor, start, 0, start.length, 0);
    if (length < start.length || start.toString('latin1') !== MAGIC) {
      throw fault('damaged', file, length === 0 ? 'it is empty' : 'it is no SQLite database');
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
