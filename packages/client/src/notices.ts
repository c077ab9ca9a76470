// The words for what the peer tells: one line each, saying what happened and, where something can be done, what.

import type { IdentityKey, PeerEvent } from '@parley/core';
import { durationText } from './commands/duration.ts';
import type { Words } from './people-view.ts';

export interface Notice {
  readonly text: string;
  readonly level: 'info' | 'debug';
}

type Wordy = Exclude<
  PeerEvent,
  { kind: 'neighbour' | 'status' | 'held' | 'listening' | 'session' | 'forkFailed' | 'blocking' }
>;

/** What the words need to know beside the event. */
export interface Telling extends Words {
  /** A person gave the address. */
  readonly isTyped: boolean;
}

/** null for what is no news to a person. */
export function noticeOf(event: Wordy, telling: Telling): Notice | null {
  if (event.kind === 'quarantined' || event.kind === 'released')
    return quarantineNotice(event, telling);
  return isPrivate(event) ? privateNotice(event, telling) : publicNotice(event, telling.isTyped);
}

function isPrivate(event: Wordy): event is Private {
  return PRIVATE.has(event.kind);
}

/** About peers, clocks and the lobby. */
function publicNotice(
  event: Exclude<Wordy, Private | Quarantine>,
  isTyped: boolean,
): Notice | null {
  switch (event.kind) {
    case 'dialFailed':
      return dialNotice(event, isTyped);
    case 'alreadyConnected':
      return isTyped
        ? info(`${addressOf(event.target)} is a peer we are connected to already`)
        : null;
    case 'renamed':
      return info(`${event.from} is now called ${event.to}`);
    case 'clockDiffers': {
      const direction = event.offsetMs > 0 ? 'ahead of' : 'behind';
      const by = durationText(Math.abs(event.offsetMs));
      return info(`the clock of ${event.name} is ${by} ${direction} ours; one of the two is wrong`);
    }
    case 'parked': {
      const by = durationText(event.aheadMs);
      return info(
        `${event.name} writes with a clock ${by} ahead; those lines are kept and shown when their time comes`,
      );
    }
    case 'forked':
      return forkNotice(event);
    case 'restored':
      return info(
        'others hold more of what you said than this profile does: it was restored from a copy; fetching the rest',
      );
    default:
      return rulesNotice(event);
  }
}

type Private = Extract<
  Wordy,
  { kind: 'people' | 'notReached' | 'setting' | 'stillSends' | 'unreadable' | 'unsaid' }
>;

const PRIVATE: ReadonlySet<string> = new Set<Private['kind']>([
  'people',
  'notReached',
  'setting',
  'stillSends',
  'unreadable',
  'unsaid',
]);

/** About private sessions and rooms. */
function privateNotice(event: Private, telling: Telling): Notice | null {
  const { labelOf, place } = telling;
  switch (event.kind) {
    case 'people': {
      const text = peopleText(event, telling);
      return text === null ? null : info(text);
    }
    case 'notReached': {
      const name = labelOf(event.identity);
      return info(`${name} cannot read ${place} yet (${event.reason}); tried again with each line`);
    }
    case 'setting':
      return info(settingText(event, telling));
    case 'unsaid': {
      const lines = event.lines === 1 ? '1 line was' : `${event.lines} lines were`;
      return info(`${lines} not said in ${place}: you were out of it before`);
    }
    case 'stillSends': {
      const { by, removed } = event;
      return info(
        `${labelOf(by)} still sends to ${labelOf(removed)}, who was removed from ${place}, until they hear of it`,
      );
    }
    case 'unreadable': {
      const name = event.identity === null ? 'someone' : labelOf(event.identity);
      return debug(`passed over an entry of ${name} that cannot be read (${event.reason})`);
    }
  }
}

function settingText(
  { by, setting }: Extract<Wordy, { kind: 'setting' }>,
  { labelOf, place }: Telling,
): string {
  const name = labelOf(by);
  if ('topic' in setting) {
    return setting.topic === ''
      ? `${name} took away the topic of ${place}`
      : `${name} set the topic of ${place}: ${setting.topic}`;
  }
  const { keepDays: days } = setting;
  if (days === 0) return `${name} had ${place} keep what is said for ever`;
  const time = days === 1 ? 'a day' : `${days} days`;
  return `${name} had ${place} keep what is said for ${time}, from tomorrow on; \\keep says otherwise`;
}

function peopleText(
  { by, came, left, removed }: Extract<Wordy, { kind: 'people' }>,
  { labelOf, place, self }: Telling,
): string | null {
  // What we did ourselves was answered where it was typed.
  if (by === null) return null;
  const parts: string[] = [];
  const named = (people: readonly IdentityKey[]): string =>
    namesText(people.map((each) => (each === self ? 'you' : labelOf(each))));
  if (left.length > 0) parts.push(`${named(left)} left ${place}`);
  if (came.length > 0) parts.push(`${labelOf(by)} let ${named(came)} into ${place}`);
  if (removed.length > 0) parts.push(`${labelOf(by)} removed ${named(removed)} from ${place}`);
  return parts.join('; ');
}

function namesText(names: string[]): string {
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** Somebody came who is called like one we met through an invite, and is not them. */
export function namesakeText(label: string, met: string): string {
  return `${label} is not ${met}, whose key came with your invite, though the names look alike: be careful whom you trust`;
}

export function forkFailedText(names: string, lines: number): string {
  const said = lines === 1 ? '1 line was' : `${lines} lines were`;
  const lost = lines === 0 ? '' : `; ${said} said to nobody`;
  return `no private session: nothing to encrypt to ${names} with has come; try again when they are here${lost}`;
}

type Quarantine = Extract<Wordy, { kind: 'quarantined' | 'released' }>;

function quarantineNotice(event: Quarantine, { labelOf }: Words): Notice {
  const name = labelOf(event.identity);
  if (event.kind === 'released')
    return info(`${name} is in quarantine no more; what was missed is fetched`);
  const [much, within] = [sizeText(event.bytes), durationText(event.windowMs)];
  return info(
    `${name} is in quarantine for ${durationText(event.lastsMs)}: ${much} in ${within}; \\unblock ${name} lets them on`,
  );
}

function sizeText(bytes: number): string {
  const mebibytes = bytes / 1_048_576;
  return mebibytes >= 1 ? `${Math.round(mebibytes)} MiB` : `${Math.ceil(bytes / 1_024)} KiB`;
}

/** About those who do not speak as we do. */
function rulesNotice(event: Extract<Wordy, { kind: 'banned' | 'badFrame' | 'strangers' }>): Notice {
  switch (event.kind) {
    case 'banned':
      return info(
        `a peer broke the rules too often and is not talked to for ${durationText(event.lastsMs)} (${event.reason})`,
      );
    case 'badFrame':
      return debug(`dropped a frame from ${event.peer}: ${event.reason}`);
    default:
      return debug(
        `${event.count} ${event.count === 1 ? 'connection' : 'connections'} that did not speak parley`,
      );
  }
}

function dialNotice(event: Extract<PeerEvent, { kind: 'dialFailed' }>, isTyped: boolean): Notice {
  const address = addressOf(event.target);
  if (event.failure === 'self')
    return info(`${address} is this very peer; not connecting to ourselves`);
  if (event.failure === 'bad-address') return info(`${address} is not an address: ${event.text}`);
  const text = `cannot reach ${address}: ${event.text}; trying again until it works`;
  // Told once; \peers has the rest.
  return isTyped && event.failures <= 1 ? info(text) : debug(text);
}

function forkNotice(event: Extract<PeerEvent, { kind: 'forked' }>): Notice {
  if (!event.own) {
    return info(
      'someone said two different things under one number (a copied profile?); both are proved, that chain ends here',
    );
  }
  return info(
    'this profile is in use twice: another copy of it spoke under the same numbers; going on in a new chain',
  );
}

function addressOf(target: {
  readonly addresses: readonly string[];
  readonly peer: string | null;
}): string {
  return target.addresses[0] ?? target.peer ?? 'that peer';
}

function info(text: string): Notice {
  return { text, level: 'info' };
}

function debug(text: string): Notice {
  return { text, level: 'debug' };
}
