// Turns the command line into an invocation, or into one line of refusal.

import { nearest } from '@parley/client';
import { Command, CommanderError } from 'commander';
import { usageFailure } from '../failure.ts';
import type { Failure } from '../failure.ts';
import { addChat, chatExample } from './chat.ts';
import { addDoctor } from './doctor.ts';
import { addExport } from './export.ts';
import { addId } from './id.ts';
import { addImport } from './import.ts';
import type { Invocation } from './invocation.ts';
import { addInvite } from './invite.ts';
import { addLog } from './log.ts';
import type { Accept } from './options.ts';
import { addSearch } from './search.ts';
import { addSend } from './send.ts';
import { addRoom } from './room.ts';
import { addServe } from './serve.ts';

/** One a line and by name, as --help lists them. */
const subcommands: readonly ((program: Command, accept: Accept) => void)[] = [
  addDoctor,
  addExport,
  addId,
  addImport,
  addInvite,
  addLog,
  addRoom,
  addSearch,
  addSend,
  addServe,
];

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

function refusalOf(error: CommanderError, argv: readonly string[], program: Command): Failure {
  const [first = ''] = argv;
  const commandNames = commandNamesOf(program);
  if (error.code === 'commander.excessArguments' && !commandNames.includes(first)) {
    return usageFailure(unknownCommandText(strayWord(argv, program), commandNames));
  }
  if (first === 'help') {
    return usageFailure(unknownCommandText(argv[1] ?? '', commandNames));
  }
  if (error.code === 'commander.help') {
    const children = program.commands.find((command) => command.name() === first)?.commands ?? [];
    const names = children.map((command) => command.name()).join(', ');
    return usageFailure(`parley ${first} wants one of: ${names}; see parley ${first} --help`);
  }
  const text = error.message.replace(/^error: /u, '').replaceAll(/\s*\n\s*/gu, ' ');
  const end = /[.)?]$/u.test(text) ? ' See' : '; see';
  const command = commandNames.includes(first) ? `parley ${first}` : 'parley';
  return usageFailure(`${text}${end} ${command} --help`);
}

function commandNamesOf(program: Command): readonly string[] {
  return [...program.commands.map((command) => command.name()), 'help'];
}

function unknownCommandText(word: string, commandNames: readonly string[]): string {
  const near = nearest(word, commandNames) ?? 'chat';
  return `unknown command '${word}'; the nearest is '${near}'; see parley --help`;
}

/** The first word that commander could place nowhere. */
function strayWord(argv: readonly string[], program: Command): string {
  const chat = program.commands.find((command) => command.name() === 'chat');
  return chat?.args[0] ?? argv[0] ?? '';
}

function makeProgram(version: string, accept: Accept): Command {
  const program = new Command('parley')
    .description('A chat with no server in the middle: every running copy is a peer.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .usage('[chat] [options] | COMMAND [options]');
  const chat = addChat(program, accept);
  for (const add of subcommands) add(program, accept);
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
