// \users, \whois, \verify and \nick: who is here, how sure one is of them, and what one is called.

import { checkName, nameReasonText, shortKey, shortKeySuffix } from '@parley/core';
import type { Person } from '../api.ts';
import { byLabel } from '../labels.ts';
import { columns } from './columns.ts';
import { agoText } from './duration.ts';
import { findPerson, peopleAround } from './lookup.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';

const suffixLength = 8;

export function users(call: CommandCall): CommandOutcome {
  const people = byLabel(call.client.view.people(call.session));
  const nowMs = call.tools.nowMs();
  const rows = people.map((person) => [
    person.label,
    shortKeySuffix(person.identity, suffixLength),
    [presence(person, nowMs), ...marksOf(person)].join(', '),
  ]);
  return done(call, ...columns(rows));
}

export function whois(call: CommandCall): CommandOutcome {
  const found = findPerson(peopleAround(call.client.view, call.session), call.words[0] ?? '');
  if (!('person' in found)) return found;
  const { person } = found;
  const rows = [
    ['name', person.label],
    ['short key', shortKeySuffix(person.identity, suffixLength)],
    ['key', shortKey(person.identity)],
    ['identity', person.identity],
    ['safety words', call.tools.wordsOf(person.identity).join(' ')],
    ...trustRows(person),
    ['here', presence(person, call.tools.nowMs())],
    ...addressRows(call, person),
  ];
  return done(call, ...columns(rows));
}

/** Shows the safety words of both, or marks with yes or no what came of comparing them. */
export function verify(call: CommandCall): CommandOutcome {
  const { client, tools, words } = call;
  const [name = '', answer] = words;
  const found = findPerson(peopleAround(client.view, call.session), name);
  if (!('person' in found)) return found;
  const { person } = found;
  const { label, identity } = person;
  if (person.you) return refuse('self', 'these would be your own words; name someone else');
  if (answer === undefined) {
    const rows = [
      [`safety words of ${label}`, tools.wordsOf(identity).join(' ')],
      ['your safety words', tools.wordsOf(client.view.self.identity).join(' ')],
    ];
    return done(call, ...columns(rows), compareText(person));
  }
  const verified = answers.get(answer.toLowerCase());
  if (verified === undefined) {
    return refuse('wrong-usage', `\\verify takes yes or no behind the name, not ${answer}`);
  }
  client.verify(identity, verified);
  return done(call, `${label} is ${verified ? 'verified' : 'not verified any more'}`);
}

const answers: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['no', false],
]);

function compareText({ label, verified }: Person): string {
  return verified
    ? `${label} is verified; \\verify ${label} no takes that back`
    : `compare them with ${label} by another road, such as a call; if all are the same on both sides, ` +
        `type \\verify ${label} yes`;
}

function marksOf({ verified, blocked, quarantined }: Person): readonly string[] {
  const marks: string[] = [];
  if (verified) marks.push('verified');
  if (blocked) marks.push('blocked');
  else if (quarantined) marks.push('in quarantine');
  return marks;
}

function trustRows(person: Person): string[][] {
  const { you, blocked, quarantined, label } = person;
  if (you) return [];
  const rows = [['trust', trustText(person)]];
  if (blocked) rows.push(['blocked', `yes; \\unblock ${label} takes that back`]);
  else if (quarantined)
    rows.push(['quarantine', `wrote too much; \\unblock ${label} lets them on`]);
  return rows;
}

function trustText({ verified, metByInvite, label }: Person): string {
  if (verified) return 'verified';
  const how = `\\verify ${label} tells how`;
  return metByInvite
    ? `met by an invite, which carried this key; for more than that, ${how}`
    : `not verified; ${how}`;
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
