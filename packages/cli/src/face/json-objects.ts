// The objects of JSON mode as text: each on one line, with nothing in it that a terminal or a parser trips over.

import type { Change, SessionStatus, SessionSummary, ShownLine } from '@parley/client';

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

export function lineObject(line: ShownLine): object {
  const { session, id, from, text, kind, timeMs, own, late } = line;
  const { identity, name } = from;
  const time = new Date(Math.min(timeMs, dateMsMax)).toISOString();
  return { type: 'line', session, id, from: { identity, name }, text, kind, time, own, late };
}

export function peerObject(change: Extract<Change, { kind: 'peer' }>): object {
  const { event, identity, name, address, path } = change;
  return { type: 'peer', event, identity, name, address, path };
}

export function blockingObject({
  identity,
  blocked,
}: Extract<Change, { kind: 'blocking' }>): object {
  return { type: 'blocking', identity, blocked };
}

export function sessionObject(
  event: Extract<Change, { kind: 'session' }>['event'],
  { session, kind, with: others, forkedBy, open }: SessionSummary,
): object {
  const people = others.map(({ identity, name }) => ({ identity, name }));
  const initiator = forkedBy === 'us';
  return { type: 'session', event, session, kind, with: people, initiator, open };
}

export function statusObject({ session, held, missing, peers }: SessionStatus): object {
  return { type: 'status', session, held, missing, peers };
}

export function deliveredObject(change: Extract<Change, { kind: 'delivered' }>): object {
  const { session, id, heldBy } = change;
  return { type: 'delivered', session, id, heldBy };
}

export function noticeObject(text: string): object {
  return { type: 'notice', text };
}

export function errorObject(code: string, text: string): object {
  return { type: 'error', code, text };
}
