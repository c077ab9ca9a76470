// What a peer keeps of its private sessions beside their entries, as values of its store, and how it finds it again.
// Only we write it and only we read it: what does not decode is a damaged profile, and throws.

import type { ChainKey, ConversationId, DeviceKey, IdentityKey } from '../brand.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import type { CborValue } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { Suite } from '../crypto/suite.ts';
import { LIMITS } from '../limits.ts';
import type { StoredValue, Write } from '../ports.ts';
import { groupValueKey, readerValueKey } from './names.ts';
import { readRoster, rosterValue } from './roster-codec.ts';
import type { Carried, Handed, OwnGroup, Reader, Session } from './state.ts';

const PREFIX = 'session/';

/** What is to be remembered of a session itself. */
export function sessionWrite(session: Session): Write {
  const { id, secret, number, inviter, roster, leftMs, handed, owesNews, uninformed } = session;
  const packages = [...handed].map(([identity, { keyPackage, again }]): CborValue => {
    return [fromHex(identity), keyPackage, again];
  });
  const who = roster === null ? null : rosterValue(roster);
  const contacts = [...uninformed].map(fromHex);
  const how = [fromHex(inviter), secret, number, leftMs, owesNews];
  const value = encode([...how, contacts, packages, who]);
  return { kind: 'value', key: `${PREFIX}record/${id}`, value };
}

export function ownWrite({ id, own }: Session): Write {
  const key = `${PREFIX}own/${id}`;
  if (own === null) return { kind: 'value', key, value: null };
  const { chain, seed, length, members, toldRoster, messages, freshMs } = own;
  const value = encode([
    fromHex(chain),
    seed,
    length,
    [...members].map(fromHex),
    fromHex(toldRoster),
    messages,
    freshMs,
  ]);
  return { kind: 'value', key, value };
}

export function readerWrite(id: ConversationId, reader: Reader): Write {
  const { chain, owner, next, isIn, members } = reader;
  const value = encode([
    owner === null ? null : fromHex(owner),
    next,
    isIn,
    [...members].map(fromHex),
  ]);
  return { kind: 'value', key: `${PREFIX}reader/${id}/${chain}`, value };
}

/** Forgets what belongs to a session, its keys included. */
function forgetWrites({ id, readers, own }: Session): readonly Write[] {
  const keys = [`${PREFIX}own/${id}`];
  if (own !== null) keys.push(groupValueKey(id, own.chain));
  for (const chain of readers.keys())
    keys.push(`${PREFIX}reader/${id}/${chain}`, readerValueKey(id, chain));
  return keys.map((key): Write => ({ kind: 'value', key, value: null }));
}

/** As if it had never been. */
export function eraseWrites(session: Session): readonly Write[] {
  const record = { kind: 'value', key: `${PREFIX}record/${session.id}`, value: null } as const;
  return [...forgetWrites(session), record, { kind: 'drop', conversation: session.id }];
}

/** Without a depositor it is forgotten. */
export function carriedWrites(carried: Carried): readonly Write[] {
  const { id, depositors, touchedMs, recipient } = carried;
  const value = encode([
    [...depositors].map(([identity, from]) => [
      fromHex(identity),
      [...from].map(([chain, seq]): CborValue => [fromHex(chain), seq]),
    ]),
    touchedMs,
    recipient === null ? null : fromHex(recipient),
  ]);
  return [
    { kind: 'value', key: `${PREFIX}carried/${id}`, value: depositors.size > 0 ? value : null },
  ];
}

export interface Remembered {
  readonly sessions: Map<ConversationId, Session>;
  readonly carried: Map<ConversationId, Carried>;
}

/** Reads all values whose keys begin with "session/". Records come before what belongs to them only by their sort. */
export function recall(suite: Suite, values: readonly StoredValue[]): Remembered {
  const sessions = new Map<ConversationId, Session>();
  const carried = new Map<ConversationId, Carried>();
  const parts = values.map(({ key, value }) => {
    const [, kind = '', id = '', chain = ''] = key.split('/');
    return {
      kind,
      id: id as ConversationId,
      chain: chain as ChainKey,
      reader: new CborReader(value),
    };
  });
  for (const { kind, id, reader } of parts) {
    if (kind === 'record') sessions.set(id, readSession(suite, id, reader));
    if (kind === 'carried') carried.set(id, readCarried(id, reader));
  }
  for (const { kind, id, chain, reader } of parts) {
    const session = sessions.get(id);
    if (session === undefined) continue;
    if (kind === 'own') session.own = readOwn(reader);
    if (kind === 'reader') session.readers.set(chain, readReader(chain, reader));
  }
  return { sessions, carried };
}

/** A session nobody has said anything in yet. */
export function newSession(
  { id, secret }: Pick<Session, 'id' | 'secret'>,
  inviter: IdentityKey,
): Session {
  return {
    id,
    secret,
    inviter,
    number: null,
    roster: null,
    forming: null,
    leftMs: null,
    uninformed: new Set(),
    own: null,
    readers: new Map(),
    tried: new Map(),
    handed: new Map(),
    shutOut: new Map(),
    asked: new Map(),
    fresh: new Map(),
    awaited: new Map(),
    linesWakeMs: Infinity,
    restUntilMs: null,
    pending: [],
    deferred: [],
    owesNews: false,
    busy: false,
    readLast: false,
  };
}

function readSession(suite: Suite, id: ConversationId, reader: CborReader): Session {
  reader.tuple(8);
  const inviter = readIdentity(reader);
  const secret = reader.byteString(32).slice();
  const session = newSession({ id, secret }, inviter);
  session.number = reader.skipNull() ? null : reader.uint();
  session.leftMs = reader.skipNull() ? null : reader.uint();
  session.owesNews = reader.bool();
  for (const identity of readList(reader, () => readIdentity(reader)))
    session.uninformed.add(identity);
  for (const [identity, handed] of readHanded(reader)) session.handed.set(identity, handed);
  if (!reader.skipNull()) {
    const roster = readRoster(suite, reader);
    if (!roster.ok) throw new Error(`the stored roster of session ${id}: ${roster.reason}`);
    session.roster = roster.value;
  }
  finish(reader);
  return session;
}

function readHanded(reader: CborReader): readonly (readonly [IdentityKey, Handed])[] {
  return readList(reader, () => {
    reader.tuple(3);
    const identity = readIdentity(reader);
    return [identity, { keyPackage: reader.byteString().slice(), again: reader.bool() }] as const;
  });
}

function readOwn(reader: CborReader): OwnGroup {
  reader.tuple(7);
  const chain = toHex(reader.byteString(40)) as ChainKey;
  const seed = reader.byteString(32).slice();
  const length = reader.uint();
  const members = new Set(readList(reader, () => readDevice(reader)));
  const toldRoster = toHex(reader.byteString());
  const messages = reader.uint();
  const freshMs = reader.uint();
  finish(reader);
  return { chain, seed, isBegun: true, length, members, toldRoster, messages, freshMs };
}

function readReader(chain: ChainKey, reader: CborReader): Reader {
  reader.tuple(4);
  const owner = reader.skipNull() ? null : readIdentity(reader);
  const next = reader.uint();
  const isIn = reader.bool();
  const members = new Set(readList(reader, () => readDevice(reader)));
  finish(reader);
  const place = { chain, owner, next, isIn };
  return { ...place, waits: null, retryMs: 0, tries: 0, members, warned: new Set() };
}

function readCarried(id: ConversationId, reader: CborReader): Carried {
  reader.tuple(3);
  const depositors = new Map(readList(reader, () => readDepositor(reader)));
  const touchedMs = reader.uint();
  const recipient = reader.skipNull() ? null : readIdentity(reader);
  finish(reader);
  return { id, depositors, touchedMs, bytes: 0, recipient };
}

function readDepositor(reader: CborReader): readonly [IdentityKey, ReadonlyMap<ChainKey, number>] {
  reader.tuple(2);
  const identity = readIdentity(reader);
  const from = readList(reader, () => {
    reader.tuple(2);
    return [toHex(reader.byteString(40)) as ChainKey, reader.uint()] as const;
  });
  return [identity, new Map(from)];
}

function readList<Item>(reader: CborReader, read: () => Item): readonly Item[] {
  const items: Item[] = [];
  const length = reader.arrayLength();
  for (let at = 0; at < length && !reader.failed; at += 1) items.push(read());
  return items;
}

function readIdentity(reader: CborReader): IdentityKey {
  return toHex(reader.byteString(32)) as IdentityKey;
}

function readDevice(reader: CborReader): DeviceKey {
  return toHex(reader.byteString(32)) as DeviceKey;
}

function finish(reader: CborReader): void {
  const fault = reader.finish();
  if (fault !== null) throw new Error(`a stored session is damaged: ${fault}`);
}

/** So that a number is used once as long as any session has it. */
export function nextNumber(taken: Iterable<number | null>): number {
  let last = 0;
  for (const number of taken) last = Math.max(last, number ?? 0);
  return last + 1;
}

/** Bounded by what a person can have open; those that were left do not count. */
export function hasRoomForSession(sessions: ReadonlyMap<ConversationId, Session>): boolean {
  let open = 0;
  for (const { leftMs } of sessions.values()) if (leftMs === null) open += 1;
  return open < LIMITS.sessionsMax;
}
