// The rooms that a peer is started in: by name, by invite, from files, from the environment.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeInvite } from '@parley/core';
import type { IdentityKey, PeerId } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../src/failure.ts';
import { checkConnect, roomNotice, startRooms } from '../src/profile/rooms.ts';

const suite = createNodeSuite();

function inviteTo(name: string, expiresMs: number | null = null): string {
  return encodeInvite(suite, {
    room: { kind: 'secret', name, secret: new Uint8Array(32).fill(3) },
    inviter: { identity: 'b'.repeat(64) as IdentityKey, peer: 'peer-1' as PeerId, name: 'anna' },
    addresses: [],
    expiresMs,
  });
}

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-rooms-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const names = (...asked: Parameters<typeof startRooms>): string[] =>
  startRooms(...asked).map(({ key }) => `${key.kind} ${key.name}`);

function refusalOf(rooms: readonly string[], roomFiles: readonly string[] = []): Failure {
  try {
    startRooms({ rooms, roomFiles }, {}, suite);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('it was not refused');
}

describe('the rooms to start in', () => {
  it('come from the command line, from files and from PARLEY_ROOM, in this order', () => {
    const file = join(directory, 'invite');
    writeFileSync(file, `${inviteTo('filed').replace(/.{60}/gu, '$&\n')}\n`);
    const asked = { rooms: ['#ops', inviteTo('crew')], roomFiles: [file] };
    const env = { PARLEY_ROOM: inviteTo('hidden') };
    expect(names(asked, env, suite)).toEqual([
      'open ops',
      'secret crew',
      'secret filed',
      'secret hidden',
    ]);
    expect(names({ rooms: [], roomFiles: [] }, { PARLEY_ROOM: '' }, suite)).toEqual([]);
  });

  it.each([
    ['17', 'not a number'],
    [inviteTo('crew').slice(0, -3), 'missing or mistyped'],
    [inviteTo('crew', 1_000), 'expired at 19'],
  ])('%s is wrong usage, and says why', (text, why) => {
    const refusal = refusalOf([text]);
    expect(refusal.exitCode).toBe(2);
    expect(refusal.message).toContain(why);
    // It may be shown to others, or land in a log.
    expect(refusal.message).not.toContain('parley:7');
  });

  it('that are in no file are a failure that names it', () => {
    expect(refusalOf([], [join(directory, 'nowhere')]).message).toContain('nowhere');
  });

  it('are not dialled by an invite without an address, which is wrong usage', () => {
    expect(() => checkConnect(['host:4747', inviteTo('crew')], suite)).toThrow('names no address');
    expect(() => checkConnect(['host:4747', 'parley:22'], suite)).toThrow('missing or mistyped');
    expect(() => checkConnect(['host:4747'], suite)).not.toThrow();
  });

  it('by an invite on the command line are told to be seen by others', () => {
    expect(roomNotice({ rooms: [inviteTo('crew')] })).toContain('--room-file');
    expect(roomNotice({ rooms: ['ops'] })).toBeNull();
  });
});
