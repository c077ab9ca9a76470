// Domain separation: what is hashed or signed begins with what it is, so nothing passes for something else.

import { concatBytes } from '../bytes/compare.ts';
import { toHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import type { Suite } from './suite.ts';

/** The tags of spec/encoding.md §3: each ends with a zero byte, and none begins another. */
export const TAGS: Readonly<
  Record<
    | 'certificate'
    | 'contact'
    | 'directory'
    | 'entry'
    | 'exporter'
    | 'group'
    | 'inbox'
    | 'invite'
    | 'meet'
    | 'payload'
    | 'room'
    | 'roomKey'
    | 'roomSalt'
    | 'safetyWords'
    | 'secretRoom'
    | 'session',
    Uint8Array
  >
> = {
  certificate: tag('certificate'),
  contact: tag('contact'),
  directory: tag('directory'),
  entry: tag('entry'),
  exporter: tag('exporter'),
  group: tag('group'),
  inbox: tag('inbox'),
  invite: tag('invite'),
  meet: tag('meet'),
  payload: tag('payload'),
  room: tag('room'),
  roomKey: tag('room-key'),
  roomSalt: tag('room-salt'),
  safetyWords: tag('safety-words'),
  secretRoom: tag('secret-room'),
  session: tag('session'),
};

/** "parley/<name>/1" and a zero byte. */
export function tag(name: string): Uint8Array {
  return encodeUtf8(`parley/${name}/1\0`);
}

/** SHA-256 of the tag and the parts, in order: 32 bytes. */
export function taggedHash(
  suite: Suite,
  prefix: Uint8Array,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return suite.sha256(concatBytes(prefix, ...parts));
}

/** The same as 64 hex digits. */
export function taggedHashHex(
  suite: Suite,
  prefix: Uint8Array,
  ...parts: readonly Uint8Array[]
): string {
  return toHex(taggedHash(suite, prefix, ...parts));
}
