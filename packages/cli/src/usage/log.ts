// How `parley log` is called.

import { Option } from 'commander';
import type { Command } from 'commander';
import type { LogOptions } from './invocation.ts';
import { homeOption, logLevelOf, logLevelOption, numberOrNull, stringOrNull } from './options.ts';
import type { Accept, Flags } from './options.ts';
import { parseLineCount, parseMoment } from './values.ts';

export function addLog(program: Command, accept: Accept): void {
  program
    .command('log')
    .description('prints what the store holds, also while parley runs')
    .addOption(homeOption())
    .addOption(logLevelOption())
    .option('--session <S>', 'which session: its number, its name, or who is in it', 'lobby')
    .option(
      '--since <T>',
      'only lines from then on: a date, HH:MM, or so long ago (2h, 3d)',
      parseMoment,
    )
    .addOption(
      new Option('--until <T>', 'only lines before then')
        .argParser(parseMoment)
        .conflicts('follow'),
    )
    .option('--limit <N>', 'only the last N of those', parseLineCount)
    .option('--json', 'as the line objects of JSON mode')
    .option('--follow', 'go on printing what arrives')
    .option('--no-color', 'no colours')
    .addHelpText('after', '\nExample:\n  parley log --since 2h --limit 100')
    .action((flags: Flags) => accept({ kind: 'log', options: logOptions(flags) }));
}

function logOptions(flags: Flags): LogOptions {
  return {
    home: stringOrNull(flags['home']),
    json: flags['json'] === true,
    logLevel: logLevelOf(flags),
    session: flags['session'] as string,
    sinceMs: numberOrNull(flags['since']),
    untilMs: numberOrNull(flags['until']),
    limit: numberOrNull(flags['limit']),
    follow: flags['follow'] === true,
    color: flags['color'] === true,
  };
}
