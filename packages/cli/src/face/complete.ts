// What Tab puts in place of the last word: a command, or the name of someone here.

import { commandTable } from '@parley/client';
import type { Person } from '@parley/client';

/** All that the last word may become, and that word: what readline asks of a completer. */
export type Completion = [candidates: string[], word: string];

export function complete(typed: string, people: readonly Person[]): Completion {
  const command = /^([\\/])(\S*)$/u.exec(typed);
  if (command !== null) return [commandsLike(command[1] ?? '', command[2] ?? ''), typed];
  const word = /\S*$/u.exec(typed)?.[0] ?? '';
  const end = word === typed ? ': ' : ' ';
  const begun = word.toLowerCase();
  const labels = people
    .filter((person) => !person.you && person.label.toLowerCase().startsWith(begun))
    .map((person) => `${person.label}${end}`);
  return [labels, word];
}

function commandsLike(sign: string, begun: string): string[] {
  return commandTable
    .filter((spec) => spec.name.startsWith(begun.toLowerCase()))
    .map((spec) => `${sign}${spec.name} `);
}
