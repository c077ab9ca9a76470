// How `parley id` is called.

import type { Command } from 'commander';
import type { IdOptions } from './invocation.ts';
import { homeOption, logLevelOf, logLevelOption, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';

export function addId(program: Command, accept: Accept): void {
  program
    .command('id')
    .description('who I am: name, key, safety words, peer id, addresses')
    .addOption(homeOption())
    .addOption(logLevelOption())
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExample:\n  parley id --home ~/.parley-work')
    .action((flags: Flags) => accept({ kind: 'id', options: idOptions(flags) }));
}

function idOptions(flags: Flags): IdOptions {
  return {
    home: stringOrNull(flags['home']),
    json: flags['json'] === true,
    logLevel: logLevelOf(flags),
  };
}
