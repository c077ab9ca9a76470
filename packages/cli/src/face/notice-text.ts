// Words for what a person is told beside the lines: who came and went, and what became of what was said.

import { counted } from '@parley/client';
import type { Change, SessionSummary, Settled } from '@parley/client';
import type { LogLevel } from '../usage/invocation.ts';

export interface Notice {
  readonly level: LogLevel;
  readonly text: string;
}

const ranks: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

export function isTold(level: LogLevel, wanted: LogLevel): boolean {
  return ranks[level] <= ranks[wanted];
}

export function peerText(change: Extract<Change, { kind: 'peer' }>): string {
  const { event, name, path, address } = change;
  if (event === 'disconnected') return `${name} is gone`;
  const way = `(${path}, ${address})`;
  return event === 'moved' ? `${name} is reached another way now ${way}` : `${name} is here ${way}`;
}

export function listeningText(addresses: readonly string[]): string {
  const own = addresses.filter((address) => !address.includes('/p2p-circuit'));
  const here = own.length === 0 ? 'not listening' : `listening on ${own.join(', ')}`;
  return own.length === addresses.length ? here : `${here}; reached over a relay too`;
}

/** Someone let us into a private session. */
export function openedText({ number, forker, with: others }: SessionSummary): string {
  const more = others.map(({ label }) => label).filter((label) => label !== forker);
  const people = [...more, 'you'].join(', ').replace(/, you$/u, ' and you');
  return `${forker ?? 'someone'} opened a private session with ${people}: \\switch ${number}`;
}

/** The rooms and private sessions that were there at the start; null for none. */
export function foundText(sessions: readonly SessionSummary[]): string | null {
  const counts = (['room', 'private'] as const).map((kind) => {
    const count = sessions.filter((summary) => summary.kind === kind).length;
    return count === 0 ? [] : [counted(count, kind === 'room' ? 'room' : 'private session')];
  });
  const all = counts.flat();
  return all.length === 0 ? null : `in ${all.join(' and ')}; \\sessions lists them`;
}

/** Of lines that are lost with the process; null for none. */
export function unsaidNotice(lines: number): Notice | null {
  if (lines === 0) return null;
  const were = lines === 1 ? 'was' : 'were';
  const text =
    `${counted(lines, 'line')} in private sessions ${were} not said: nothing to encrypt them with has come; ` +
    'say them again when the others are here';
  return { level: 'warn', text };
}

/** When lines that nobody has yet go out: at the next start, when somebody connects, or never, the profile being gone. */
export type GoesOut = 'at-restart' | 'at-meeting' | 'never';

/** What became of `said` own lines at the end of the input; null where nothing was said. */
export function settledNotice(said: number, settled: Settled, goesOut: GoesOut): Notice | null {
  if (said === 0) return null;
  const lines = counted(said, 'line');
  const { acknowledged, silent, unacknowledgedEntries, unsaidLines } = settled;
  const unsaid = unsaidNotice(unsaidLines);
  if (unsaid !== null) return unsaid;
  if (silent.length > 0) {
    const entries = counted(unacknowledgedEntries, 'entry', 'entries');
    const lack = `${silent.join(', ')} did not acknowledge ${entries}`;
    const later =
      goesOut === 'never'
        ? 'this ephemeral profile keeps nothing'
        : `${goText(unacknowledgedEntries, goesOut)}, being stored`;
    return { level: 'warn', text: `not everyone has all of the ${lines}: ${lack}; ${later}` };
  }
  if (acknowledged > 0)
    return { level: 'info', text: `${lines} held by ${counted(acknowledged, 'peer')}` };
  const text =
    goesOut === 'never'
      ? `${lines} said to nobody: no peer is connected, and this ephemeral profile keeps nothing`
      : `${lines} stored; no peer is connected, so ${goText(said, goesOut)}`;
  return { level: 'warn', text };
}

function goText(count: number, goesOut: Exclude<GoesOut, 'never'>): string {
  const go = count === 1 ? 'it goes' : 'they go';
  return `${go} out ${goesOut === 'at-meeting' ? 'when somebody connects' : 'when parley runs again'}`;
}
