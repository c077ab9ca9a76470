// What several commands have in common on the command line, and how what commander found becomes data.

import { checkName, nameReasonText } from '@parley/core';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { Given, Invocation, LogLevel, PeerOptions } from './invocation.ts';
import { collectConnect, collectListen, collectText } from './values.ts';

/** What commander found, by the camel-cased name of the option. */
export type Flags = Readonly<Record<string, unknown>>;

/** Takes what the command line asks for. */
export type Accept = (invocation: Invocation) => void;

export function addPeerOptions(command: Command): void {
  command
    .option('--name <NAME>', 'what you are called; renames you if you had another name', parseName)
    .option('--listen <HOST:PORT>', 'listen there (repeatable; port 0: a free one)', collectListen)
    .addOption(
      new Option('--listen-addr <HOST:PORT>', 'the same').argParser(collectListen).hideHelp(),
    )
    .option(
      '--connect <HOST:PORT>',
      'dial this peer, or who made an invite (repeatable)',
      collectConnect,
    )
    .option('--room <INVITE>', 'start in this room, by invite or name (repeatable)', collectText)
    .option('--room-file <FILE>', 'the same, from a file (also PARLEY_ROOM)', collectText)
    .addOption(homeOption())
    .option('--no-discovery', 'neither look for peers on the LAN nor be found')
    .addOption(new Option('--ephemeral', 'a profile that is gone at the end').conflicts('home'))
    .addOption(logLevelOption());
}

export function homeOption(): Option {
  return new Option('--home <DIR>', 'the profile: key and database (also PARLEY_HOME)').argParser(
    parseHome,
  );
}

export function logLevelOption(): Option {
  const what = 'how much to say on stderr; usually info';
  return new Option('--log-level <L>', what).choices(['error', 'warn', 'info', 'debug']);
}

/** Empty is what a script makes of a variable that it forgot to set: that is not the profile of whoever runs it. */
function parseHome(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is a directory.');
  return text;
}

function parseName(text: string): string {
  const name = checkName(text);
  if (!name.ok) throw new InvalidArgumentError(`${nameReasonText(name.reason)}.`);
  return name.value;
}

export function peerOptions(flags: Flags): Given<PeerOptions> {
  return {
    name: stringOrNull(flags['name']),
    listen: [...listOf(flags['listen']), ...listOf(flags['listenAddr'])],
    connect: listOf(flags['connect']),
    rooms: listOf(flags['room']),
    roomFiles: listOf(flags['roomFile']),
    home: stringOrNull(flags['home']),
    discovery: flags['discovery'] === true,
    ephemeral: flags['ephemeral'] === true,
    logLevel: (flags['logLevel'] as LogLevel | undefined) ?? null,
  };
}

export function logLevelOf(flags: Flags): LogLevel {
  return (flags['logLevel'] as LogLevel | undefined) ?? 'info';
}

export function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

export function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
