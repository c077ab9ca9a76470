// What is remembered of private sessions across a restart.

import { MemoryDisk } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChainKey, ConversationId, DeviceKey, IdentityKey } from '../../src/brand.ts';
import { LIMITS } from '../../src/limits.ts';
import type { StoredValue, Write } from '../../src/ports.ts';
import {
  carriedWrites,
  eraseWrites,
  hasRoomForSession,
  newSession,
  nextNumber,
  ownWrite,
  readerWrite,
  recall,
  sessionWrite,
} from '../../src/session/memory.ts';
import type { Carried, OwnGroup, Reader, Session } from '../../src/session/state.ts';
import { identityOf, roster, suite } from '../session/people.ts';

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((raw) => Buffer.from(raw).toString('hex'));
const identity = hex(32).map((text) => text as IdentityKey);
const device = hex(32).map((text) => text as DeviceKey);
const chainKey = hex(40).map((text) => text as ChainKey);
const conversationId = hex(32).map((text) => text as ConversationId);
const timeMs = fc.nat(LIMITS.timeMsMax);
const devices = fc.uniqueArray(device, { maxLength: 4 }).map((all) => new Set(all));

const ownGroup: fc.Arbitrary<OwnGroup> = fc.record({
  chain: chainKey,
  seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  isBegun: fc.constant(true),
  length: fc.nat(),
  members: devices,
  toldRoster: hex(32),
  messages: fc.nat(LIMITS.rotateMessages),
  freshMs: timeMs,
});

/** As it is after a restart: nothing is in the way of reading on. */
const reader: fc.Arbitrary<Reader> = fc.record({
  chain: chainKey,
  owner: fc.option(identity),
  next: fc.nat(LIMITS.seqMax),
  isIn: fc.boolean(),
  waits: fc.constant(null),
  retryMs: fc.constant(0),
  tries: fc.constant(0),
  members: devices,
  warned: fc.constant(new Set()),
});

const handed = fc.record({
  keyPackage: fc.uint8Array({ minLength: 1, maxLength: 20 }),
  again: fc.boolean(),
});

const session: fc.Arbitrary<Session> = fc
  .record({
    id: conversationId,
    secret: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    inviter: identity,
    number: fc.option(fc.nat(LIMITS.sessionsMax)),
    roster: fc.option(roster()),
    leftMs: fc.option(timeMs),
    owesNews: fc.boolean(),
    uninformed: fc.uniqueArray(identity, { maxLength: 3 }).map((all) => new Set(all)),
    handed: fc.array(fc.tuple(identity, handed), { maxLength: 3 }).map((all) => new Map(all)),
    own: fc.option(ownGroup),
    readers: fc
      .array(reader, { maxLength: 3 })
      .map((all) => new Map(all.map((each) => [each.chain, each]))),
  })
  .map(({ id, secret, inviter, ...rest }) => ({ ...newSession({ id, secret }, inviter), ...rest }));

const carried: fc.Arbitrary<Carried> = fc.record({
  id: conversationId,
  depositors: fc
    .array(
      fc.tuple(
        identity,
        fc.array(fc.tuple(chainKey, fc.nat(LIMITS.seqMax)), { maxLength: 3 }).map((all) => {
          return new Map(all);
        }),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((all) => new Map(all)),
  touchedMs: timeMs,
  bytes: fc.constant(0),
  recipient: fc.option(identity),
});

function writesOf(one: Session): readonly Write[] {
  const readers = [...one.readers.values()].map((each) => readerWrite(one.id, each));
  return [sessionWrite(one), ownWrite(one), ...readers];
}

/** What a store holds after these writes. */
function kept(writes: readonly Write[]): readonly StoredValue[] {
  const store = new MemoryDisk().open();
  store.commit(writes);
  return store.values('session/');
}

function byId<Item extends { readonly id: ConversationId }>(
  items: readonly Item[],
): Map<ConversationId, Item> {
  return new Map(items.map((item) => [item.id, item]));
}

describe('everything kept of private sessions', () => {
  it('is found again', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(session, { maxLength: 3, selector: ({ id }) => id }),
        fc.uniqueArray(carried, { maxLength: 3, selector: ({ id }) => id }),
        (sessions, held) => {
          const writes = [...sessions.flatMap(writesOf), ...held.flatMap(carriedWrites)];
          const found = recall(suite, kept(writes));
          expect(found.sessions).toEqual(byId(sessions));
          expect(found.carried).toEqual(byId(held));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is gone once it is erased', () => {
    fc.assert(
      fc.property(session, (one) => {
        expect(kept([...writesOf(one), ...eraseWrites(one)])).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('is gone for what nobody wants held any more', () => {
    fc.assert(
      fc.property(carried, (one) => {
        const nobody = { ...one, depositors: new Map() };
        expect(kept([...carriedWrites(one), ...carriedWrites(nobody)])).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('throws where its bytes are cut short, or more follows them', () => {
    fc.assert(
      fc.property(session, carried, fc.nat(), (one, held, at) => {
        for (const { key, value } of kept([...writesOf(one), ...carriedWrites(held)])) {
          const parts = key.startsWith('session/own') || key.startsWith('session/reader');
          const record = kept([sessionWrite(one)]);
          const whole = (bytes: Uint8Array): readonly StoredValue[] =>
            parts ? [...record, { key, value: bytes }] : [{ key, value: bytes }];
          const short = value.subarray(0, at % value.length);
          const long = new Uint8Array([...value, 0]);
          expect(() => recall(suite, whole(value))).not.toThrow();
          expect(() => recall(suite, whole(short))).toThrow(/stored/);
          expect(() => recall(suite, whole(long))).toThrow(/stored/);
        }
      }),
      { numRuns: 100 },
    );
  });
});

function numbered(at: number, number: number | null): Session {
  const id = at.toString(16).padStart(64, '0') as ConversationId;
  const one = newSession({ id, secret: new Uint8Array(32) }, identityOf(0));
  return { ...one, number };
}

describe('the number of a session', () => {
  it('is one more than any that is in use', () => {
    expect(nextNumber([])).toBe(1);
    expect(nextNumber([4, null, 2])).toBe(5);
  });

  it('is not limited by the sessions that were left', () => {
    const sessions = byId(
      Array.from({ length: LIMITS.sessionsMax }, (_, at) => numbered(at, at + 1)),
    );
    expect(hasRoomForSession(sessions)).toBe(false);
    const [first] = sessions.values();
    first!.leftMs = 1;
    expect(hasRoomForSession(sessions)).toBe(true);
  });
});
