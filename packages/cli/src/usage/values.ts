// The values of options: what each may be, and a text for what it may not.

import { readAddress, readHostAndPort, readListenAddress } from '@parley/client';
import { isInviteText } from '@parley/core';
import { InvalidArgumentError } from 'commander';
import { CLI_LIMITS } from '../limits.ts';

/** A whole number of lines. */
export function parseLineCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/u.test(text) || count > CLI_LIMITS.historyLinesMax) {
    throw new InvalidArgumentError(`It is a whole number from 0 to ${CLI_LIMITS.historyLinesMax}.`);
  }
  return count;
}

/** Collects addresses to listen on; port 0 takes a free one. */
export function collectListen(text: string, before: readonly string[] = []): readonly string[] {
  if (readListenAddress(text) === null)
    throw new InvalidArgumentError('It is host:port, [v6]:port or a multiaddr.');
  return [...before, text];
}

/** Where to answer for metrics. */
export function parseMetrics(text: string): string {
  if (readHostAndPort(text) === null)
    throw new InvalidArgumentError('It is host:port or [v6]:port.');
  return text;
}

export function collectText(text: string, before: readonly string[] = []): readonly string[] {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
  return [...before, text];
}

/** Collects addresses to dial, and invites, of which the peer itself says what is wrong. */
export function collectConnect(text: string, before: readonly string[] = []): readonly string[] {
  if (isInviteText(text)) return [...before, text];
  const address = readAddress(text);
  if (!address.ok) throw new InvalidArgumentError(`${address.reason}.`);
  return [...before, text];
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds since 1970 of an ISO date or time, of HH:MM today, or of so long ago: 30m, 2h, 3d. */
export function momentOf(text: string, nowMs: number): number | null {
  const ago = /^(?<count>\d{1,6})(?<unit>[smhdw])$/u.exec(text)?.groups;
  if (ago !== undefined) {
    return nowMs - Number(ago['count']) * (unitMs[ago['unit'] ?? ''] ?? 0);
  }
  const clock = /^(?<hours>[01]?\d|2[0-3]):(?<minutes>[0-5]\d)$/u.exec(text)?.groups;
  if (clock !== undefined) {
    return new Date(nowMs).setHours(Number(clock['hours']), Number(clock['minutes']), 0, 0);
  }
  return isoMoment(text);
}

const isoDate =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/u;

/** A date without a zone is one of this place, midnight where it names no time. */
function isoMoment(text: string): number | null {
  if (!isoDate.test(text)) return null;
  const moment = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(moment) ? null : moment;
}

export function parseMoment(text: string): number {
  const moment = momentOf(text, Date.now());
  if (moment === null) {
    throw new InvalidArgumentError('It is a date (2026-11-22, 2026-11-22T09:30), HH:MM, 2h or 3d.');
  }
  return moment;
}
