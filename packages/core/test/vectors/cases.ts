// Makes every case of spec/vectors from fixed seeds: bytes, and what our decoders make of them.

import { createNodeSuite } from '@parley/crypto-node';
import type { DeviceKey, IdentityKey } from '../../src/brand.ts';
import { concatBytes } from '../../src/bytes/compare.ts';
import { fromHex, toHex } from '../../src/bytes/hex.ts';
import { decode, encode } from '../../src/codec/cbor.ts';
import type { CborValue } from '../../src/codec/cbor.ts';
import { TAGS } from '../../src/crypto/tagged.ts';
import { makeCertificate, readCertificate } from '../../src/identity/certificate.ts';
import { checkName, nameFromKey } from '../../src/identity/name.ts';
import { safetyWordsOf } from '../../src/identity/safety-words.ts';
import { shortKey } from '../../src/identity/short-key.ts';
import { verifyForkProof } from '../../src/log/fork-proof.ts';
import { decodeHeader } from '../../src/log/header.ts';
import { decodeLines } from '../../src/log/line.ts';
import { verifyRun } from '../../src/log/run.ts';
import { entryIdOf } from '../../src/log/seal.ts';
import type { Result } from '../../src/result.ts';
import { meetKey } from '../../src/peer/meet.ts';
import { lobbyId } from '../../src/room/room.ts';
import { decodeInvite } from '../../src/room/invite.ts';
import { decodeContent } from '../../src/session/content.ts';
import { decodeEnvelope, readContact } from '../../src/session/envelope.ts';
import { decodeFrames } from '../../src/session/frames.ts';
import { decodeMessage } from '../../src/sync/message.ts';
import { roomVectors } from './room-cases.ts';
import { inviteCases, takenMs } from './invite-cases.ts';
import { forkProofCases, headerCases, payloadCases, runCases } from './log-cases.ts';
import type { NamedBytes } from './log-cases.ts';
import { messageCases } from './message-cases.ts';
import {
  contactCases,
  contentCases,
  envelopeCases,
  frameCases,
  nameCases,
  recipient,
  shownRoster,
} from './session-cases.ts';

/** One line of a file: a name, what goes in, and what comes out (or the reason why nothing does). */
export type Vector = Readonly<Record<string, unknown>> & { readonly name: string };

const suite = createNodeSuite();
const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** Cases from bytes; `read` is the decoder under test. */
function casesOf<Value>(
  named: readonly NamedBytes[],
  read: (bytes: Uint8Array) => Result<Value, string>,
  show: (value: Value) => Readonly<Record<string, unknown>>,
): Vector[] {
  return named.map(([name, bytes]) => {
    const result = read(bytes);
    const outcome = result.ok ? show(result.value) : { reason: result.reason };
    return { name, hex: toHex(bytes), ...outcome };
  });
}

/** A value as JSON; byte strings as {"hex": …}. */
function plain(value: CborValue): unknown {
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  return Array.isArray(value) ? value.map(plain) : value;
}

const cborCases: readonly NamedBytes[] = (
  [
    ['0', '00'],
    ['23', '17'],
    ['24', '1818'],
    ['2^16', '1a00010000'],
    ['2^53 − 1', '1b001fffffffffffff'],
    ['null', 'f6'],
    ['booleans', '82f4f5'],
    ['empty text', '60'],
    ['text with a byte order mark', '64efbbbf61'],
    ['bytes', '43010203'],
    ['nested arrays', '8180'],
    ['nothing', ''],
    ['24 in too many bytes', '190018'],
    ['23 in too many bytes', '1817'],
    ['text length in too many bytes', '780161'],
    ['2^53', '1b0020000000000000'],
    ['negative number', '20'],
    ['float', 'f90000'],
    ['map', 'a0'],
    ['tag', 'c000'],
    ['undefined', 'f7'],
    ['indefinite array', '9fff'],
    ['indefinite text', '7fff'],
    ['text not UTF-8', '62c328'],
    ['lone surrogate', '63eda080'],
    ['array cut short', '8200'],
    ['array far longer than its bytes', '9b001fffffffffffff'],
    ['trailing byte', '0000'],
    ['nine arrays deep', '81818181818181818100'],
  ] as const
).map(([name, hex]) => [name, fromHex(hex)]);

const identity = suite.publicKey(seedOf(1));
const device = suite.publicKey(seedOf(2));
const good = makeCertificate(suite, {
  identitySeed: seedOf(1),
  device: toHex(device) as DeviceKey,
  createdMs: 1_000,
  name: 'anna',
});

function flippedAtEnd(bytes: Uint8Array): Uint8Array {
  const last = bytes.length - 1;
  return bytes.with(last, (bytes[last] ?? 0) ^ 1);
}

function signed(inner: CborValue): Uint8Array {
  return encode([inner, suite.sign(seedOf(1), concatBytes(TAGS.certificate, encode(inner)))]);
}

const certificateCases: readonly NamedBytes[] = [
  ['good', good.bytes],
  ['name not fit to be shown', signed([1, identity, device, 1_000, 'two words'])],
  ['version 2', signed([2, identity, device, 1_000, 'anna'])],
  ['empty name', signed([1, identity, device, 1_000, ''])],
  ['name over its limit', signed([1, identity, device, 1_000, 'x'.repeat(129)])],
  ['time over its limit', signed([1, identity, device, 253_402_300_800_000, 'anna'])],
  ['one item too many', signed([1, identity, device, 1_000, 'anna', null])],
  ['key too short', signed([1, identity, device.slice(1), 1_000, 'anna'])],
  ['signature flipped', flippedAtEnd(good.bytes)],
  ['cut short', good.bytes.slice(0, -1)],
];

const typedNames = [
  'anna',
  ' anna ',
  'A\u0308nna',
  'Ольга',
  '山田たろう',
  '김철수',
  '',
  'two words',
  'a\u200db',
  'a\u202eb',
  'x\u0301\u0302\u0303\u0304\u0305\u0306',
  '\u0430nna',
  '#anna',
  'anna·7k2f',
  'x'.repeat(33),
];

function keyCase(byte: number): Vector {
  const key = toHex(suite.publicKey(seedOf(byte))) as IdentityKey;
  return {
    name: `the seed of 32 bytes ${byte}`,
    seed: toHex(seedOf(byte)),
    key,
    shortKey: shortKey(key),
    nameFromKey: nameFromKey(key),
    safetyWords: safetyWordsOf(suite, key),
  };
}

/** All files of spec/vectors by name. */
export function vectorFiles(): Readonly<Record<string, readonly Vector[]>> {
  return {
    'cbor.jsonl': casesOf(cborCases, decode, (value) => ({ value: plain(value) })),
    'keys.jsonl': [
      ...[0, 1, 2, 255].map(keyCase),
      { name: 'the lobby', conversation: lobbyId(suite) },
    ],
    'names.jsonl': typedNames.map((typed) => {
      const checked = checkName(typed);
      const outcome = checked.ok ? { accepted: checked.value } : { reason: checked.reason };
      return { name: ascii(JSON.stringify(typed)), typed, ...outcome };
    }),
    'certificates.jsonl': casesOf(
      certificateCases,
      (bytes) => readCertificate(suite, bytes),
      ({ identity: key, device: vouchedFor, createdMs, name, hash }) => ({
        identity: key,
        device: vouchedFor,
        createdMs,
        shownAs: name,
        hash,
      }),
    ),
    'headers.jsonl': casesOf(
      headerCases,
      (bytes) => decodeHeader(bytes),
      ({ bytes, ...rest }) => ({
        ...rest,
        entryId: entryIdOf(suite, bytes),
      }),
    ),
    'payloads.jsonl': casesOf(
      payloadCases,
      (bytes) => decodeLines(bytes, (bytes[0] ?? 0) & 0x1f),
      (lines) => ({ lines: hexInside(lines) }),
    ),
    'runs.jsonl': casesOf(
      runCases,
      (bytes) => verifyRun(suite, bytes, () => null),
      ({ certificate, entries, ...rest }) => ({
        ...rest,
        identity: certificate.identity,
        entryIds: entries.map(({ id }) => id),
      }),
    ),
    'fork-proofs.jsonl': casesOf(
      forkProofCases,
      (bytes) => verifyForkProof(suite, bytes),
      ({ certificate, ...rest }) => ({ ...rest, identity: certificate.identity }),
    ),
    'messages.jsonl': casesOf(messageCases, decodeMessage, (message) => ({
      message: hexInside(message),
    })),
    'session.jsonl': sessionVectors(),
    'meeting.jsonl': [0, 23, 24, 20_000].map((day) => ({
      name: `the lobby on day ${day}`,
      conversation: lobbyId(suite),
      day,
      key: toHex(meetKey(suite, lobbyId(suite), day)),
    })),
    'invites.jsonl': inviteVectors(),
    'rooms.jsonl': roomVectors(suite),
  };
}

function inviteVectors(): readonly Vector[] {
  return inviteCases(suite).map(([name, text]) => {
    const read = decodeInvite(suite, text, takenMs);
    const outcome = read.ok ? hexInside(read.value) : { reason: read.reason.kind };
    return { name, text, takenMs, ...outcome };
  });
}

function sessionVectors(): readonly Vector[] {
  const contacts = casesOf(
    contactCases,
    (bytes) => readContact(suite, bytes, recipient),
    (contact) => hexInside(contact),
  );
  return [
    ...nameCases,
    ...casesOf(
      contentCases,
      (bytes) => decodeContent(suite, bytes),
      ({ roster, asks, lines }) => ({
        roster: shownRoster(roster),
        asks: hexInside(asks),
        lines: hexInside(lines),
      }),
    ),
    ...casesOf(frameCases, decodeFrames, (frames) => ({ frames: hexInside(frames) })),
    ...casesOf(
      envelopeCases,
      (bytes) => decodeEnvelope(suite, bytes),
      ({ owner, members, welcome }) => ({
        owner: owner.identity,
        members: members.map(({ identity: member }) => member),
        welcome: toHex(welcome),
      }),
    ),
    ...contacts.map((contact) => ({ ...contact, recipient })),
  ];
}

/** The fields of a message, byte strings as hex. */
function hexInside(message: object): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? toHex(value) : value,
  );
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/** The text of one file: one case a line, in ASCII so that nothing invisible hides in it. */
export function textOf(vectors: readonly Vector[]): string {
  return vectors.map((vector) => `${ascii(JSON.stringify(vector))}\n`).join('');
}

function ascii(json: string): string {
  return json.replaceAll(/[^ -~]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
