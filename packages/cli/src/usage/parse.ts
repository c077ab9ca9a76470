// Turns the command line into an invocation, or into one line of refusal.

import { nearest } from '@parley/client';
import { checkName, nameReasonText } from '@parley/core';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { usageFailure } from '../failure.ts';
import type { Failure } from '../failure.ts';
import type {
  ChatOptions,
  IdOptions,
  Invocation,
  LogLevel,
  LogOptions,
  PeerOptions,
} from './invocation.ts';
import { collectConnect, collectListen, parseLineCount, parseMoment } from './values.ts';

/** What was asked for; throws Failure for wrong usage. Reads and writes nothing. */
export function parseCommandLine(argv: readonly string[], version: string): Invocation {
  const found: { invocation: Invocation | null; text: string } = { invocation: null, text: '' };
  const accept = (invocation: Invocation): void => {
    found.invocation = invocation;
  };
  const program = makeProgram(version, accept);
  quieten(program, (text) => {
    found.text += text;
  });
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw refusalOf(error, argv, program);
    return { kind: 'text', text: found.text };
  }
  if (found.invocation === null) throw usageFailure('nothing to do; see parley --help');
  return found.invocation;
}

/** Commander neither prints nor exits: what it has to say is ours to say. */
function quieten(command: Command, write: (text: string) => void): void {
  command.exitOverride().configureOutput({ writeOut: write, writeErr: () => undefined });
  for (const child of command.commands) quieten(child, write);
}

const commandNames = ['chat', 'serve', 'id', 'log', 'help'];

function refusalOf(error: CommanderError, argv: readonly string[], program: Command): Failure {
  const [first = ''] = argv;
  if (error.code === 'commander.excessArguments' && !commandNames.includes(first)) {
    return usageFailure(unknownCommandText(strayWord(argv, program)));
  }
  if (first === 'help') {
    return usageFailure(unknownCommandText(argv[1] ?? ''));
  }
  const text = error.message.replace(/^error: /u, '').replaceAll(/\s*\n\s*/gu, ' ');
  const end = /[.)?]$/u.test(text) ? ' See' : '; see';
  const command = commandNames.includes(first) ? `parley ${first}` : 'parley';
  return usageFailure(`${text}${end} ${command} --help`);
}

function unknownCommandText(word: string): string {
  const near = nearest(word, commandNames) ?? 'chat';
  return `unknown command '${word}'; the nearest is '${near}'; see parley --help`;
}

/** The first word that commander could place nowhere. */
function strayWord(argv: readonly string[], program: Command): string {
  const chat = program.commands.find((command) => command.name() === 'chat');
  return chat?.args[0] ?? argv[0] ?? '';
}

function makeProgram(version: string, accept: (invocation: Invocation) => void): Command {
  const program = new Command('parley')
    .description('A chat with no server in the middle: every running copy is a peer.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .usage('[chat] [options] | COMMAND [options]');
  const chat = addChat(program, accept);
  addServe(program, accept);
  addId(program, accept);
  addLog(program, accept);
  for (const command of program.commands) command.helpOption('--help', 'print this help');
  program.addHelpText('after', () => `\n${optionsOf(chat)}\n${chatExample}`);
  return program;
}

function optionsOf(chat: Command): string {
  const help = chat.createHelp();
  help.prepareContext({ helpWidth: 80 });
  const width = help.padWidth(chat, help);
  const rows = help
    .visibleOptions(chat)
    .map((option) =>
      help.formatItem(help.optionTerm(option), width, help.optionDescription(option), help),
    );
  return ['Options of chat, which is what parley does without a command:', ...rows].join('\n');
}

const chatExample = `
Example:
  parley --name anna --listen 0.0.0.0:4747 --connect bobby.example.org:4747
  tail -f app.log | parley --plain --name app01 --connect ops:4747
`;

type Flags = Readonly<Record<string, unknown>>;

function addChat(program: Command, accept: (invocation: Invocation) => void): Command {
  const chat = program
    .command('chat', { isDefault: true })
    .description(
      'chats: full screen in a terminal, else lines and commands from stdin, lines of others to stdout',
    )
    .addOption(new Option('--plain', 'line mode, also on a terminal').conflicts('json'))
    .option('--json', 'JSON mode: one object a line, both ways')
    .option('--stay', 'go on receiving after the end of stdin')
    .option('--time', 'put the time before each line')
    .option('--history <N>', 'print the last N lines of the store first', parseLineCount)
    .option('--no-color', 'no colours')
    .addHelpText('after', chatExample);
  addPeerOptions(chat);
  return chat.action((flags: Flags) => accept({ kind: 'chat', options: chatOptions(flags) }));
}

function addServe(program: Command, accept: (invocation: Invocation) => void): void {
  const serve = program
    .command('serve')
    .description('the same peer without a screen: stays up and holds for others; logs to stderr')
    .addHelpText('after', '\nExample:\n  parley serve --name rock --listen 0.0.0.0:4747');
  addPeerOptions(serve);
  serve.action((flags: Flags) => accept({ kind: 'serve', options: peerOptions(flags) }));
}

function addId(program: Command, accept: (invocation: Invocation) => void): void {
  program
    .command('id')
    .description('who I am: name, key, safety words, peer id, addresses')
    .addOption(homeOption())
    .addOption(logLevelOption())
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExample:\n  parley id --home ~/.parley-work')
    .action((flags: Flags) => accept({ kind: 'id', options: idOptions(flags) }));
}

function addLog(program: Command, accept: (invocation: Invocation) => void): void {
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

function addPeerOptions(command: Command): void {
  command
    .option('--name <NAME>', 'what you are called; renames you if you had another name', parseName)
    .option('--listen <HOST:PORT>', 'listen there (repeatable; port 0: a free one)', collectListen)
    .addOption(
      new Option('--listen-addr <HOST:PORT>', 'the same')
        .argParser(collectListen)

        .hideHelp(),
    )
    .option('--connect <HOST:PORT>', 'dial this peer (repeatable)', collectConnect)
    .addOption(homeOption())
    .option('--no-discovery', 'neither look for peers on the LAN nor be found')
    .addOption(new Option('--ephemeral', 'a profile that is gone at the end').conflicts('home'))
    .addOption(logLevelOption());
}

function homeOption(): Option {
  return new Option('--home <DIR>', 'the profile: key and database (also PARLEY_HOME)').argParser(
    parseHome,
  );
}

function logLevelOption(): Option {
  return new Option('--log-level <L>', 'how much to say on stderr')
    .choices(['error', 'warn', 'info', 'debug'])
    .default('info');
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

function peerOptions(flags: Flags): PeerOptions {
  return {
    name: stringOrNull(flags['name']),
    listen: [...listOf(flags['listen']), ...listOf(flags['listenAddr'])],
    connect: listOf(flags['connect']),
    home: stringOrNull(flags['home']),
    discovery: flags['discovery'] === true,
    ephemeral: flags['ephemeral'] === true,
    logLevel: flags['logLevel'] as LogLevel,
  };
}

function chatOptions(flags: Flags): ChatOptions {
  const face = flags['json'] === true ? 'json' : flags['plain'] === true ? 'plain' : 'auto';
  return {
    ...peerOptions(flags),
    face,
    stay: flags['stay'] === true,
    time: flags['time'] === true,
    historyLines: numberOrNull(flags['history']) ?? 0,
    color: flags['color'] === true,
  };
}

function idOptions(flags: Flags): IdOptions {
  return {
    home: stringOrNull(flags['home']),
    json: flags['json'] === true,
    logLevel: flags['logLevel'] as LogLevel,
  };
}

function logOptions(flags: Flags): LogOptions {
  return {
    ...idOptions(flags),
    session: flags['session'] as string,
    sinceMs: numberOrNull(flags['since']),
    untilMs: numberOrNull(flags['until']),
    limit: numberOrNull(flags['limit']),
    follow: flags['follow'] === true,
    color: flags['color'] === true,
  };
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
