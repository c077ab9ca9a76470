// Cases of rooms.jsonl: names of rooms, the ids of rooms, and payloads of a secret room.

import type { ChainKey } from '../../src/brand.ts';
import { concatBytes } from '../../src/bytes/compare.ts';
import { toHex } from '../../src/bytes/hex.ts';
import { encode } from '../../src/codec/cbor.ts';
import type { Suite } from '../../src/crypto/suite.ts';
import { checkRoomName, roomId } from '../../src/room/room.ts';
import type { RoomKey } from '../../src/room/room.ts';
import { openPayload, sealPayload } from '../../src/room/sealed.ts';

const bytesOf = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte);

const typedNames = [
  'ops',
  'Ops-2.1_b',
  'Küche',
  'Ku\u0308che',
  'дом',
  '日本語',
  'a'.repeat(64),
  '',
  'a'.repeat(65),
  'é'.repeat(33),
  '#ops',
  'two words',
  'a/b',
  '\u0301a',
  'a\u200db',
  '2600',
  'оps',
];

const rooms: readonly RoomKey[] = [
  { kind: 'open', name: 'lobby' },
  { kind: 'open', name: 'küche' },
  { kind: 'secret', name: 'plans', secret: bytesOf(1) },
  { kind: 'secret', name: 'the same by another name', secret: bytesOf(1) },
];

export interface RoomVector {
  readonly name: string;
  readonly [field: string]: unknown;
}

export function roomVectors(suite: Suite): readonly RoomVector[] {
  return [
    ...typedNames.map((typed) => {
      const checked = checkRoomName(typed);
      const outcome = checked.ok ? { accepted: checked.value } : { reason: checked.reason };
      return { name: `name ${toHex(Buffer.from(typed)) || 'of nothing'}`, typed, ...outcome };
    }),
    ...rooms.map((room) => {
      const secret = room.kind === 'secret' ? { secret: toHex(room.secret) } : {};
      const name = `id of ${room.kind} room ${room.name}`;
      return { name, room: room.name, ...secret, conversation: roomId(suite, room) };
    }),
    ...payloadVectors(suite),
  ];
}

function payloadVectors(suite: Suite): RoomVector[] {
  const secret = bytesOf(1);
  const conversation = roomId(suite, { kind: 'secret', name: 'plans', secret });
  const elsewhere = roomId(suite, { kind: 'secret', name: 'plans', secret: bytesOf(2) });
  const chain = `${'02'.repeat(32)}${'03'.repeat(8)}` as ChainKey;
  const place = { conversation, chain, seq: 5 };
  const plain = encode([[0, 'meet at noon']]);
  const salt = bytesOf(4, 16);
  const sealed = sealPayload(suite, secret, place, { salt, plain });
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['payload', sealed],
    [
      'payload that says nothing',
      sealPayload(suite, secret, place, { salt, plain: bytesOf(0, 0) }),
    ],
    [
      'payload of the next entry',
      sealPayload(suite, secret, { ...place, seq: 6 }, { salt, plain }),
    ],
    [
      'payload of another chain',
      sealPayload(
        suite,
        secret,
        { ...place, chain: `03${chain.slice(2)}` as ChainKey },
        { salt, plain },
      ),
    ],
    [
      'payload of another room',
      sealPayload(suite, secret, { ...place, conversation: elsewhere }, { salt, plain }),
    ],
    ['payload under another secret', sealPayload(suite, bytesOf(2), place, { salt, plain })],
    ['payload in plain', plain],
    ['payload with another salt', concatBytes(bytesOf(5, 16), sealed.subarray(16))],
    ['payload cut short', sealed.slice(0, -1)],
    ['payload with a byte more', concatBytes(sealed, bytesOf(0, 1))],
    ['payload that is a salt', salt],
    ['payload of nothing', bytesOf(0, 0)],
  ];
  const given = { secret: toHex(secret), conversation, chain, seq: place.seq };
  return cases.map(([name, payload]) => {
    const opened = openPayload(suite, secret, place, payload);
    const outcome = opened === null ? { reason: 'not-opened' } : { plain: toHex(opened) };
    return { name, ...given, hex: toHex(payload), ...outcome };
  });
}
