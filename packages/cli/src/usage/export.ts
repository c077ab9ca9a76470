// How `parley export` is called.

import type { Command } from 'commander';
import { Option } from 'commander';
import { homeOption, logLevelOf, logLevelOption, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';

const example = `
Example:
  parley export --out backup.jsonl && parley import --home /elsewhere backup.jsonl
  parley export --text --session ops > ops.txt
What was said in private sessions stands in it readable by whoever has the file, and cannot be imported.`;

export function addExport(program: Command, accept: Accept): void {
  program
    .command('export')
    .description('prints all that was said, also while parley runs')
    .addOption(homeOption())
    .addOption(logLevelOption())
    .option('--session <S>', 'only this one: its number, its name, or who is in it')
    .option(
      '--json',
      'JSON lines with signed entries, for parley import and for scripts: the usual',
    )
    .addOption(new Option('--text', 'for people to read').conflicts('json'))
    .option('--out <FILE>', 'into this file, which only you can read')
    .addHelpText('after', example)
    .action((flags: Flags) =>
      accept({
        kind: 'export',
        options: {
          home: stringOrNull(flags['home']),
          session: stringOrNull(flags['session']),
          isText: flags['text'] === true,
          out: stringOrNull(flags['out']),
          logLevel: logLevelOf(flags) ?? 'info',
        },
      }),
    );
}
