// \users, \whois and \nick: who is here, and what one is called.

import { checkName, findByLabel, nameReasonText, shortKey, shortKeySuffix } from '@parley/core';
import type { IdentityKey } from '@parley/core';
import type { Person } from '../api.ts';
import { columns } from './columns.ts';
import { agoText } from './duration.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';

const suffixLength = 8;

export function users(call: CommandCall): CommandOutcome {
  const people = call.client.view.people(call.session);
  const nowMs = call.tools.nowMs();
  const rows = people.map((person) => [
    person.label,
    shortKeySuffix(person.identity, suffixLength),
    presence(person, nowMs),
  ]);
  return done(call, ...columns(rows));
}

export function whois(call: CommandCall): CommandOutcome {
  const found = findPerson(call, call.words[0] ?? '');
  if (!('person' in found)) return found;
  const { person } = found;
  const rows = [
    ['name', person.label],
    ['short key', shortKeySuffix(person.identity, suffixLength)],
    ['key', shortKey(person.identity)],
    ['identity', person.identity],
    ['safety words', call.tools.wordsOf(person.identity).join(' ')],
    ['here', presence(person, call.tools.nowMs())],
    ...addressRows(call, person),
  ];
  return done(call, ...columns(rows));
}

export function nick(call: CommandCall): CommandOutcome {
  const name = checkName(call.words[0] ?? '');
  if (!name.ok) return refuse('bad-name', nameReasonText(name.reason));
  const renamed = call.client.rename(name.value);
  return renamed.ok ? done(call, `you are now ${name.value}`) : refuse('bad-name', renamed.reason);
}

/** "you", "direct", or "away, last seen 5 min ago". */
function presence(person: Person, nowMs: number): string {
  if (person.you) return 'you';
  if (person.path !== null) return person.path;
  if (person.lastSeenMs === null) return 'away';
  return `away, last seen ${agoText(person.lastSeenMs, nowMs)}`;
}

function addressRows(call: CommandCall, person: Person): string[][] {
  return call.client.view
    .connections()
    .filter((connection) => connection.identity === person.identity)
    .map((connection) => ['address', `${connection.address} (${connection.direction})`]);
}

/** Whom a typed name means, among the people of this session. */
function findPerson(call: CommandCall, text: string): { readonly person: Person } | CommandOutcome {
  const people = new Map(call.client.view.people(call.session).map((one) => [one.identity, one]));
  const names = new Map<IdentityKey, string>();
  for (const person of people.values()) names.set(person.identity, person.name);
  const match = findByLabel(text, names);
  if (match.kind === 'ambiguous') {
    const candidates = match.candidates.join(', ');
    return refuse('ambiguous-name', `several people are called ${text}: type one of ${candidates}`);
  }
  const person = match.kind === 'found' ? people.get(match.identity) : undefined;
  if (person === undefined) return refuse('unknown-peer', unknownText(text, people.values()));
  return { person };
}

const candidatesMax = 10;

function unknownText(text: string, people: Iterable<Person>): string {
  const labels = Array.from(people, (person) => person.label);
  const shown = labels.slice(0, candidatesMax).join(', ');
  const more = labels.length > candidatesMax ? `, … (\\users lists all ${labels.length})` : '';
  return `nobody here is called ${text}; here are: ${shown}${more}`;
}
