// How `parley invite` is called.

import { periodMs } from '@parley/client';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { homeOption, logLevelOf, logLevelOption, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';

const example = `
Example:
  parley invite ops --expires 3d
  parley invite --qr
Whoever has the invite of a secret room can read all that is said there.`;

export function addInvite(program: Command, accept: Accept): void {
  program
    .command('invite')
    .argument('[ROOM]', 'which room: its name or its number; the lobby if not said')
    .description('prints the invite of a room for a friend, also while parley runs')
    .addOption(homeOption())
    .addOption(logLevelOption())
    .option('--qr', 'as a QR code too')
    .option('--expires <T>', 'good for so long: 30m, 2h, 3d, 1w', parsePeriod)
    .addHelpText('after', example)
    .action((room: string | undefined, flags: Flags) =>
      accept({
        kind: 'invite',
        options: {
          home: stringOrNull(flags['home']),
          room: room ?? 'lobby',
          qr: flags['qr'] === true,
          expires: stringOrNull(flags['expires']),
          logLevel: logLevelOf(flags),
        },
      }),
    );
}

function parsePeriod(text: string): string {
  if (periodMs(text) === null) throw new InvalidArgumentError('It is 30m, 2h, 3d or 1w.');
  return text;
}
