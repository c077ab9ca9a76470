// What can be completed: commands, people with those who spoke last first, and sessions.

import { commandTable, peopleAround } from '@parley/client';
import type { Vocabulary } from '../model/completion.ts';
import { scrollbackOf } from '../model/state.ts';
import type { Desk } from './desk.ts';
import { ownCommands } from './own-commands.ts';

export function vocabularyOf(desk: Desk): Vocabulary {
  const names = [...commandTable, ...ownCommands].map(({ name }) => name);
  const commands = [...new Set(names)].toSorted();
  const sessions = desk.state.sessions.flatMap(({ number, title, session, kind }) => [
    String(number),
    title,
    ...(kind === 'room' ? [session] : []),
  ]);
  return { commands, names: namesOf(desk), sessions };
}

function namesOf({ client, state }: Desk): readonly string[] {
  const spoke = new Map<string, number>();
  for (const [at, item] of scrollbackOf(state, state.current).items.entries())
    if (item.kind === 'line') spoke.set(item.line.from.identity, at);
  return peopleAround(client.view, state.current)
    .filter(({ you }) => !you)
    .toSorted((left, right) => (spoke.get(right.identity) ?? -1) - (spoke.get(left.identity) ?? -1))
    .map(({ label }) => label);
}
