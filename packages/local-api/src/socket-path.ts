// Where the socket of a profile is: in the profile, or in a short directory of ours where a socket's path may not be so long.

import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const socketName = 'socket';
/** Holds the path of the socket where that is elsewhere. */
const recordName = 'socket.path';
const prefix = 'parley-';

/** What sun_path holds, its zero left out. */
const pathBytesMax = process.platform === 'linux' ? 107 : 103;

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= pathBytesMax;
}

/** Where the process on this profile listens, if one does; null where it cannot be known or is not ours. */
export function socketPathOf(home: string): string | null {
  if (process.platform === 'win32') return null;
  const own = join(home, socketName);
  if (fits(own)) return own;
  const record = join(home, recordName);
  if (!existsSync(record)) return null;
  const path = readFileSync(record, 'utf8').trim();
  return isOurs(dirname(path)) ? path : null;
}

/**
 * A path to listen on, with nothing there: to be called by whoever has the profile's lock. null where the system has
 * no such sockets. `XDG_RUNTIME_DIR` is preferred to the directory for temporary files.
 */
export function claimSocketPath(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (process.platform === 'win32') return null;
  dropSocket(home);
  const own = join(home, socketName);
  if (fits(own)) return own;
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  const places = [runtime, tmpdir(), '/tmp'].filter((place) => place !== '' && existsSync(place));
  const place = places.find((each) => fits(join(each, `${prefix}XXXXXX`, socketName)));
  if (place === undefined) return null;
  // Made with mode 0700, under a name that nobody had.
  const path = join(mkdtempSync(join(place, prefix)), socketName);
  writeFileSync(join(home, recordName), `${path}\n`, { mode: 0o600 });
  return path;
}

/** Removes what a process left that was killed, and what is done with. */
export function dropSocket(home: string): void {
  const path = socketPathOf(home);
  if (path === null) return;
  rmSync(path, { force: true });
  const place = dirname(path);
  if (place === home || !basename(place).startsWith(prefix)) return;
  rmSync(place, { recursive: true, force: true });
  rmSync(join(home, recordName), { force: true });
}

/**
 * Nobody else can have put it there: also no link to a directory of ours, where something is cleared away between our
 * runs and somebody else takes its name.
 */
function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined || process.getuid === undefined) return false;
  return found.isDirectory() && found.uid === process.getuid() && (found.mode & 0o077) === 0;
}
