// How `parley search` is called.

import type { Command } from 'commander';
import { homeOption, logLevelOf, logLevelOption, numberOrNull, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';
import { parseLineCount } from './values.ts';

export function addSearch(program: Command, accept: Accept): void {
  program
    .command('search')
    .usage('[options] WORD...')
    .argument('<WORD...>', 'what the lines have; of the last word the beginning is enough')
    .description('prints the lines that have all words, the newest last, also while parley runs')
    .addOption(homeOption())
    .addOption(logLevelOption())
    .option('--session <S>', 'only in this one: its number, its name, or who is in it')
    .option('--limit <N>', 'only the newest N; usually 100', parseLineCount)
    .option('--json', 'as the line objects of JSON mode')
    .option('--no-color', 'no colours')
    .addHelpText('after', '\nExample:\n  parley search --session ops deploy fail')
    .action((words: readonly string[], flags: Flags) =>
      accept({
        kind: 'search',
        options: {
          home: stringOrNull(flags['home']),
          query: words.join(' '),
          session: stringOrNull(flags['session']),
          limit: numberOrNull(flags['limit']),
          json: flags['json'] === true,
          color: flags['color'] === true,
          logLevel: logLevelOf(flags) ?? 'info',
        },
      }),
    );
}
