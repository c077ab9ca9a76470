import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationId, PeerId } from '../src/brand.ts';
import { encode } from '../src/codec/cbor.ts';
import { LIMITS } from '../src/limits.ts';
import { NO_HEAD_ID } from '../src/sync/head.ts';
import type { Head } from '../src/sync/head.ts';
import type { Message } from '../src/sync/message.ts';
import { MESSAGE_TYPES, decodeMessage, encodeMessage } from '../src/sync/message.ts';
import type { Range } from '../src/sync/reconcile.ts';
import { chainKey, headOf } from './heads.ts';
import { damages } from './mutations.ts';

const uint = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const bytes = (size: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: size, maxLength: size });
const tag = bytes(16).map((raw) => Buffer.from(raw).toString('hex'));
const head: fc.Arbitrary<Head> = fc
  .tuple(fc.nat(99), fc.nat(1_000))
  .map(([number, length]) => ({ ...headOf(number, length), stopped: null }));
const peer = fc.string({ minLength: 1, maxLength: 40 }).map((text) => text as PeerId);

const ranges: fc.Arbitrary<readonly Range[]> = fc
  .tuple(
    fc.uniqueArray(fc.nat(50), { maxLength: 6 }),
    fc.array(fc.nat(4), { minLength: 7, maxLength: 7 }),
  )
  .chain(([numbers, kinds]) => {
    const uppers = [...numbers.map(chainKey).toSorted(), null];
    return fc.tuple(bytes(16), fc.array(head, { maxLength: 5 })).map(([fingerprint, heads]) =>
      uppers.map((upper, index): Range => {
        const kind = (['skip', 'unknown', 'equal', 'heads', 'answer'] as const)[kinds[index]!]!;
        if (kind === 'skip') return { kind, upper };
        if (kind === 'unknown' || kind === 'equal') return { kind, upper, fingerprint };
        return { kind, upper, heads };
      }),
    );
  });

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    type: fc.constant('hello' as const),
    certificate: fc.uint8Array({ maxLength: LIMITS.certificateBytesMax }),
    name: fc.string({ unit: 'binary', maxLength: 30 }),
    nonce: bytes(LIMITS.nonceBytes),
    clockMs: uint,
    serves: fc.boolean(),
  }),
  fc.record({ type: fc.constant('prove' as const), signature: bytes(64) }),
  fc.record({ type: fc.constant('rooms' as const), tags: fc.array(tag, { maxLength: 9 }) }),
  fc.record({ type: fc.constant('ranges' as const), tag, ranges }),
  fc.record({
    type: fc.constant('heads' as const),
    tag,
    prompt: fc.boolean(),
    heads: fc.array(head, { maxLength: 9 }),
  }),
  fc.record({
    type: fc.constant('want' as const),
    tag,
    request: uint,
    chain: fc.nat(9).map(chainKey),
    from: fc.nat(1_000),
    to: fc.integer({ min: 1_001, max: 9_999 }),
    direction: fc.constantFrom('up' as const, 'down' as const),
    frames: fc.integer({ min: 1, max: 16 }),
  }),
  fc.record({
    type: fc.constant('run' as const),
    tag,
    request: uint,
    last: fc.boolean(),
    run: fc.uint8Array({ maxLength: 99 }),
  }),
  fc.record({
    type: fc.constant('peers' as const),
    peers: fc.array(fc.record({ peer, record: fc.uint8Array({ maxLength: 99 }) }), {
      maxLength: 9,
    }),
  }),
  fc.record({ type: fc.constant('ping' as const), number: uint, clockMs: uint }),
  fc.record({ type: fc.constant('pong' as const), number: uint }),
  fc.record({ type: fc.constant('proof' as const), tag, proof: fc.uint8Array({ maxLength: 99 }) }),
  fc.record({ type: fc.constant('links' as const), tag, peers: fc.array(peer, { maxLength: 9 }) }),
  fc.record({
    type: fc.constant('hold' as const),
    conversation: bytes(32).map((raw) => Buffer.from(raw).toString('hex') as ConversationId),
    isWanted: fc.boolean(),
    from: fc.array(fc.record({ chain: fc.nat(9).map(chainKey), seq: fc.nat(LIMITS.seqMax) }), {
      maxLength: 9,
    }),
  }),
  fc.record({ type: fc.constant('gone' as const), tag }),
  fc.record({
    type: fc.constant('branch' as const),
    tag,
    wanted: fc.boolean(),
    chains: fc.array(fc.nat(9).map(chainKey), { maxLength: 9 }),
  }),
);

/** 'read' only for what means the same when it is written again. */
function outcomeOf(frame: Uint8Array): string {
  const first = decodeMessage(frame);
  if (!first.ok) return 'refused';
  const again = decodeMessage(encodeMessage(first.value));
  return again.ok && isDeepStrictEqual(again.value, first.value) ? 'read' : 'changed';
}

const upperOf = (byte: number): Uint8Array => new Uint8Array(40).fill(byte);

describe('a message', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeMessage(encodeMessage(sent))).toEqual({ ok: true, value: sent });
      }),
      { numRuns: 1_000 },
    );
  });

  it('cut short or with a bit flipped is refused or read as some message; nothing throws', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const outcomes = new Set([...damages(encodeMessage(sent))].map(outcomeOf));
        expect(['refused', 'read']).toEqual(expect.arrayContaining([...outcomes]));
      }),
      { numRuns: 60 },
    );
  });

  it('of arbitrary bytes is refused or read, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (frame) => {
        expect(typeof decodeMessage(frame).ok).toBe('boolean');
      }),
      { numRuns: 5_000 },
    );
  });

  it('of a type that is not known yet does no harm, and may have more fields than we know', () => {
    const later = encode([MESSAGE_TYPES.length, 'later']);
    expect(decodeMessage(later)).toEqual({ ok: false, reason: 'unknown-type' });
    expect(decodeMessage(encode([9, 7, 'later']))).toMatchObject({ ok: true });
  });

  const one = new Uint8Array(16);
  const wantOf = (from: number, to: number, frames: number): Uint8Array =>
    encode([5, one, 1, new Uint8Array(40), from, to, false, frames]);
  const headFields = [new Uint8Array(40), 0, 1, new Uint8Array(32)];

  it.each([
    ['longer than a frame may be', new Uint8Array(LIMITS.frameBytesMax + 1), 'too-long'],
    ['of bytes that are no CBOR', new Uint8Array([0xff]), 'not-cbor'],
    ['that is no list', encode('hello'), 'not-a-message'],
    ['without a type', encode([]), 'not-a-message'],
    ['of too many room tags', encode([2, Array.from({ length: 1_025 }, () => one)]), 'bad-fields'],
    [
      'of too many heads',
      encode([4, one, true, Array.from({ length: 1_025 }, () => headFields)]),
      'bad-fields',
    ],
    [
      'of a head whose floor is above its length',
      encode([4, one, true, [[headFields[0]!, 2, 1, headFields[3]!]]]),
      'bad-fields',
    ],
    ['that wants nothing', wantOf(5, 5, 1), 'bad-fields'],
    ['that wants no frame', wantOf(0, 5, 0), 'bad-fields'],
    ['that wants seventeen frames', wantOf(0, 5, 17), 'bad-fields'],
    [
      'whose ranges do not ascend',
      encode([
        3,
        one,
        [
          [upperOf(2), 0],
          [upperOf(1), 0],
          [null, 0],
        ],
      ]),
      'bad-fields',
    ],
    ['whose last range is not open', encode([3, one, [[upperOf(1), 0]]]), 'bad-fields'],
    [
      'whose first range is open',
      encode([
        3,
        one,
        [
          [null, 0],
          [upperOf(1), 0],
        ],
      ]),
      'bad-fields',
    ],
    ['without ranges', encode([3, one, []]), 'bad-fields'],
    ['with a short fingerprint', encode([3, one, [[null, 1, new Uint8Array(15)]]]), 'bad-fields'],
    [
      'of too many introductions',
      encode([7, Array.from({ length: 65 }, () => ['peer', one])]),
      'bad-fields',
    ],
  ])('%s is refused', (_name, frame, reason) => {
    expect(decodeMessage(frame)).toEqual({ ok: false, reason });
  });

  it('of nothing held has no head', () => {
    expect(headOf(1, 0).headId).toBe(NO_HEAD_ID);
  });
});
