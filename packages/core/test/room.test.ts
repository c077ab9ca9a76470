import { createNodeSuite } from '@parley/crypto-node';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { TAGS } from '../src/crypto/tagged.ts';
import { LIMITS } from '../src/limits.ts';
import { checkRoomName, lobbyId, roomId, roomNameReasonText } from '../src/room/room.ts';

const suite = createNodeSuite();

function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

it('an open room is named by the tagged hash of its name; the lobby is one', () => {
  expect(lobbyId(suite)).toBe(sha256('parley/room/1\0lobby'));
  expect(roomId(suite, { kind: 'open', name: 'lobby' })).toBe(lobbyId(suite));
  expect(roomId(suite, { kind: 'open', name: 'ops' })).toBe(sha256('parley/room/1\0ops'));
});

it('a secret room is named by its secret, whatever it is called', () => {
  const secret = new Uint8Array(32).fill(5);
  const expected = sha256('parley/secret-room/1\0', secret);
  expect(roomId(suite, { kind: 'secret', name: 'ops', secret })).toBe(expected);
  expect(roomId(suite, { kind: 'secret', name: 'lobby', secret })).toBe(expected);
});

it('no tag begins another', () => {
  const tags = Object.values(TAGS).map((tag) => Buffer.from(tag).toString());
  for (const one of tags) {
    expect(tags.filter((other) => other.startsWith(one))).toEqual([one]);
    expect(one).toMatch(/^parley\/[a-z-]+\/1\0$/u);
  }
});

it.each([
  ['ops', 'ops'],
  ['Ops-2.1_b', 'ops-2.1_b'],
  ['Küche', 'küche'],
  ['Ku\u0308che', 'küche'],
  ['дом', 'дом'],
  ['हिन्दी', 'हिन्दी'],
  ['日本語', '日本語'],
  ['2600x', '2600x'],
  ['a'.repeat(64), 'a'.repeat(64)],
])('%s is a name of a room: %s', (typed, name) => {
  expect(checkRoomName(typed)).toEqual({ ok: true, value: name });
});

it.each([
  ['', 'empty'],
  ['a'.repeat(65), 'too-long'],
  ['é'.repeat(33), 'too-long'],
  ['two words', 'bad-character'],
  ['#ops', 'bad-character'],
  ['a/b', 'bad-character'],
  ['a:b', 'bad-character'],
  ['\u0301a', 'bad-character'],
  ['a\u200db', 'bad-character'],
  ['\u3164', 'bad-character'],
  ['\u001b[1m', 'bad-character'],
  ['12', 'only-digits'],
  ['оps', 'mixed-scripts'],
] as const)('%j is none: %s', (typed, reason) => {
  expect(checkRoomName(typed)).toEqual({ ok: false, reason });
  expect(roomNameReasonText(reason)).toMatch(/^(a|the letters of a) room's name/u);
});

it('a name that was accepted is in its one form, and within its limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (typed) => {
      const checked = checkRoomName(typed);
      if (!checked.ok) return;
      expect(checkRoomName(checked.value)).toEqual(checked);
      expect(Buffer.byteLength(checked.value)).toBeLessThanOrEqual(LIMITS.roomNameBytesMax);
    }),
  );
});
