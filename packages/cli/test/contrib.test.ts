// What is given to people who run a peer that stays up: the unit, the container file, and the limits they are promised.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIMITS } from '@parley/core';
import { NETWORK_LIMITS } from '@parley/net-libp2p';
import { describe, expect, it } from 'vitest';
import { CLI_LIMITS } from '../src/limits.ts';
import { parseCommandLine } from '../src/usage/parse.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The values of a unit by section and key, in the order of the file. */
function unitOf(text: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  let section = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[(?<name>\w+)\]$/u.exec(line)?.groups?.['name'];
    if (header !== undefined) {
      section = header;
      continue;
    }
    const { key = '', value = '' } = /^(?<key>\w+)=(?<value>.*)$/u.exec(line)?.groups ?? {};
    expect(key, `"${line}" is no setting`).not.toBe('');
    const name = `${section}.${key}`;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

const installed = '/opt/parley/';

/** Whether a command is there and can be run, and what parley makes of its options. */
function madeOf([program = '', ...argv]: readonly string[]): unknown {
  expect(program.startsWith(installed)).toBe(true);
  expect(statSync(join(root, program.slice(installed.length))).mode & 0o111).not.toBe(0);
  return parseCommandLine(argv, '1.2.3');
}

describe('contrib/parley.service', () => {
  const text = read('contrib/parley.service');
  const unit = unitOf(text);

  it('takes from the peer all that it does without', () => {
    const needed = {
      DynamicUser: 'yes',
      StateDirectory: 'parley',
      NoNewPrivileges: 'yes',
      CapabilityBoundingSet: '',
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
      PrivateTmp: 'yes',
      PrivateDevices: 'yes',
      RestrictNamespaces: 'yes',
      UMask: '0077',
      Restart: 'on-failure',
      ExecReload: '/bin/kill -HUP $MAINPID',
    };
    for (const [key, value] of Object.entries(needed))
      expect([key, unit.get(`Service.${key}`)]).toEqual([key, [value]]);
  });

  it('runs a command that there is, with options that it takes', () => {
    const command = (unit.get('Service.ExecStart')?.[0] ?? '').split(' ');
    expect(madeOf(command)).toMatchObject({ kind: 'serve' });
  });

  it.runIf(existsSync('/usr/bin/systemd-analyze'))('is what systemd understands', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-unit-'));
    try {
      const file = join(folder, 'parley.service');
      writeFileSync(file, text.replaceAll(installed, root));
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], {
        encoding: 'utf8',
      });
      const about = stderr.split('\n').filter((line) => line.includes('parley.service'));
      expect([status, about]).toEqual([0, []]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('contrib/Containerfile', () => {
  const lines = read('contrib/Containerfile')
    .replaceAll(/\\\n\s*/gu, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const values = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

  it('leaves the tools of the build behind, and runs as nobody in particular', () => {
    expect(values('FROM')).toHaveLength(2);
    expect(values('USER')).toEqual(['parley']);
    expect(values('VOLUME')).toEqual(['/data']);
    expect(values('EXPOSE')).toEqual(['4747/tcp 4747/udp']);
    expect(values('HEALTHCHECK')[0]).toContain('127.0.0.1:9464/healthz');
  });

  it('copies what there is, and runs a command that there is, with options that it takes', () => {
    for (const copied of values('COPY').filter((line) => !line.startsWith('--from')))
      for (const path of copied.split(' ').slice(0, -1))
        expect(existsSync(join(root, path))).toBe(true);
    const command = JSON.parse(values('ENTRYPOINT')[0] ?? '[]') as string[];
    expect(madeOf(command)).toMatchObject({ kind: 'serve' });
  });
});

describe('docs/serve.md', () => {
  it('promises the limits that there are', () => {
    const all: Readonly<Record<string, number>> = { ...LIMITS, ...NETWORK_LIMITS, ...CLI_LIMITS };
    const section = read('docs/serve.md').split('## What strangers can ask of it')[1] ?? '';
    const row = /^\| (?<what>[^|]+) \| (?<most>[^|]+) \| (?<names>`[^|]+`) \|$/gmu;
    const rows = Array.from(section.matchAll(row), ({ groups }) => groups ?? {});
    expect(rows.length).toBeGreaterThan(20);
    for (const { what, most = '', names = '' } of rows) {
      const numbers = most.match(/\d+/gu)?.map(Number) ?? [];
      for (const name of names.split(', ')) {
        const value = all[name.replaceAll('`', '')];
        expect(value, `${what}: there is no limit ${name}`).toBeDefined();
        expect(numbers, `${what}: ${name}`).toContain(value);
      }
    }
  });
});
