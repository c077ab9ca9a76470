// \block and \unblock: whom one does not want to hear, or lets on again.

import type { Person } from '../api.ts';
import { byLabel } from '../labels.ts';
import { findPerson, peopleAround } from './lookup.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';

/** Blocks someone; without a name, lists those who are. */
export function block(call: CommandCall): CommandOutcome {
  const { client, words } = call;
  const [name] = words;
  if (name === undefined) return done(call, ...listed(client.view.blocked()));
  const found = findPerson(around(call), name);
  if (!('person' in found)) return found;
  const { person } = found;
  if (person.blocked) return refuse('double', `${person.label} is blocked already`);
  const refusal = ruled(call, person, true);
  const text = `${person.label} is blocked: nothing of theirs is shown, kept or passed on; \\unblock ${person.label} takes that back`;
  return refusal ?? done(call, text);
}

/** Hears someone again who is blocked or in quarantine. */
export function unblock(call: CommandCall): CommandOutcome {
  const found = findPerson(around(call), call.words[0] ?? '');
  if (!('person' in found)) return found;
  const { person } = found;
  const { label, blocked, quarantined } = person;
  if (!blocked && !quarantined) return done(call, `${label} is not blocked`);
  const refusal = ruled(call, person, false);
  if (refusal !== null) return refusal;
  const what = blocked ? `${label} is not blocked any more` : `${label} is let on`;
  return done(call, `${what}; what was missed is fetched`);
}

function around({ client, session }: CommandCall): readonly Person[] {
  const people = peopleAround(client.view, session);
  const known = new Set(people.map(({ identity }) => identity));
  return [...people, ...client.view.blocked().filter(({ identity }) => !known.has(identity))];
}

function ruled(
  { client }: CommandCall,
  { identity }: Person,
  isBlocked: boolean,
): CommandOutcome | null {
  const ruling = client.block(identity, isBlocked);
  if (ruling.ok) return null;
  if (ruling.reason === 'self') return refuse('self', 'that is you; name someone else');
  if (ruling.reason === 'stopping') return refuse('stopping', 'parley is ending');
  return refuse('too-many', 'no more people can be blocked; \\block lists those who are');
}

function listed(people: readonly Person[]): readonly string[] {
  if (people.length === 0) return ['nobody is blocked or in quarantine'];
  return byLabel(people).map(
    ({ label, blocked }) => `${label}  ${blocked ? 'blocked' : 'in quarantine'}`,
  );
}
