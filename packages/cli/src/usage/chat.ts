// How `parley chat`, or parley without a command, is called.

import { Option } from 'commander';
import type { Command } from 'commander';
import type { ChatOptions, Given } from './invocation.ts';
import { addPeerOptions, numberOrNull, peerOptions } from './options.ts';
import type { Accept, Flags } from './options.ts';
import { parseLineCount } from './values.ts';

export const chatExample = `
Example:
  parley --name anna --listen 0.0.0.0:4747 --connect bobby.example.org:4747
  tail -f app.log | parley --plain --name app01 --connect ops:4747
`;

export function addChat(program: Command, accept: Accept): Command {
  const chat = program
    .command('chat', { isDefault: true })
    .description(
      'chats: full screen in a terminal, else lines and commands from stdin, lines of others to stdout',
    )
    .addOption(new Option('--plain', 'line mode, also on a terminal').conflicts('json'))
    .option('--json', 'JSON mode: one object a line, both ways')
    .option('--stay', 'go on receiving after the end of stdin')
    .option('--time', 'put the time before each line')
    .option('--history <N>', 'print the last N lines of each session first', parseLineCount)
    .option('--no-color', 'no colours')
    .addHelpText('after', chatExample);
  addPeerOptions(chat);
  return chat.action((flags: Flags) => accept({ kind: 'chat', options: chatOptions(flags) }));
}

function chatOptions(flags: Flags): Given<ChatOptions> {
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
