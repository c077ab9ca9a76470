// From what someone typed to what becomes of it: the one road of every face.

import type { Client, SessionName } from '../api.ts';
import { findCommand, unknownCommandText, usageOf } from './help.ts';
import { refuse } from './outcome.ts';
import type { CommandOutcome, CommandSpec, CommandTools } from './outcome.ts';
import { say } from './say.ts';
import { commandTable } from './table.ts';

/** A message, with a doubled first sign made single; or null for a command. */
export function messageOf(typed: string): string | null {
  const first = typed[0];
  if (first !== '\\' && first !== '/') return typed;
  return typed[1] === first ? typed.slice(1) : null;
}

/** What something is typed for: saying is an act too; null for what does as well anywhere. */
export function purposeOf(typed: string): 'move' | 'act' | null {
  if (messageOf(typed) !== null) return 'act';
  const name = /^.(\S*)/u.exec(typed)?.[1] ?? '';
  return findCommand(commandTable, name.toLowerCase())?.purpose ?? null;
}

/** Says a message or runs a command, whichever was typed. */
export function runTyped(
  client: Client,
  session: SessionName,
  typed: string,
  tools: CommandTools,
): CommandOutcome {
  const message = messageOf(typed);
  if (message === null) return runCommand(client, session, typed, tools);
  return say({ client, session, words: [], rest: '', tools, table: commandTable }, message, 'say');
}

/**
 * Runs what begins with \ or / as a command, and never says it; text with neither sign is refused.
 * Checks what the table says of the command before it runs it.
 */
export function runCommand(
  client: Client,
  session: SessionName,
  text: string,
  tools: CommandTools,
): CommandOutcome {
  const parts = /^[\\/](\S*)\s?([^]*)$/u.exec(text);
  if (parts === null) return refuse('unknown-command', 'a command begins with \\ or /');
  const [, name = '', rest = ''] = parts;
  const spec = findCommand(commandTable, name.toLowerCase());
  if (spec === undefined) {
    return refuse('unknown-command', unknownCommandText(commandTable, name));
  }
  const words = rest.split(/\s+/u).filter((word) => word !== '');
  const refusal = refusalOf(spec, words.length) ?? whereRefusal(spec, client, session);
  if (refusal !== null) return refusal;
  return spec.run({ client, session, words, rest, tools, table: commandTable });
}

function refusalOf(spec: CommandSpec, words: number): CommandOutcome | null {
  if (words >= spec.wordsMin && words <= spec.wordsMax) return null;
  const fault = words < spec.wordsMin ? 'too little' : 'too much';
  return refuse('wrong-usage', `${fault} behind \\${spec.name}; it is used so: ${usageOf(spec)}`);
}

function whereRefusal(
  spec: CommandSpec,
  client: Client,
  session: SessionName,
): CommandOutcome | null {
  const kind = client.view.sessions().find((summary) => summary.session === session)?.kind;
  if (kind === undefined || spec.where.includes(kind)) return null;
  const places = spec.where.join(' or ');
  const text = spec.elsewhere ?? `\\${spec.name} works in a ${places} session, not in ${session}`;
  return refuse('not-here', text);
}
