// config.json and the command line: which one holds, and what a broken file does.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPeerSettings, usualSettings } from '@parley/client';
import { LIMITS } from '@parley/core';
import { NETWORK_LIMITS } from '@parley/net-libp2p';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardChoices, networkChoices } from '../src/profile/network-choices.ts';
import { readFirst } from '../src/profile/settings-files.ts';
import { readChosen, withSettings } from '../src/profile/settings.ts';
import { parseCommandLine } from '../src/usage/parse.ts';
import { CLI_LIMITS } from '../src/limits.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-settings-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function given(...argv: string[]): Parameters<typeof withSettings>[0] {
  const invocation = parseCommandLine(['serve', ...argv], '1.2.3');
  if (invocation.kind !== 'serve') throw new Error(invocation.kind);
  return invocation.options;
}

function read(...directories: string[]): ReturnType<typeof readChosen> {
  return readChosen((name) => readFirst(directories, name));
}

const { settings: chosen } = readPeerSettings(`{
  "name": "rock", "logLevel": "error",
  "network": { "listen": "0.0.0.0:1", "connect": ["a:1", "b:2"], "discovery": false },
}`);

describe('what holds', () => {
  it('is what the file says where the command line says nothing', () => {
    expect(withSettings(given(), chosen)).toMatchObject({
      name: 'rock',
      listen: ['0.0.0.0:1'],
      connect: ['a:1', 'b:2'],
      discovery: false,
      logLevel: 'error',
    });
  });

  it('is what the command line says, which dials whom the file names too', () => {
    const argv = '--name anna --listen 0.0.0.0:9 --connect c:3 --connect a:1 --log-level debug';
    expect(withSettings(given(...argv.split(' ')), chosen)).toMatchObject({
      name: 'anna',
      listen: ['0.0.0.0:9'],
      connect: ['a:1', 'b:2', 'c:3'],
      logLevel: 'debug',
    });
    expect(withSettings(given('--no-discovery'), usualSettings).discovery).toBe(false);
  });

  it('is the usual where neither says anything', () => {
    expect(withSettings(given(), usualSettings)).toMatchObject({
      name: null,
      listen: [],
      connect: [],
      discovery: true,
      logLevel: 'info',
    });
  });
});

describe('the file', () => {
  it('that is not there leaves all as usual', () => {
    expect(read(directory, join(directory, 'none'))).toEqual({
      settings: usualSettings,
      complaints: [],
      fileComplaints: [],
      isRead: true,
    });
  });

  it('is the first that is there, and is named in complaints', () => {
    const other = join(directory, 'other');
    mkdirSync(other);
    writeFileSync(join(directory, 'config.json'), '{\n"nam": 1,\n"name": 3 }');
    writeFileSync(join(other, 'config.json'), '{ "name": "bobby" }');
    const path = join(directory, 'config.json');
    expect(read(join(directory, 'none'), directory, other)).toEqual({
      settings: usualSettings,
      complaints: [`${path}:3: name has to be a name, or null`],
      fileComplaints: [`${path}:2: there is no setting nam; the nearest is name`],
      isRead: true,
    });
    expect(read(other).settings.name).toBe('bobby');
  });

  it('that is broken, too long or no file holds as usual, and is told', () => {
    const path = join(directory, 'config.json');
    writeFileSync(path, '{ "name": "rock"');
    expect(read(directory)).toMatchObject({
      settings: usualSettings,
      fileComplaints: [expect.stringContaining(`${path}:1: `)],
      isRead: false,
    });
    writeFileSync(path, ' '.repeat(CLI_LIMITS.settingsFileUnitsMax + 1));
    expect(read(directory).fileComplaints).toEqual([`${path} is too long to be read`]);
    rmSync(path);
    mkdirSync(path);
    expect(read(directory).fileComplaints).toEqual([`cannot read ${path}: EISDIR`]);
  });
});

describe('the network', () => {
  it('is told in its own units, and that it relays only where a peer stays up', () => {
    const { settings } = readPeerSettings('{ "limits": { "relayMinutes": 2, "relayMiB": 3 } }');
    expect(networkChoices(settings, true)).toMatchObject({
      relay: 'serve',
      limits: { relayConnectionMsMax: 120_000, relayConnectionBytesMax: 3_145_728 },
    });
    expect(networkChoices(settings, false).relay).toBe('use');
    const off = readPeerSettings('{ "network": { "relay": "off" } }').settings;
    expect(networkChoices(off, true).relay).toBe('off');
  });

  it('keeps to its usual limits where nothing is chosen', () => {
    expect(NETWORK_LIMITS).toMatchObject(networkChoices(usualSettings, true).limits);
    expect(LIMITS).toMatchObject(guardChoices(usualSettings));
  });
});
