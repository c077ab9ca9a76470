// Where the socket lies when its path in the profile is too long, and somebody else was there in between.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { claimSocketPath, dropSocket, socketPathOf } from '@parley/local-api';

const base = mkdtempSync(join(tmpdir(), 'paths-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A profile with a long path, and the socket that was claimed for it. */
function claimed(name: string): { readonly home: string; readonly path: string } {
  const home = join(base, name, 'h'.repeat(120));
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const path = claimSocketPath(home, { XDG_RUNTIME_DIR: base });
  if (path === null) throw new Error('no path');
  return { home, path };
}

describe.skipIf(process.platform === 'win32')('a socket outside the profile', () => {
  it('is in a directory that is new and its owner alone may enter', () => {
    const { home, path } = claimed('new');
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(statSync(join(home, 'socket.path')).mode & 0o777).toBe(0o600);
    expect(socketPathOf(home)).toBe(path);
    dropSocket(home);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('is not looked for behind a link that has taken its place, nor is anything removed there', () => {
    const { home, path } = claimed('link');
    const other = join(base, 'other');
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(join(other, 'socket'), 'a file of ours');
    rmSync(dirname(path), { recursive: true });
    symlinkSync(other, dirname(path));
    expect(socketPathOf(home)).toBeNull();
    const again = claimSocketPath(home, { XDG_RUNTIME_DIR: base });
    expect(again).not.toBe(path);
    expect(readFileSync(join(other, 'socket'), 'utf8')).toBe('a file of ours');
  });

  it('is not looked for where others may enter', () => {
    const { home, path } = claimed('open');
    chmodSync(dirname(path), 0o755);
    expect(socketPathOf(home)).toBeNull();
  });
});
