// The launcher finds the program and a fit Node from wherever it is called, or says in one line what is missing.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../../packages/cli/bin/parley', import.meta.url));

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley launcher-'));
  mkdirSync(join(folder, 'home/cli/bin'), { recursive: true });
  copyFileSync(launcher, join(folder, 'home/cli/bin/parley'));
  program('home/cli/dist/parley.js', '');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes an executable shell script. */
function program(path: string, script: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, path), 0o755);
}

/** Runs the launcher with only the folder's own `path` directory, and what links need, on the PATH. */
function launch(
  command: string,
  ...args: string[]
): { status: number | null; out: string; err: string } {
  const env = { PATH: `${join(folder, 'path')}:${join(folder, 'tools')}`, CDPATH: '/' };
  mkdirSync(join(folder, 'tools'), { recursive: true });
  const readlink = spawnSync('sh', ['-c', 'command -v readlink'], {
    encoding: 'utf8',
  }).stdout.trim();
  symlinkSync(readlink, join(folder, 'tools/readlink'));
  const run = spawnSync('/bin/sh', [command, ...args], { cwd: folder, env, encoding: 'utf8' });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

const pinned = 'home/node_modules/node/bin/node';
const onPath = 'path/node';
const tellVersion = (version: string): string =>
  `[ "$1" = --version ] && echo ${version} && exit; echo path "$@"`;

describe('the launcher', () => {
  it('runs the program under the pinned Node, with the arguments as they are', () => {
    program(pinned, 'for a in "$@"; do echo "$a"; done');
    program(onPath, tellVersion('v30.0.0'));
    const { status, out } = launch('home/cli/bin/parley', 'two words', '', '*');
    expect(status).toBe(0);
    expect(out).toBe(
      `--max-semi-space-size=16\n${folder}/home/cli/dist/parley.js\ntwo words\n\n*\n`,
    );
  });

  it('is found through links to links, relative and absolute', () => {
    program(pinned, 'echo pinned');
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    symlinkSync('../../home/cli/bin/parley', join(folder, 'a/b/second'));
    symlinkSync(join(folder, 'a/b/second'), join(folder, 'first'));
    expect(launch('first').out).toBe('pinned\n');
  });

  it('passes on the exit status', () => {
    program(pinned, 'exit 42');
    expect(launch('home/cli/bin/parley').status).toBe(42);
  });

  it('takes the Node on the PATH where none is pinned and it is new enough', () => {
    program(onPath, tellVersion('v24.0.0'));
    expect(launch('home/cli/bin/parley', 'x').out).toBe(
      `path --max-semi-space-size=16 ${folder}/home/cli/dist/parley.js x\n`,
    );
  });

  it.each(['v20.20.2', 'v9.0.0', 'nonsense', ''])('refuses a Node that says %s', (version) => {
    program(onPath, tellVersion(version));
    const { status, out, err } = launch('home/cli/bin/parley');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^parley: Node\.js 24 or newer is needed .*install.*\n$/u);
  });

  it('says so where there is no Node at all', () => {
    const { status, err } = launch('home/cli/bin/parley');
    expect(status).toBe(1);
    expect(err).toMatch(/^parley: .*found none.*\n$/u);
  });

  it('says so where the program is not built', () => {
    rmSync(join(folder, 'home/cli/dist'), { recursive: true });
    const { status, err } = launch('home/cli/bin/parley');
    expect(status).toBe(1);
    expect(err).toMatch(/^parley: .*not built.*npm ci.*\n$/u);
  });
});
