// Reading on in the others' chains of a private session, and believing what their groups prove (spec/session.md §4).

import type { ChainKey, DeviceKey, IdentityKey } from '../../brand.ts';
import { restoreCertificate } from '../../identity/certificate.ts';
import { joinLines } from '../../log/line.ts';
import { LIMITS } from '../../limits.ts';
import type { ChainRecord, Write } from '../../ports.ts';
import { readerWrite, sessionWrite } from '../../session/memory.ts';
import { readerValueKey } from '../../session/names.ts';
import type { SessionRoster } from '../../session/roster.ts';
import {
  countsUpTo,
  heardFrom,
  isPresent,
  mergeRosters,
  sameRoster,
} from '../../session/roster.ts';
import type { Reader, Session } from '../../session/state.ts';
import type { Read, ReadEvent, ReadThrough } from '../../session/work-types.ts';
import { agreedNow } from '../clock.ts';
import { putRecord } from '../conversation.ts';
import { isLate, raiseTop } from '../receive.ts';
import type { Conversation } from '../state.ts';
import type { Arrived, Turn } from '../step-types.ts';
import { newTokenBucket, takeTokens } from '../token-bucket.ts';
import { certificatesIn, reads } from './people.ts';
import { noteRoster } from './roster-news.ts';

/** How long to wait for a key of another chain, each time; after triesMax times we ask to be let in again. */
const KEY_WAIT_MS = 2_000;
const KEY_TRIES_MAX = 15;
const FUTURE_LOOK_MS = 1_000;

/** A session with its conversation. */
export interface Place {
  readonly conversation: Conversation;
  readonly session: Session;
}

/** The next work of reading; null while there is nothing new that can be read. */
export function planRead(turn: Turn, place: Place): Read | null {
  const { conversation, session } = place;
  if (session.leftMs !== null) return null;
  for (const { chain } of conversation.table.values())
    if (!session.readers.has(chain)) session.readers.set(chain, newReader(chain));
  let chosen: Due | null = null;
  for (const due of dueIn(turn, place)) {
    chosen ??= due;
    // Who has said much that nobody could read may be anyone: members do not wait for them.
    if (due.reader.owner === null && due.reader.next > 0) continue;
    chosen = due;
    break;
  }
  return chosen === null ? null : readOf(turn, session, chosen);
}

interface Due {
  readonly reader: Reader;
  readonly record: ChainRecord;
}

/** What can be read now, those first that were not read for longest. */
function* dueIn(turn: Turn, { conversation, session }: Place): Generator<Due> {
  for (const reader of session.readers.values()) {
    const record = conversation.table.get(reader.chain);
    if (record !== undefined && isDue(turn, session, { reader, record })) yield { reader, record };
  }
}

/** Something of it can be read now. */
function isDue(turn: Turn, session: Session, { reader, record }: Due): boolean {
  if (record.identity === turn.state.self.identity) return false;
  // Below what is held nothing is for us: we were let in later.
  if (!reader.isIn && reader.next < record.floor) reader.next = record.floor;
  const to = Math.min(record.length, readableTo(session, reader));
  if (reader.next >= to || record.floor > reader.next) return false;
  return reader.waits === null || turn.nowMs >= reader.retryMs;
}

function readOf(turn: Turn, session: Session, { reader, record }: Due): Read {
  const { id, roster, readers } = session;
  const { chain, next } = reader;
  // Last in line next time.
  readers.delete(chain);
  readers.set(chain, reader);
  const to = Math.min(record.length, readableTo(session, reader));
  return {
    kind: 'read',
    session: id,
    chain,
    certificates: roster === null ? [] : certificatesIn(roster),
    from: next,
    to: Math.min(to, next + LIMITS.readEntriesPerWork),
    throughMs: agreedNow(turn) + LIMITS.futureMsMax,
    nowMs: turn.wallMs,
  };
}

/** When a waiting reader is looked at again, in monotonic time. */
export function readWakeMs({ readers }: Session): number {
  let wake = Infinity;
  for (const { waits, retryMs } of readers.values())
    if (waits !== null) wake = Math.min(wake, retryMs);
  return wake;
}

/** Readers whose time to look again has come without anything to read: of who was removed nothing more counts. */
export function passWaits({ readers }: Session, nowMs: number): void {
  for (const reader of readers.values())
    if (reader.waits !== null && reader.retryMs <= nowMs) reader.waits = null;
}

function newReader(chain: ChainKey): Reader {
  const members = new Set<DeviceKey>();
  const place = { chain, owner: null, next: 0, isIn: false };
  return { ...place, waits: null, retryMs: 0, tries: 0, members, warned: new Set() };
}

/** Of someone who was removed only what was said before counts. */
function readableTo({ roster }: Session, { owner, chain }: Reader): number {
  return roster === null || owner === null ? Infinity : countsUpTo(roster, owner, chain);
}

/** Entries that are here and not read yet, of chains that we can read now; those of a later time are not due. */
export function unreadEntries({ session, conversation }: Place): number {
  let unread = 0;
  for (const reader of session.readers.values()) {
    if (!reader.isIn || reader.waits === 'future') continue;
    const length = conversation.table.get(reader.chain)?.length ?? 0;
    unread += Math.max(0, Math.min(length, readableTo(session, reader)) - reader.next);
  }
  return unread;
}

/** Stores the new state with what was read, and shows it; or nothing of it, if its author is nobody we know in it. */
export function onRead(turn: Turn, place: Place, work: Read, result: ReadThrough): void {
  const { session } = place;
  const reader = session.readers.get(work.chain);
  if (reader === undefined || session.leftMs !== null) return;
  const owner = ownerAfter(reader, result.events);
  if (owner !== null && !mayOwn(session, owner)) {
    reader.waits = 'roster';
    reader.retryMs = Infinity;
    return;
  }
  turn.out.push({ kind: 'commit', writes: result.writes, arrived: [] });
  if (owner !== null) bind(turn, place, reader, owner);
  const before = session.roster;
  for (const event of result.events) take(turn, place, reader, event);
  show(turn, place, reader, result.events);
  const moved = result.next > reader.next;
  reader.next = result.next;
  setWait(turn, place, reader, { end: result.end, moved });
  if (moved) wakeKeyWaiters(session, reader);
  const writes: Write[] = [readerWrite(session.id, reader)];
  if (!isSame(before, session.roster)) writes.push(...noteRoster(turn, place, before, owner));
  writes.push(sessionWrite(session));
  turn.out.push({ kind: 'commit', writes, arrived: [] });
  turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: session.id } });
}

function isSame(one: SessionRoster | null, other: SessionRoster | null): boolean {
  if (one === null || other === null) return one === other;
  return sameRoster(one, other);
}

function ownerAfter(reader: Reader, events: readonly ReadEvent[]): IdentityKey | null {
  const joined = events.find((event) => event.kind === 'joined');
  return joined?.owner.identity ?? reader.owner;
}

/** The first whom we believe is who invited us; then everyone who is, or was, in the roster. */
function mayOwn({ roster, inviter }: Session, owner: IdentityKey): boolean {
  return roster === null ? owner === inviter : roster.members.has(owner);
}

/** It is proved whose chain it is: from now on it goes by that name. */
function bind(turn: Turn, { conversation }: Place, reader: Reader, owner: IdentityKey): void {
  reader.owner = owner;
  const record = conversation.table.get(reader.chain);
  if (record === undefined || record.identity === owner) return;
  const bound = { ...record, identity: owner };
  putRecord(conversation, bound);
  turn.out.push({ kind: 'commit', writes: [{ kind: 'chain', chain: bound }], arrived: [] });
}

function take(turn: Turn, { session }: Place, reader: Reader, event: ReadEvent): void {
  switch (event.kind) {
    case 'joined':
      reader.isIn = true;
      reader.members = new Set(event.members);
      session.shutOut.delete(event.owner.identity);
      forgetOlderKeys(session, reader, event.owner.identity);
      return;
    case 'content':
      return takeContent(turn, session, reader, event);
    case 'commit':
      reader.members = new Set(event.members);
      if (event.isFresh) {
        const { epoch, members } = event;
        session.fresh.set(reader.chain, { chain: reader.chain, epoch, members });
      }
      return;
    case 'removed':
      reader.isIn = false;
      return;
    case 'unreadable': {
      const { seq, reason } = event;
      const said = { conversation: session.id, identity: reader.owner, seq, reason };
      turn.out.push({ kind: 'tell', event: { kind: 'unreadable', ...said } });
      return;
    }
  }
}

/** Whoever begins another chain may have lost the last one, and could not mix in its keys with us. */
function forgetOlderKeys({ readers, fresh }: Session, reader: Reader, owner: IdentityKey): void {
  for (const { chain, owner: whose } of readers.values())
    if (whose === owner && chain !== reader.chain) fresh.delete(chain);
}

type ContentEvent = Extract<ReadEvent, { kind: 'content' }>;

function takeContent(turn: Turn, session: Session, reader: Reader, event: ContentEvent): void {
  const { owner } = reader;
  if (owner === null || event.seq >= readableTo(session, reader)) return;
  if (event.roster !== null) {
    const { roster: mine } = session;
    const theirs = heardFrom(owner, event.roster, mine);
    session.roster = mine === null ? theirs : mergeRosters(mine, theirs);
  }
  for (const ask of event.asks) {
    if (ask.owner !== turn.state.self.identity) continue;
    // The newest key package is good in any case; to let someone in again costs everyone a change of keys.
    const again = ask.again && mayAskAgain(turn, session, owner);
    session.handed.set(owner, { keyPackage: ask.keyPackage, again });
  }
}

/** So often, and no more, is one member let in again because they say so. */
function mayAskAgain({ state, nowMs }: Turn, { id }: Session, owner: IdentityKey): boolean {
  const { lettingIn } = state.guard;
  const key = `${id}/${owner}`;
  const known = lettingIn.get(key);
  const bucket = known ?? newTokenBucket(LIMITS.againBurst, 1_000 / LIMITS.againMs, nowMs);
  if (known === undefined && lettingIn.size >= LIMITS.authorAccountsMax) lettingIn.clear();
  lettingIn.set(key, bucket);
  return takeTokens(bucket, 1, nowMs);
}

/** What counts of it becomes visible, entry by entry. */
function show(turn: Turn, place: Place, reader: Reader, events: readonly ReadEvent[]): void {
  const { conversation, session } = place;
  const writes: Write[] = [];
  const arrived: Arrived[] = [];
  const to = readableTo(session, reader);
  for (const { entry, lines, payload } of byEntry(events)) {
    if (entry.header.seq >= to || reader.owner === null) continue;
    const late = isLate(conversation, entry);
    const { chain, seq } = entry.header;
    const fate = { arrivedMs: turn.wallMs, late };
    writes.push({ kind: 'opened', chain, seq, lines: payload, ...fate });
    const shown = { entry, lines, identity: reader.owner, late };
    arrived.push(shown);
    raiseTop(conversation, [shown]);
  }
  if (writes.length === 0) return;
  turn.out.push({ kind: 'commit', writes, arrived });
  warnOfRemoved(turn, session, reader);
}

/** Whoever says something to a group with a removed person in it does not know yet; we do. Told once of each. */
function warnOfRemoved(turn: Turn, session: Session, reader: Reader): void {
  const { roster, id: conversation } = session;
  if (roster === null || reader.owner === null) return;
  for (const [removed, { certificate }] of roster.members) {
    if (isPresent(roster, removed) || removed === reader.owner) continue;
    const { device } = restoreCertificate(turn.state.suite, certificate);
    if (!reader.members.has(device) || reader.warned.has(removed)) continue;
    reader.warned.add(removed);
    const by = reader.owner;
    turn.out.push({ kind: 'tell', event: { kind: 'stillSends', conversation, by, removed } });
  }
}

interface Said extends Pick<Arrived, 'entry' | 'lines'> {
  /** As it stands in the messages, lines of later versions included. */
  readonly payload: Uint8Array;
}

/** One entry may have several messages; those without lines are not shown. */
function byEntry(events: readonly ReadEvent[]): readonly Said[] {
  const said = new Map<number, ContentEvent[]>();
  for (const event of events) {
    if (event.kind !== 'content' || event.lines.length === 0) continue;
    const before = said.get(event.seq);
    if (before === undefined) said.set(event.seq, [event]);
    else before.push(event);
  }
  return Array.from(said.values(), (messages) => ({
    entry: (messages[0] as ContentEvent).entry,
    lines: messages.flatMap(({ lines }) => lines),
    payload: joinLines(messages.map(({ payload }) => payload)),
  }));
}

function setWait(
  turn: Turn,
  place: Place,
  reader: Reader,
  { end, moved }: { readonly end: ReadThrough['end']; readonly moved: boolean },
): void {
  if (moved) reader.tries = 0;
  reader.waits = null;
  switch (end) {
    case 'all':
      return;
    case 'future':
      reader.waits = 'future';
      reader.retryMs = turn.nowMs + futureLookMs(reader);
      reader.tries += 1;
      return;
    case 'broken':
      reader.isIn = false;
      return;
    case 'psk':
      reader.waits = 'psk';
      reader.retryMs = turn.nowMs + KEY_WAIT_MS;
      reader.tries += 1;
      if (reader.tries > KEY_TRIES_MAX) giveUp(turn, place, reader);
      return;
  }
}

/** Twice as long each time: it may be for another year. */
function futureLookMs({ tries }: Reader): number {
  return Math.min(LIMITS.futureLookMsMax, FUTURE_LOOK_MS * 2 ** tries);
}

/** The key will not come: whoever has it left, or it is older than our place here. We ask to be let in again. */
function giveUp(turn: Turn, { session }: Place, reader: Reader): void {
  reader.isIn = false;
  reader.waits = null;
  reader.tries = 0;
  const key = readerValueKey(session.id, reader.chain);
  const write: Write = { kind: 'value', key, value: null };
  turn.out.push({ kind: 'commit', writes: [write], arrived: [] });
}

/** Something was read elsewhere: perhaps the key that others wait for. */
function wakeKeyWaiters({ readers }: Session, read: Reader): void {
  for (const reader of readers.values())
    if (reader !== read && reader.waits === 'psk') reader.retryMs = 0;
}

/** The state from which we read is damaged: we ask to be let in again. */
export function onReadFailed(turn: Turn, place: Place, work: Read): void {
  const reader = place.session.readers.get(work.chain);
  if (reader === undefined) return;
  giveUp(turn, place, reader);
  // Not at once: what fails now may fail for ever.
  reader.waits = 'future';
  reader.retryMs = turn.nowMs + FUTURE_LOOK_MS;
  const write = readerWrite(place.session.id, reader);
  turn.out.push({ kind: 'commit', writes: [write], arrived: [] });
  if (reader.owner !== null && !reads(place.session, reader.owner))
    place.session.shutOut.delete(reader.owner);
}
