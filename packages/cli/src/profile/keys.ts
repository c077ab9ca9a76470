// The key file: three 32-byte seeds as hex in JSON.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fromHex, toHex } from '@parley/core';
import { failed } from '../failure.ts';
import type { ProfileFiles } from './home.ts';
import { makePrivate, writePrivateFile } from './private-file.ts';

export interface Keys {
  /** Who one is. */
  readonly identitySeed: Uint8Array;
  /** What signs one's chains. */
  readonly deviceSeed: Uint8Array;
  /** One's address key on the network, which is no author. */
  readonly networkSeed: Uint8Array;
}

export interface FoundKeys {
  readonly keys: Keys;
  readonly isNew: boolean;
  /** What was put right on the way. */
  readonly notice: string | null;
}

const seedBytes = 32;

/** Reads the keys or makes them; to be called under the profile's lock. Throws Failure for a damaged file. */
export function loadKeys(files: ProfileFiles): FoundKeys {
  if (existsSync(files.keys)) {
    return { keys: readKeys(files.keys), isNew: false, notice: makePrivate(files.keys) };
  }
  if (existsSync(files.database)) {
    throw failed(
      `${files.keys} is gone, but ${files.database} is not: put it back, or move both away`,
    );
  }
  const keys = {
    identitySeed: newSeed(),
    deviceSeed: newSeed(),
    networkSeed: newSeed(),
  };
  writePrivateFile(files.keys, keysText(keys));
  return { keys, isNew: true, notice: null };
}

function newSeed(): Uint8Array {
  return new Uint8Array(randomBytes(seedBytes));
}

function keysText(keys: Keys): string {
  const fields = {
    version: 1,
    warning: 'whoever has this file is you',
    identitySeed: toHex(keys.identitySeed),
    deviceSeed: toHex(keys.deviceSeed),
    networkSeed: toHex(keys.networkSeed),
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** Throws Failure for a file that is damaged or of a newer version. */
export function readKeys(path: string): Keys {
  const fields = parse(path, readFileSync(path, 'utf8'));
  if (fields['version'] !== 1) {
    throw failed(`${path} is of version ${String(fields['version'])}: a newer parley wrote it`);
  }
  return {
    identitySeed: seedOf(path, fields, 'identitySeed'),
    deviceSeed: seedOf(path, fields, 'deviceSeed'),
    networkSeed: seedOf(path, fields, 'networkSeed'),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parse(path: string, text: string): Fields {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === 'object' && fields !== null) return fields as Fields;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw damaged(path, 'it is no JSON object');
}

function seedOf(path: string, fields: Fields, name: string): Uint8Array {
  const hex = fields[name];
  if (typeof hex !== 'string' || !/^[0-9a-f]{64}$/u.test(hex)) {
    throw damaged(path, `${name} is not 64 hex digits`);
  }
  return fromHex(hex);
}

function damaged(path: string, why: string): Error {
  return failed(`${path} is damaged (${why}): put a copy back, or use another --home`);
}
