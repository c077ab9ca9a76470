// \help: how to begin, then every command, as a list to read.

import { commandTable } from '@parley/client';
import { actions, keysOf } from '../input/keymap.ts';
import type { Action } from '../input/keymap.ts';
import type { Desk } from './desk.ts';

interface Explained {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
}

/** Rows of which each has its key, two blanks or more, and the rest. */
export function helpRows(desk: Desk, own: readonly Explained[]): readonly string[] {
  const key = (action: Action): string =>
    keysOf(desk.keymap, action)[0] ?? `no key: ${actions[action].help}`;
  const beginning: readonly (readonly [string, string])[] = [
    [key('send'), 'says what you typed, to everyone in the session whose name stands above'],
    [key('newline'), 'begins another line of the same message'],
    ['your address', `${addressesOf(desk)}: whoever runs parley --connect with it reaches you`],
    ['\\connect HOST:PORT', 'reaches someone who told you theirs'],
    ['\\fork NAME', 'talks with someone alone: nobody else can read it'],
    [
      `${key('session-next')}, ${key('session-active')}`,
      'the next session; where something is new',
    ],
    [`${key('page-up')}, ${key('search')}`, 'older lines; search them'],
    ['~ behind a time', 'that line came late, when newer ones were here already'],
    ['missing n', 'so many messages exist that have not come yet: \\gaps tells who has them'],
    ['held by n', 'so many others have what you said last, and keep it for those who are away'],
  ];
  // What a screen does its own way stands here once.
  const others = commandTable.filter(({ name }) => !own.some((each) => each.name === name));
  const commands = [...others, ...own].map(
    ({ name, usage, help }) => [`\\${name}${usage === '' ? '' : ` ${usage}`}`, help] as const,
  );
  return [
    'TALKING',
    ...aligned(beginning),
    '',
    'COMMANDS',
    ...aligned(commands),
    '',
    '\\help COMMAND shows an example. A message that begins with \\ or / is sent by doubling it.',
    '? in an empty line lists the keys.',
  ];
}

function addressesOf({ client }: Desk): string {
  return client.view.listening().join(', ') || 'none yet';
}

function aligned(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
