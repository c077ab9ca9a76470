// Cases of invites.jsonl: texts, the wall clock of whoever takes them, and what they say.

import type { Suite } from '../../src/crypto/suite.ts';
import { TAGS, taggedHash } from '../../src/crypto/tagged.ts';
import type { IdentityKey, PeerId } from '../../src/brand.ts';
import { toBase58 } from '../../src/bytes/base58.ts';
import { concatBytes } from '../../src/bytes/compare.ts';
import { encode } from '../../src/codec/cbor.ts';
import type { CborValue } from '../../src/codec/cbor.ts';
import { encodeInvite } from '../../src/room/invite.ts';
import type { Invite } from '../../src/room/invite.ts';
import { peerOfKey } from '../../src/room/peer-key.ts';

/** When every invite of the file is taken. */
export const takenMs = 1_795_000_000_000;

const bytesOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

const open: Invite = {
  room: { kind: 'open', name: 'ops' },
  inviter: { identity: '02'.repeat(32) as IdentityKey, peer: peerOfKey(bytesOf(3)), name: 'anna' },
  addresses: [],
  expiresMs: null,
};
const secret: Invite = {
  ...open,
  room: { kind: 'secret', name: 'ops', secret: bytesOf(1) },
  addresses: ['192.168.1.20:4747', '203.0.113.7:4747'],
};
const everyKind = [
  '192.168.1.20:4747',
  '[2001:db8::7]:4747',
  'chat.example.org:4747',
  `/ip4/203.0.113.7/tcp/4747/p2p/${peerOfKey(bytesOf(4))}/p2p-circuit`,
  `/ip6/2001:db8::7/tcp/4747/p2p/${peerOfKey(bytesOf(4))}/p2p-circuit`,
  '/ip4/203.0.113.7/tcp/4748/ws',
];

/** Name and text, one after the other. */
export function inviteCases(suite: Suite): readonly (readonly [name: string, text: string])[] {
  const sealed = (record: CborValue): string => {
    const body = encode(record);
    const checksum = taggedHash(suite, TAGS.invite, body).subarray(0, 4);
    return `parley:${toBase58(concatBytes(body, checksum))}`;
  };
  const text = encodeInvite(suite, secret);
  const fields = [1, 'ops', null, bytesOf(2), bytesOf(3), 'anna', [], null] as const;
  const other = (at: number, value: CborValue): string => sealed(fields.with(at, value as never));
  return [
    ['an open room', encodeInvite(suite, open)],
    ['a secret room with two addresses', text],
    ['every kind of address', encodeInvite(suite, { ...open, addresses: everyKind })],
    ['one that has not expired', encodeInvite(suite, { ...open, expiresMs: takenMs + 1_000 })],
    [
      'a peer of another kind of network',
      encodeInvite(suite, { ...open, inviter: { ...open.inviter, peer: 'peer-7' as PeerId } }),
    ],
    ['broken into quoted lines, in angle brackets', `<${text.replace(/.{60}/gu, '$&\r\n> ')}>`],
    ['without its scheme', text.replace('parley:', '')],
    ['with a scheme in capitals', text.replace('parley:', 'PARLEY:')],
    ['nothing', ''],
    ['a scheme alone', 'parley:'],
    ['words', 'come to the party'],
    ['a character that is no digit', text.replace(/.$/u, '0')],
    ['without its last character', text.slice(0, -1)],
    ['with its last two characters swapped', text.replace(/(.)(.)$/u, '$2$1')],
    ['version 2', sealed([2, 'whatever comes'])],
    ['version 0', sealed([0, ...fields.slice(1)])],
    ['a field more', sealed([...fields, null])],
    ['no list', sealed('ops')],
    ['a room name with a capital', other(1, 'Ops')],
    ['a secret of 31 bytes', other(2, new Uint8Array(31))],
    ['an identity of 33 bytes', other(3, new Uint8Array(33))],
    ['a key that is written as a text', other(4, peerOfKey(bytesOf(3)))],
    ['a name with a blank', other(5, 'an na')],
    [
      'nine addresses',
      other(
        6,
        Array.from({ length: 9 }, () => 'a.example:1'),
      ),
    ],
    ['an IPv4 address that is written as a text', other(6, ['192.0.2.1:4747'])],
    ['an address without a port', other(6, ['chat.example.org'])],
    [
      'one that has expired in this very second',
      encodeInvite(suite, { ...open, expiresMs: takenMs }),
    ],
  ];
}
