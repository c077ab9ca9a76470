// How `parley room new` is called.

import { checkRoomName, roomNameReasonText } from '@parley/core';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { RoomOptions } from './invocation.ts';
import { homeOption, logLevelOf, logLevelOption, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';

const example = `
Example:
  parley room new ops
  parley room new crew --secret
  parley room new crew --passphrase
Whoever types the same passphrase for a room of the same name is in the same room: take five
words drawn by chance, since whoever is connected to one of you can try to guess it.`;

export function addRoom(program: Command, accept: Accept): void {
  const room = program.command('room').description('makes rooms: parley room new NAME');
  room
    .command('new')
    .argument('<NAME>', 'what it is called', parseRoomName)
    .description('enters a room and prints its invite, also while parley runs')
    .addOption(homeOption())
    .addOption(logLevelOption())
    .addOption(
      new Option('--secret', 'only those with its invite can find and read it').conflicts([
        'passphrase',
        'passphraseFile',
      ]),
    )
    .addOption(
      new Option('--passphrase', 'secret by a passphrase, which is asked for').conflicts(
        'passphraseFile',
      ),
    )
    .option('--passphrase-file <FILE>', 'the same, from a file; - for stdin')
    .helpOption('--help', 'print this help')
    .addHelpText('after', example)
    .action((name: string, flags: Flags) =>
      accept({ kind: 'room', options: optionsOf(name, flags) }),
    );
}

function optionsOf(name: string, flags: Flags): RoomOptions {
  return {
    home: stringOrNull(flags['home']),
    name,
    secret: flags['secret'] === true,
    passphrase: flags['passphrase'] === true ? 'asked' : null,
    passphraseFile: stringOrNull(flags['passphraseFile']),
    logLevel: logLevelOf(flags),
  };
}

function parseRoomName(text: string): string {
  const name = checkRoomName(text.replace(/^#/u, ''));
  if (!name.ok) throw new InvalidArgumentError(`${roomNameReasonText(name.reason)}.`);
  return name.value;
}
