// Profiles: keys, names, and how to go on after a copy or a crash.

import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { openStore } from '@parley/store-sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../src/failure.ts';
import { askName } from '../src/profile/ask-name.ts';
import { bootId } from '../src/profile/boot.ts';
import { profileDirectory, profileFiles } from '../src/profile/home.ts';
import type { ProfileFiles } from '../src/profile/home.ts';
import { loadKeys } from '../src/profile/keys.ts';
import { defaultListen } from '../src/profile/listen.ts';
import { resumeProfile } from '../src/profile/run-mark.ts';

let folder = '';
let files: ProfileFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley profile-'));
  files = profileFiles(folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the place of a profile', () => {
  it('is what --home says, else PARLEY_HOME, else the data directory', async () => {
    expect(await profileDirectory('/a', { PARLEY_HOME: '/b' })).toBe('/a');
    expect(await profileDirectory(null, { PARLEY_HOME: '/b' })).toBe('/b');
    expect(await profileDirectory('~/c', {})).toBe(join(homedir(), 'c'));
    expect(await profileDirectory(null, { PARLEY_HOME: '' })).toMatch(/parley$/u);
  });
});

describe('keys', () => {
  it('are made once, for their owner alone, and are all different', () => {
    const made = loadKeys(files);
    expect(made.isNew).toBe(true);
    expect(statSync(files.keys).mode & 0o777).toBe(0o600);
    const seeds = Object.values(made.keys).map((seed: Uint8Array) =>
      Buffer.from(seed).toString('hex'),
    );
    expect(new Set(seeds).size).toBe(3);
    const found = loadKeys(files);
    expect(found).toMatchObject({ isNew: false, notice: null });
    expect(found.keys).toEqual(made.keys);
  });

  it('that others could read are made private, with a word about it', () => {
    loadKeys(files);
    chmodSync(files.keys, 0o640);
    expect(loadKeys(files).notice).toContain('mode 640');
    expect(statSync(files.keys).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{', '[]', '{"version":2}', '{"version":1,"identitySeed":"ff"}'])(
    'in a damaged file (%s) are refused, and not made anew',
    (text) => {
      writeFileSync(files.keys, text);
      expect(() => loadKeys(files)).toThrow(Failure);
      expect(readFileSync(files.keys, 'utf8')).toBe(text);
    },
  );

  it('are not made anew beside a database', () => {
    writeFileSync(files.database, 'x');
    expect(() => loadKeys(files)).toThrow('put it back');
  });
});

/** One run of the profile: whether it goes on as before, and what a crash or a clean end leaves. */
async function run(
  boot: string | null,
  end: 'clean' | 'killed',
  at: ProfileFiles = files,
): Promise<'continue' | 'fresh'> {
  const opened = openStore({ path: at.database });
  const before = opened.meta('profile.era');
  const { era, store } = resumeProfile(opened, at, boot);
  if (end === 'clean') await store.close();
  else {
    // The store closes, but nobody says that all went well.
    const bare = openStore({ path: at.database });
    await bare.close();
  }
  return before === String(era) ? 'continue' : 'fresh';
}

async function eraAfter(boot: string): Promise<number> {
  const { era, store } = resumeProfile(openStore({ path: files.database }), files, boot);
  await store.close();
  return era;
}

describe('resuming', () => {
  it('goes on after a clean end, on any boot', async () => {
    await run('boot 1', 'clean');
    expect(await run('boot 1', 'clean')).toBe('continue');
    expect(await run('boot 2', 'clean')).toBe('continue');
  });

  it('goes on after kill -9 on the same boot, and not on another or an unknown one', async () => {
    await run('boot 1', 'killed');
    expect(await run('boot 1', 'killed')).toBe('continue');
    expect(await run('boot 2', 'killed')).toBe('fresh');
    expect(await run(null, 'killed')).toBe('fresh');
    expect(await run(null, 'clean')).toBe('fresh');
    expect(await run(null, 'clean')).toBe('continue');
  });

  it('begins anew in a copy of the whole profile', async () => {
    await run('boot 1', 'clean');
    const copy = profileFiles(mkdtempSync(join(tmpdir(), 'parley copy-')));
    cpSync(folder, copy.directory, { recursive: true });
    expect(await run('boot 1', 'clean', copy)).toBe('fresh');
    expect(await run('boot 1', 'clean', copy)).toBe('continue');
    rmSync(copy.directory, { recursive: true });
    expect(await run('boot 1', 'clean')).toBe('continue');
  });

  it('begins anew where an older database was put back in its place', async () => {
    await run('boot 1', 'clean');
    const older = readFileSync(files.database);
    await run('boot 1', 'clean');
    writeFileSync(files.database, older);
    expect(await run('boot 1', 'clean')).toBe('fresh');
  });

  it('begins anew where the mark is gone or says nothing', async () => {
    await run('boot 1', 'clean');
    rmSync(files.runMark);
    expect(await run('boot 1', 'clean')).toBe('fresh');
    writeFileSync(files.runMark, '{"run":');
    expect(await run('boot 1', 'clean')).toBe('fresh');
    expect(await run('boot 1', 'clean')).toBe('continue');
  });

  it('begins anew once, whatever ends that run', async () => {
    await run('boot 1', 'killed');
    const era = await eraAfter('boot 2');
    expect(await eraAfter('boot 2')).toBe(era);
    await run('boot 2', 'killed');
    expect(await eraAfter('boot 3')).toBe(era + 1);
  });

  it('knows the boot by a text that stays', () => {
    expect(bootId()).toBe(bootId());
  });
});

describe('askName', () => {
  it('asks again, with the reason, until the name is one', async () => {
    const input = new PassThrough();
    const output = new PassThrough({ encoding: 'utf8' });
    input.write('two words\n\nanna\n');
    expect(await askName(input, output)).toBe('anna');
    const text = String(output.read());
    expect(text.match(/Please input chat name: /gu)).toHaveLength(3);
    expect(text).toContain('a name has no spaces in it');
    expect(text).toContain('a name needs at least one character');
  });

  it('fails where the input ends before', async () => {
    const input = new PassThrough();
    input.end();
    await expect(askName(input, new PassThrough())).rejects.toThrow('--name');
  });
});

describe('where to listen', () => {
  it('is the usual port, or a free one where it is taken, with a word about it', async () => {
    const taken = createServer().listen(0, '0.0.0.0');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const other = await defaultListen(port);
    expect(other.notice).toContain(`port ${port} is taken`);
    expect(other.listen[0]).toMatch(/^0\.0\.0\.0:\d+$/u);
    expect(other.listen).not.toContain(`0.0.0.0:${port}`);
    await new Promise((resolve) => taken.close(resolve));
    const usual = await defaultListen(port);
    expect(usual).toMatchObject({ notice: null });
    expect(usual.listen[0]).toBe(`0.0.0.0:${port}`);
  });
});
