// How `parley doctor` is called.

import type { Command } from 'commander';
import type { DoctorOptions } from './invocation.ts';
import { homeOption, listOf, logLevelOf, logLevelOption, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';
import { collectConnect, collectListen } from './values.ts';

const example = `
Exit code: 0 where nothing is bad, 1 otherwise.

Example:
  parley doctor --connect rock.example:4747
`;

export function addDoctor(program: Command, accept: Accept): void {
  program
    .command('doctor')
    .description('what works and what does not on this network, and what to do about it')
    .option('--listen <HOST:PORT>', 'try to listen there (repeatable)', collectListen)
    .option('--connect <HOST:PORT>', 'dial this peer too (repeatable)', collectConnect)
    .addOption(homeOption())
    .option('--no-discovery', 'leave the LAN out')
    .option('--json', 'as one JSON object')
    .addOption(logLevelOption())
    .addHelpText('after', example)
    .action((flags: Flags) => accept({ kind: 'doctor', options: doctorOptions(flags) }));
}

function doctorOptions(flags: Flags): DoctorOptions {
  return {
    home: stringOrNull(flags['home']),
    listen: listOf(flags['listen']),
    connect: listOf(flags['connect']),
    discovery: flags['discovery'] === true,
    json: flags['json'] === true,
    logLevel: logLevelOf(flags),
  };
}
