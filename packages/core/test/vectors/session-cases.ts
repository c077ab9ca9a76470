// The cases of spec/vectors/session.jsonl: contents, frames, envelopes, first contacts and names (spec/session.md).

import { createNodeSuite } from '@parley/crypto-node';
import type { ChainKey, ConversationId, DeviceKey, IdentityKey } from '../../src/brand.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { encode } from '../../src/codec/cbor.ts';
import type { CborValue } from '../../src/codec/cbor.ts';
import { makeCertificate } from '../../src/identity/certificate.ts';
import type { Certificate } from '../../src/identity/certificate.ts';
import { LIMITS } from '../../src/limits.ts';
import { encodeLines } from '../../src/log/line.ts';
import { encodeContent } from '../../src/session/content.ts';
import type { Content } from '../../src/session/content.ts';
import { encodeEnvelope, makeContact } from '../../src/session/envelope.ts';
import { encodeFrames } from '../../src/session/frames.ts';
import {
  directoryId,
  exporterId,
  groupIdOf,
  inboxId,
  inboxPeriod,
  sessionIdFrom,
} from '../../src/session/names.ts';
import { lobbyId } from '../../src/room/room.ts';
import { newRoster, withMember, withoutMember } from '../../src/session/roster.ts';
import type { SessionRoster } from '../../src/session/roster.ts';
import type { NamedBytes } from './log-cases.ts';

const suite = createNodeSuite();
const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

function certificateOf(byte: number, name: string): Certificate {
  const device = toHex(suite.publicKey(seedOf(byte + 100))) as DeviceKey;
  return makeCertificate(suite, { identitySeed: seedOf(byte), device, createdMs: 1_000, name });
}

const anna = certificateOf(1, 'anna');
const bobby = certificateOf(2, 'bobby');
const carmen = certificateOf(3, 'carmen');
const session = 'a5'.repeat(32) as ConversationId;
const chain = `${'c3'.repeat(32)}${'00'.repeat(8)}` as ChainKey;

/** To whom the first contacts are made out. */
export const recipient: IdentityKey = bobby.identity;

const forked = newRoster(anna.identity, [anna, bobby]);
const gone = withoutMember(withMember(forked, carmen), bobby.identity, new Map([[chain, 7]]));
const nothing: Content = { roster: null, asks: [], lines: [] };
const asking = [{ owner: bobby.identity, keyPackage: seedOf(7), again: true }];

const key = fromHex(anna.identity);
const noLines = encodeLines([]);
const people = (...members: readonly CborValue[]): CborValue => [key, [key], members];
const asks = (...all: readonly CborValue[]): CborValue => [1, null, all, noLines];
const pair = (count: number): CborValue => [fromHex(chain), count];

function flipped(bytes: Uint8Array): Uint8Array {
  const last = bytes.length - 1;
  return bytes.with(last, (bytes[last] ?? 0) ^ 1);
}

const wrongContents: readonly (readonly [name: string, value: CborValue])[] = [
  ['version 2', [2, null, [], noLines]],
  ['one item too few', [1, null, []]],
  ['lines that are no payload', [1, null, [], Uint8Array.of(1)]],
  ['roster: no initiator among the founders', [1, [key, [], []], [], noLines]],
  ['roster: founders do not ascend', [1, [key, [key, key], []], [], noLines]],
  ['roster: never let in', [1, people([anna.bytes, 0, 0, []]), [], noLines]],
  ['roster: removed more often than let in', [1, people([anna.bytes, 1, 2, []]), [], noLines]],
  [
    'roster: a certificate that is forged',
    [1, people([flipped(anna.bytes), 1, 0, []]), [], noLines],
  ],
  [
    'roster: one person twice',
    [1, people([anna.bytes, 1, 0, []], [anna.bytes, 1, 0, []]), [], noLines],
  ],
  ['roster: cuts do not ascend', [1, people([anna.bytes, 1, 1, [pair(1), pair(1)]]), [], noLines]],
  ['ask without a key package', asks([key, new Uint8Array(0), false])],
  [
    'ask with a key package over its limit',
    asks([key, new Uint8Array(LIMITS.keyPackageBytesMax + 1), false]),
  ],
  ['ask with a number for a boolean', asks([key, seedOf(7), 1])],
];

export const contentCases: readonly NamedBytes[] = [
  ['content: nothing', encodeContent(nothing)],
  ['content: lines', encodeContent({ ...nothing, lines: [{ type: 'say', text: 'hello' }] })],
  [
    'content: a line of a type not known yet',
    encode([
      1,
      null,
      [],
      encode([
        [9, 'later'],
        [0, 'hi'],
      ]),
    ]),
  ],
  ['content: roster of two', encodeContent({ ...nothing, roster: forked })],
  ['content: roster with someone removed', encodeContent({ ...nothing, roster: gone })],
  ['content: ask', encodeContent({ ...nothing, asks: asking })],
  ...wrongContents.map(([name, value]): NamedBytes => [`content: ${name}`, encode(value)]),
];

const tooMany = Array.from({ length: LIMITS.sessionFramesMax + 1 }, () => [1, seedOf(1)]);

export const frameCases: readonly NamedBytes[] = [
  ['frames: a message', encodeFrames([{ kind: 'message', bytes: seedOf(1) }])],
  [
    'frames: two Welcomes and a message',
    encodeFrames([
      { kind: 'welcome', bytes: seedOf(1) },
      { kind: 'welcome', bytes: seedOf(2) },
      { kind: 'message', bytes: seedOf(3) },
    ]),
  ],
  ['frames: none', encode([])],
  ['frames: a kind not known', encode([[2, seedOf(1)]])],
  ['frames: a frame without bytes', encode([[1]])],
  ['frames: too many', encode(tooMany)],
];

const envelope = encodeEnvelope({ owner: anna, members: [anna, bobby], welcome: seedOf(9) });

export const envelopeCases: readonly NamedBytes[] = [
  ['envelope: good', envelope],
  ['envelope: version 2', encode([2, anna.bytes, [], seedOf(9)])],
  ['envelope: a member forged', encode([1, anna.bytes, [flipped(bobby.bytes)], seedOf(9)])],
  ['envelope: an owner forged', encode([1, flipped(anna.bytes), [], seedOf(9)])],
  [
    'envelope: too many members',
    encode([1, anna.bytes, Array.from({ length: 33 }, () => anna.bytes), seedOf(9)]),
  ],
  ['envelope: cut short', envelope.slice(0, -1)],
];

const made = { secret: seedOf(21), madeMs: 1_700_000_000_000 };
const contact = { ...made, certificate: anna, deviceSeed: seedOf(101), recipient };

export const contactCases: readonly NamedBytes[] = [
  ['contact: good', makeContact(suite, contact)],
  ['contact: for somebody else', makeContact(suite, { ...contact, recipient: carmen.identity })],
  [
    'contact: in the name of somebody else',
    makeContact(suite, { ...contact, certificate: carmen }),
  ],
  ['contact: signature flipped', flipped(makeContact(suite, contact))],
  ['contact: version 2', encode([2, made.secret, anna.bytes, made.madeMs, new Uint8Array(64)])],
  ['contact: without a time', encode([1, made.secret, anna.bytes, new Uint8Array(64)])],
];

/** Names, with what they are made from. */
export const nameCases: readonly { readonly name: string; readonly [field: string]: unknown }[] = [
  {
    name: 'name: session',
    secret: toHex(made.secret),
    session: sessionIdFrom(suite, made.secret),
  },
  { name: 'name: group', session, chain, group: toHex(groupIdOf(suite, session, chain)) },
  {
    name: 'name: exporter',
    session,
    chain,
    epoch: 300,
    exporter: toHex(exporterId(suite, groupIdOf(suite, session, chain), 300)),
  },
  {
    name: 'name: inbox',
    identity: anna.identity,
    ms: 1_767_225_600_000,
    conversation: inboxId(suite, anna.identity, inboxPeriod(1_767_225_600_000)),
  },
  { name: 'name: directory', conversation: directoryId(suite, lobbyId(suite)) },
];

/** A roster as JSON can show it. */
export function shownRoster(roster: SessionRoster | null): unknown {
  if (roster === null) return null;
  const { initiator, founders, members } = roster;
  const shown = [...members].map(([identity, { certificate, added, removed, cuts }]) => ({
    identity,
    certificate: toHex(certificate),
    added,
    removed,
    cuts: [...cuts],
  }));
  return { initiator, founders, members: shown };
}
