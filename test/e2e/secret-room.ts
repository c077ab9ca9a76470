// Secret rooms in tests with real processes: made and invited to as a user does, and what of them somebody else may not have.

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeInvite, roomId, toBase32, toBase58 } from '@parley/core';
import type { Invite } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';
import type { Peer } from './peer.ts';

const suite = createNodeSuite();
const root = fileURLToPath(new URL('../..', import.meta.url));
const node = join(root, 'node_modules/node/bin/node');
const program = join(root, 'packages/cli/dist/parley.js');

/** What a command writes to stdout. Throws where it fails. */
export function runParley(home: string, ...args: readonly string[]): string {
  const env = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', LANG: 'C.UTF-8', PARLEY_HOME: home };
  return execFileSync(node, [program, ...args], { env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A secret room that a running peer is in from now on, and its invite. */
export async function secretRoom(peer: Peer, name: string): Promise<string> {
  runParley(peer.home, 'room', 'new', name, '--secret');
  await peer.object('session', { event: 'opened', session: name, secret: true });
  return runParley(peer.home, 'invite', name);
}

export function contentOf(text: string): Invite {
  const invite = decodeInvite(suite, text, Date.now());
  if (!invite.ok) throw new Error(`no invite: ${invite.reason.kind}`);
  return invite.value;
}

/** All spellings of what nobody without the invite may have, by what they are; `words` were said in the room. */
export function hiddenOf(text: string, ...words: readonly string[]): ReadonlyMap<string, Buffer> {
  const { room } = contentOf(text);
  const id = Buffer.from(roomId(suite, room), 'hex');
  const secret = room.kind === 'secret' ? room.secret : new Uint8Array();
  if (secret.length === 0) throw new Error('the room is not secret');
  return new Map([
    ['the name', Buffer.from(room.name)],
    ...spellings('the id', id),
    ...spellings('the secret', secret),
    ...words.map((word): [string, Buffer] => [`'${word}'`, Buffer.from(word)]),
  ]);
}

function spellings(what: string, bytes: Uint8Array): [string, Buffer][] {
  const raw = Buffer.from(bytes);
  return [
    [`${what} as bytes`, raw],
    [`${what} in hex`, Buffer.from(raw.toString('hex'))],
    [`${what} in base32`, Buffer.from(toBase32(bytes))],
    [`${what} in base58`, Buffer.from(toBase58(bytes))],
    [`${what} in base64`, Buffer.from(raw.toString('base64url'))],
  ];
}

/** Which of these are in some bytes. */
export function foundIn(hidden: ReadonlyMap<string, Buffer>, bytes: Buffer): string[] {
  return [...hidden].filter(([, each]) => bytes.includes(each)).map(([what]) => what);
}

/** Which of these are in any file of a profile: the database, its log, anything. */
export function foundOnDisk(hidden: ReadonlyMap<string, Buffer>, home: string): string[] {
  const files = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name)));
  return foundIn(hidden, Buffer.concat(files));
}
