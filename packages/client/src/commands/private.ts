// \fork, \invite, \remove and \leave: private sessions, and who is in them; leaving a room is the same to type.

import { LIMITS } from '@parley/core';
import type { IdentityKey } from '@parley/core';
import type { ForkRefusal, Person, SessionName } from '../api.ts';
import { findPerson, lobbyName, peopleAround, placeText } from './lookup.ts';
import { done, refuse } from './outcome.ts';
import type { CommandCall, CommandOutcome } from './outcome.ts';
import { inviteToRoom } from './rooms.ts';
import { summaryOf } from './sessions.ts';

export function fork(call: CommandCall): CommandOutcome {
  const { view } = call.client;
  const around = peopleAround(view, call.session);
  const chosen = new Map<IdentityKey, Person>();
  for (const word of call.words) {
    const found = findPerson(around, word);
    if (!('person' in found)) return found;
    const { person } = found;
    if (person.you) return refuse('self', 'you cannot fork a session with yourself; name others');
    chosen.set(person.identity, person);
    if (chosen.size >= LIMITS.sessionMembersMax) return tooMany();
  }
  const forked = call.client.fork([...chosen.keys()]);
  if (!forked.ok) return refuseFork(call, forked.reason, [...chosen.values()]);
  const session = forked.value;
  const text = `${placeText(view, session)} is open: what you type goes there; \\lobby goes back`;
  return { kind: 'done', lines: [text], session };
}

/** Lets somebody into a private session; in a room it prints what lets somebody in. */
export function invite(call: CommandCall): CommandOutcome {
  const summary = summaryOf(call.client.view, call.session);
  if (summary !== undefined && summary.kind !== 'private') return inviteToRoom(call, summary);
  const [word, ...more] = call.words;
  if (word === undefined || word.startsWith('--'))
    return refuse(
      'wrong-usage',
      'a private session has no invite to print; \\invite NAME lets someone in',
    );
  if (more.length > 0) return refuse('wrong-usage', 'one at a time: \\invite NAME');
  const found = findPerson(peopleAround(call.client.view, call.session), word);
  if (!('person' in found)) return found;
  const { person } = found;
  if (person.you) return refuse('self', 'you are in it already');
  const invited = call.client.invite(call.session, person.identity);
  if (!invited.ok) return refuseFork(call, invited.reason, [person]);
  return done(call, `${person.label} is invited and reads what is said from now on`);
}

export function remove(call: CommandCall): CommandOutcome {
  const { view } = call.client;
  const word = call.words[0] ?? '';
  const found = findPerson(view.people(call.session), word);
  if (!('person' in found)) {
    // Who is in it no more, and is heard still.
    const around = findPerson(peopleAround(view, call.session), word);
    const isDone =
      'person' in around && call.client.remove(call.session, around.person.identity).ok;
    return isDone ? done(call, `${around.person.label} is not heard here any more`) : found;
  }
  const { person } = found;
  if (person.you) return refuse('self', 'to leave it yourself, type \\leave');
  const removed = call.client.remove(call.session, person.identity);
  if (!removed.ok) return refuseFork(call, removed.reason, [person]);
  return done(call, `${person.label} is removed and reads nothing of what is said from now on`);
}

export function leave(call: CommandCall): CommandOutcome {
  const place = placeText(call.client.view, call.session);
  const left = call.client.leave(call.session);
  if (!left.ok) return refuseFork(call, left.reason, []);
  return { kind: 'done', lines: [`left ${place}; now in ${lobbyName}`], session: lobbyName };
}

/** The refusals that no lookup of a name can foresee, in words. */
function refuseFork(
  call: CommandCall,
  reason: ForkRefusal,
  people: readonly Person[],
): CommandOutcome {
  switch (reason.kind) {
    case 'nobody':
      return refuse('wrong-usage', '\\fork takes the name of one person or more: \\fork NAME…');
    case 'self':
      return refuse('self', 'that is you');
    case 'exists':
      return refuse('double', existsText(call, reason.session));
    case 'too-many':
      return tooMany();
    case 'unknown':
      return refuse('unknown-peer', 'one of these people is not known here any more');
    case 'no-keys':
      return refuse('no-keys', noKeysText(labelIn(people, reason.identity)));
    case 'already-in':
      return refuse('already-in', `${labelIn(people, reason.identity)} is in it already`);
    case 'not-in':
      return refuse('not-in', `${labelIn(people, reason.identity)} is not in it`);
    case 'closed':
      return refuse('closed-session', closedText(placeText(call.client.view, call.session)));
    case 'stopping':
      return refuse('stopping', 'parley is stopping; nothing was done');
  }
  return reason satisfies never;
}

function tooMany(): CommandOutcome {
  const { sessionMembersMax: people, sessionsMax: sessions } = LIMITS;
  const text = `a private session takes ${people} people at most, you included, and you ${sessions} sessions`;
  return refuse('too-many', text);
}

function existsText({ client }: CommandCall, session: SessionName): string {
  const summary = client.view.sessions().find((one) => one.session === session);
  const number = summary?.number ?? session;
  return `${placeText(client.view, session)} is open already: \\switch ${number} goes there`;
}

function noKeysText(label: string): string {
  return (
    `nothing to encrypt to ${label} with has come yet; try again when ${label}, ` +
    `or someone who has met ${label}, is connected`
  );
}

export function closedText(place: string): string {
  return `${place} is closed: everyone else left, or you were removed; \\fork opens a new one`;
}

function labelIn(people: readonly Person[], identity: IdentityKey): string {
  return people.find((person) => person.identity === identity)?.label ?? 'someone';
}
