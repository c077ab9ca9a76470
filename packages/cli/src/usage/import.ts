// How `parley import` is called.

import type { Command } from 'commander';
import { homeOption, logLevelOf, logLevelOption, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';

export function addImport(program: Command, accept: Accept): void {
  program
    .command('import')
    .argument('<FILE>', 'what parley export wrote; -: stdin')
    .description('stores what an export has and this profile has not, also while parley runs')
    .addOption(homeOption())
    .addOption(logLevelOption())
    .addHelpText('after', '\nExample:\n  parley import backup.jsonl')
    .action((file: string, flags: Flags) =>
      accept({
        kind: 'import',
        options: {
          home: stringOrNull(flags['home']),
          file,
          logLevel: logLevelOf(flags) ?? 'info',
        },
      }),
    );
}
