// The objects of JSON mode, and how each becomes one line with nothing in it that a terminal or a parser trips over.

import type { Change, Person, SessionStatus, SessionSummary, ShownLine } from '@parley/client';
import type {
  BlockingMessage,
  DeliveredMessage,
  ErrorMessage,
  LineMessage,
  ListedPerson,
  ListedSession,
  NoticeMessage,
  PeerMessage,
  PersonName,
  SessionMessage,
  StatusMessage,
} from '@parley/local-api';

const plain = /^[\x20-\x7e]*$/;
/** What JSON.stringify leaves as it is, though it ends lines, turns text round or cannot be seen. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One object and its newline. */
export function jsonLine(object: object): string {
  const text = JSON.stringify(object);
  return plain.test(text) ? `${text}\n` : `${text.replace(unseen, escaped)}\n`;
}

function escaped(character: string): string {
  let text = '';
  for (let at = 0; at < character.length; at += 1) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return text;
}

/** The farthest moment that has a date. */
const dateMsMax = 8_640_000_000_000_000;

function isoTime(ms: number): string {
  return new Date(Math.min(ms, dateMsMax)).toISOString();
}

export function lineObject(line: ShownLine): LineMessage {
  const { session, id, from, text, kind, timeMs, own, late } = line;
  const { identity, name } = from;
  const time = isoTime(timeMs);
  return { type: 'line', session, id, from: { identity, name }, text, kind, time, own, late };
}

export function peerObject(change: Extract<Change, { kind: 'peer' }>): PeerMessage {
  const { event, identity, name, address, path } = change;
  return { type: 'peer', event, identity, name, address, path };
}

export function blockingObject({
  identity,
  blocked,
}: Extract<Change, { kind: 'blocking' }>): BlockingMessage {
  return { type: 'blocking', identity, blocked };
}

export function sessionObject(
  event: Extract<Change, { kind: 'session' }>['event'],
  { session, kind, with: others, forkedBy, open, title, topic, secret }: SessionSummary,
): SessionMessage {
  const people = others.map(personName);
  const initiator = forkedBy === 'us';
  const place = { type: 'session', event, session, kind, title, topic, secret } as const;
  return { ...place, with: people, initiator, open };
}

export function listedSession(summary: SessionSummary): ListedSession {
  const { session, number, kind, title, open, people, unread, held, missing, peers } = summary;
  const { topic, keepDays, secret } = summary;
  const others = summary.with.map(personName);
  const initiator = summary.forkedBy === 'us';
  const place = { session, number, kind, title, with: others, initiator, open };
  return { ...place, topic, keepDays, secret, people, unread, held, missing, peers };
}

export function listedPerson(person: Person): ListedPerson {
  const { identity, name, label, you, path, lastSeenMs, verified, metByInvite } = person;
  const lastSeen = lastSeenMs === null ? null : isoTime(lastSeenMs);
  return { identity, name, label, you, path, lastSeen, verified, metByInvite };
}

function personName({ identity, name }: Person): PersonName {
  return { identity, name };
}

export function statusObject({ session, held, missing, peers }: SessionStatus): StatusMessage {
  return { type: 'status', session, held, missing, peers };
}

export function deliveredObject(change: Extract<Change, { kind: 'delivered' }>): DeliveredMessage {
  const { session, id, heldBy } = change;
  return { type: 'delivered', session, id, heldBy };
}

export function noticeObject(text: string): NoticeMessage {
  return { type: 'notice', text };
}

/** `re` where it answers a request that had one. */
export function errorObject(code: string, text: string, re?: string): ErrorMessage {
  return { type: 'error', code, text, ...(re === undefined ? {} : { re }) };
}
