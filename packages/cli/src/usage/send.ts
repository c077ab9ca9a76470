// How `parley send` is called.

import type { Command } from 'commander';
import { addPeerOptions, peerOptions } from './options.ts';
import type { Accept, Flags } from './options.ts';

const example = `
Example:
  parley send build 214 is green
  parley send --to bobby - < notes.txt
  make 2>&1 | tail -1 | parley send --to ops -
A message from stdin keeps its newlines; for many messages, one a line, pipe into parley --plain.`;

export function addSend(program: Command, accept: Accept): void {
  const send = program
    .command('send')
    .usage('[options] TEXT... | -')
    .argument('[TEXT...]', 'the message; - or nothing: all of stdin is one')
    .description('says one message and exits, also while parley runs')
    .option('--to <S>', 'which session: its number, its name, or who is in it', 'lobby')
    .addHelpText('after', example);
  addPeerOptions(send);
  send.action((words: readonly string[], flags: Flags) =>
    accept({
      kind: 'send',
      options: { ...peerOptions(flags), to: flags['to'] as string, text: textOf(words) },
    }),
  );
}

function textOf(words: readonly string[]): string | null {
  return words.length === 0 || (words.length === 1 && words[0] === '-') ? null : words.join(' ');
}
