// Frames of every type, good and bad, for spec/vectors/messages.jsonl (spec/sync.md §1–3).

import type { ConversationId, PeerId } from '../../src/brand.ts';
import { encode } from '../../src/codec/cbor.ts';
import type { CborValue } from '../../src/codec/cbor.ts';
import { LIMITS } from '../../src/limits.ts';
import { FORKED_HEAD_ID } from '../../src/sync/head.ts';
import type { Head } from '../../src/sync/head.ts';
import { encodeMessage } from '../../src/sync/message.ts';
import type { Message } from '../../src/sync/message.ts';
import { chainKey, headOf } from '../heads.ts';
import type { NamedBytes } from './log-cases.ts';

const tag = '0f'.repeat(16);
const conversation = 'c0'.repeat(32) as ConversationId;
const bytes = (count: number, value: number = 7): Uint8Array => new Uint8Array(count).fill(value);
const forked: Head = { ...headOf(2, 5), headId: FORKED_HEAD_ID, stopped: 'forked' };
const chains = [1, 2, 3].map(chainKey).toSorted();

const good: readonly (readonly [name: string, message: Message])[] = [
  [
    'hello',
    {
      type: 'hello',
      certificate: bytes(9),
      name: 'anna',
      nonce: bytes(32),
      clockMs: 1_767_225_600_000,
      serves: false,
    },
  ],
  [
    'hello of one that serves',
    {
      type: 'hello',
      certificate: bytes(9),
      name: 'anna',
      nonce: bytes(32),
      clockMs: 1_767_225_600_000,
      serves: true,
    },
  ],
  ['prove', { type: 'prove', signature: bytes(64) }],
  ['rooms', { type: 'rooms', tags: [tag, 'f0'.repeat(16)] }],
  ['no rooms', { type: 'rooms', tags: [] }],
  [
    'ranges: the opening',
    { type: 'ranges', tag, ranges: [{ kind: 'unknown', upper: null, fingerprint: bytes(16) }] },
  ],
  [
    'ranges of every kind',
    {
      type: 'ranges',
      tag,
      ranges: [
        { kind: 'unknown', upper: chains[0]!, fingerprint: bytes(16, 1) },
        { kind: 'skip', upper: chains[1]! },
        { kind: 'equal', upper: chains[2]!, fingerprint: bytes(16, 2) },
        { kind: 'heads', upper: `${'f'.repeat(79)}0` as Head['chain'], heads: [] },
        { kind: 'answer', upper: null, heads: [headOf(1, 3), headOf(2, 0)] },
      ],
    },
  ],
  ['heads', { type: 'heads', tag, prompt: false, heads: [headOf(1, 3)] }],
  ['heads: prompt, of a forked chain', { type: 'heads', tag, prompt: true, heads: [forked] }],
  [
    'want upwards',
    {
      type: 'want',
      tag,
      request: 1,
      chain: chainKey(1),
      from: 0,
      to: 5,
      direction: 'up',
      frames: 4,
    },
  ],
  [
    'want downwards',
    {
      type: 'want',
      tag,
      request: 9,
      chain: chainKey(1),
      from: 10,
      to: 266,
      direction: 'down',
      frames: 1,
    },
  ],
  ['run', { type: 'run', tag, request: 1, last: false, run: bytes(5) }],
  ['run: nothing to give', { type: 'run', tag, request: 1, last: true, run: bytes(0) }],
  ['run: pushed', { type: 'run', tag, request: 0, last: true, run: bytes(5) }],
  ['peers', { type: 'peers', peers: [{ peer: '12D3KooA' as PeerId, record: bytes(4) }] }],
  ['ping', { type: 'ping', number: 7, clockMs: 1_767_225_600_000 }],
  ['pong', { type: 'pong', number: 7 }],
  ['proof', { type: 'proof', tag, proof: bytes(6) }],
  ['links', { type: 'links', tag, peers: ['12D3KooA' as PeerId, '12D3KooB' as PeerId] }],
  ['hold', { type: 'hold', conversation, isWanted: true, from: [] }],
  [
    'hold: of one chain only what follows',
    { type: 'hold', conversation, isWanted: true, from: [{ chain: chains[0]!, seq: 7 }] },
  ],
  ['hold: no longer', { type: 'hold', conversation, isWanted: false, from: [] }],
  ['gone', { type: 'gone', tag }],
  ['branch: to graft', { type: 'branch', tag, wanted: true, chains: [chains[0]!, chains[1]!] }],
  ['branch: to prune', { type: 'branch', tag, wanted: false, chains: [chains[0]!] }],
];

const room = bytes(16);
const head = [bytes(40), 0, 1, bytes(32)] as const;
const want = (...rest: readonly CborValue[]): CborValue => [5, room, 1, bytes(40), ...rest];

const bad: readonly (readonly [name: string, value: CborValue])[] = [
  ['no list', 'hello'],
  ['no type', []],
  ['a type that is no uint', ['ping', 1, 1]],
  ['a type not known yet', [15, 1]],
  ['hello of version 0', [0, 0, bytes(9), 'anna', bytes(32), 1, false]],
  ['hello with a short nonce', [0, 1, bytes(9), 'anna', bytes(31), 1, false]],
  [
    'hello with a long name',
    [0, 1, bytes(9), 'x'.repeat(LIMITS.nameBytesMax + 1), bytes(32), 1, false],
  ],
  [
    'hello with a long certificate',
    [0, 1, bytes(LIMITS.certificateBytesMax + 1), 'anna', bytes(32), 1, false],
  ],
  ['hello that does not say whether it serves', [0, 1, bytes(9), 'anna', bytes(32), 1]],
  ['hello that serves in numbers', [0, 1, bytes(9), 'anna', bytes(32), 1, 1]],
  ['prove with a short signature', [1, bytes(63)]],
  ['rooms with a short tag', [2, [bytes(15)]]],
  ['ranges: none', [3, room, []]],
  ['ranges that do not end', [3, room, [[bytes(40), 0]]]],
  [
    'ranges that end early',
    [
      3,
      room,
      [
        [null, 0],
        [null, 0],
      ],
    ],
  ],
  [
    'ranges that do not ascend',
    [
      3,
      room,
      [
        [bytes(40), 0],
        [bytes(40), 0],
        [null, 0],
      ],
    ],
  ],
  ['ranges of a kind not known', [3, room, [[null, 5]]]],
  ['ranges with a short fingerprint', [3, room, [[null, 1, bytes(15)]]]],
  ['heads without prompt', [4, room, [head]]],
  ['heads with a floor above the length', [4, room, true, [[bytes(40), 2, 1, bytes(32)]]]],
  ['heads with a short chain key', [4, room, true, [[bytes(39), 0, 1, bytes(32)]]]],
  ['want of nothing', want(5, 5, false, 1)],
  ['want in no frame', want(0, 5, false, 0)],
  ['want in 17 frames', want(0, 5, false, 17)],
  ['want in a direction that is no boolean', want(0, 5, 1, 1)],
  ['run without last', [6, room, 1, bytes(5)]],
  ['peers of which one has a long record', [7, [['p', bytes(LIMITS.peerRecordBytesMax + 1)]]]],
  [
    'peers: too many',
    [7, Array.from({ length: LIMITS.peersPerFrameMax + 1 }, () => ['p', bytes(1)])],
  ],
  ['ping without a clock', [8, 1]],
  ['pong of text', [9, 'x']],
  ['proof without a tag', [10, null, bytes(6)]],
  ['links of bytes', [11, room, [bytes(4)]]],
  ['hold of a tag', [12, room, true, []]],
  ['hold that does not say whether it is wanted', [12, bytes(32)]],
  ['hold that is wanted in numbers', [12, bytes(32), 1, []]],
  ['hold that does not say from where', [12, bytes(32), true]],
  ['hold from a short chain key', [12, bytes(32), true, [[bytes(39), 7]]]],
  ['hold from no number', [12, bytes(32), true, [[bytes(40)]]]],
  [
    'hold of too many chains',
    [
      12,
      bytes(32),
      true,
      Array.from({ length: LIMITS.sessionChainsMax + 1 }, () => [bytes(40), 0]),
    ],
  ],
  ['gone from nowhere', [13]],
  ['gone with a short tag', [13, bytes(15)]],
  ['branch of a short tag', [14, bytes(15), true, []]],
  ['branch that does not say whether it is wanted', [14, room]],
  ['branch that is wanted in numbers', [14, room, 1, []]],
  ['branch of no chains', [14, room, true]],
  ['branch of a short chain key', [14, room, true, [bytes(39)]]],
  [
    'branch of too many chains',
    [14, room, false, Array.from({ length: LIMITS.chainsPerFrameMax + 1 }, () => bytes(40))],
  ],
];

export const messageCases: readonly NamedBytes[] = [
  ...good.map(([name, message]): NamedBytes => [name, encodeMessage(message)]),
  ...bad.map(([name, value]): NamedBytes => [name, encode(value)]),
  ['pong with a further field', encode([9, 7, 'later'])],
];
