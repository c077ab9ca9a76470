// Turns what SQLite and the file system throw into the StoreErrors of the port, each with what to
// do about it.

import { StoreError } from '@parley/core';

const PRIMARY_MASK = 0xff;
/**
 * SQLITE_PERM, NOMEM, READONLY, IOERR, CANTOPEN, PROTOCOL and NOLFS; other codes are faults of
 * ours.
 */
const worldly = new Set([3, 7, 8, 10, 14, 15, 22]);
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;
/**
 * SQLITE_IOERR_SHMSIZE: the -shm file could not grow, which SQLite's manual ascribes to a full
 * disk.
 */
const SHM_SIZE = 4874;

const fullFileCodes = new Set(['ENOSPC', 'EDQUOT']);

function sqliteCode(error: unknown): StoreError['code'] | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  const extended = Number(error.errcode);
  if (extended === SHM_SIZE) return 'full';
  switch (extended & PRIMARY_MASK) {
    case FULL:
      return 'full';
    case CORRUPT:
    case NOT_A_DATABASE:
      return 'damaged';
    case BUSY:
    case LOCKED:
      return 'locked';
    default:
      return worldly.has(extended & PRIMARY_MASK) ? 'io' : null;
  }
}

function fileCode(error: unknown): StoreError['code'] | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  return fullFileCodes.has(String(error.code)) ? 'full' : 'io';
}

const texts: Readonly<Record<StoreError['code'], (path: string, detail: string) => string>> = {
  full: (path, detail) =>
    `no room left on the disk for ${path} (${detail}): free some and try again`,
  damaged: (path, detail) => damagedText(path, detail),
  locked: (path, detail) => `${path} is in use by another process (${detail}): stop that one first`,
  'newer-schema': (path, detail) => `${path} was written by a newer parley (${detail}): update it`,
  io: (path, detail) =>
    `cannot read or write ${path} (${detail}): check the disk and its permissions`,
};

function damagedText(path: string, detail: string): string {
  return (
    `${path} is damaged (${detail}); nothing was changed: put a copy back, or move it and the ` +
    'files beside it away to start with an empty history that other peers fill'
  );
}

/** A StoreError about this database file. */
export function fault(
  code: StoreError['code'],
  path: string,
  detail: string,
  options?: { readonly cause?: unknown; readonly pid?: number },
): StoreError {
  return new StoreError(code, texts[code](path, detail), options);
}

/**
 * What was thrown, as a StoreError if it is a fault of the disk; a broken invariant stays what it
 * is.
 */
export function asFault(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  const code = sqliteCode(error) ?? fileCode(error);
  if (code === null || !(error instanceof Error)) return error;
  return fault(code, path, error.message, { cause: error });
}

/** Calls `work`; faults of the disk leave it as StoreErrors about the database at `path`. */
export function guarded<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw asFault(error, path);
  }
}
