// Whom and what a typed name means: people by label, sessions by number, title or person.

import { findByLabel, labelOf, skeletonOf } from '@parley/core';
import type { IdentityKey } from '@parley/core';
import type { Person, SessionName, SessionSummary, View } from '../api.ts';
import { refuse } from './outcome.ts';
import type { CommandOutcome } from './outcome.ts';

export const lobbyName: SessionName = 'lobby';

/** Everyone of a session and of the lobby, each once: whoever is in a private session may be gone from the lobby. */
export function peopleAround(view: Pick<View, 'people'>, session: SessionName): readonly Person[] {
  const lobby = view.people(lobbyName);
  if (session === lobbyName) return lobby;
  const around = new Map(lobby.map((person) => [person.identity, person]));
  for (const person of view.people(session)) {
    const path = person.path ?? around.get(person.identity)?.path ?? null;
    around.set(person.identity, { ...person, path });
  }
  return [...around.values()];
}

/** Whom a typed name means among these people, labelled as among them; or the refusal. */
export function findPerson(
  people: readonly Person[],
  text: string,
): { readonly person: Person } | CommandOutcome {
  const names = new Map<IdentityKey, string>();
  for (const person of people) names.set(person.identity, person.name);
  const match = findByLabel(text, names);
  if (match.kind === 'ambiguous') {
    const candidates = listed(match.candidates, '\\users');
    return refuse('ambiguous-name', `several people are called ${text}: type one of ${candidates}`);
  }
  const identity = match.kind === 'found' ? match.identity : null;
  const person = people.find((one) => one.identity === identity);
  if (person === undefined) return refuse('unknown-peer', unknownPersonText(text, people));
  return { person: { ...person, label: labelOf(person.identity, person.name, names) } };
}

function unknownPersonText(text: string, people: readonly Person[]): string {
  const others = people.filter((person) => !person.you).map((person) => person.label);
  const here =
    others.length === 0 ? 'nobody else is here' : `here are: ${listed(others, '\\users')}`;
  return `nobody here is called ${text}; ${here}`;
}

const candidatesMax = 10;

function listed(all: readonly string[], command: string, between: string = ', '): string {
  const shown = all.slice(0, candidatesMax).join(between);
  return all.length > candidatesMax
    ? `${shown}${between}… (${command} lists all ${all.length})`
    : shown;
}

/** What a session is found by. */
export type Findable = Pick<SessionSummary, 'session' | 'number' | 'kind' | 'title' | 'open'> & {
  readonly with: readonly { readonly identity: string; readonly name: string }[];
};

export type SessionMatch<Session extends Findable = SessionSummary> =
  | { readonly kind: 'found'; readonly summary: Session }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Session[] };

/** By number or name; a room also with # before it, and a lobby that was chosen by the name of its room. */
export function sessionNamed<Session extends Findable>(
  all: readonly Session[],
  wanted: string,
): Session | undefined {
  const name = wanted.replace(/^#/u, '').toLowerCase();
  const rooms = all.filter(({ kind }) => kind !== 'private');
  return (
    all.find(({ session, number }) => session === wanted || String(number) === wanted) ??
    rooms.find(({ session }) => session === name) ??
    rooms.find(({ title }) => title === `#${name}`)
  );
}

/**
 * Which session a typed text means: by number or name, else by all who are in it, in any order, else by the one
 * other person in it: who asks for one person is not led to several. Of equals, those in which something can still be said.
 */
export function findSession<Session extends Findable>(
  all: readonly Session[],
  wanted: string,
): SessionMatch<Session> {
  const named = sessionNamed(all, wanted);
  if (named !== undefined) return { kind: 'found', summary: named };
  const title = comparable(wanted);
  const titled = all.filter((summary) => comparable(summary.title) === title);
  const matches = titled.length > 0 ? titled : all.filter((summary) => isWith(summary, wanted));
  const open = matches.filter((summary) => summary.open);
  const candidates = open.length > 0 ? open : matches;
  const [first, ...others] = candidates;
  if (first === undefined) return { kind: 'unknown' };
  if (others.length > 0) return { kind: 'ambiguous', candidates };
  return { kind: 'found', summary: first };
}

/** Without what is not worth retyping: commas, blanks, capital letters, who stands first. */
function comparable(title: string): string {
  const words = skeletonOf(title).split(/[\s,]+/u);
  return words
    .filter((word) => word !== '')
    .toSorted()
    .join(' ');
}

function isWith({ kind, with: others }: Findable, name: string): boolean {
  const [other, ...more] = others;
  if (kind !== 'private' || other === undefined || more.length > 0) return false;
  return findByLabel(name, new Map([[other.identity as IdentityKey, other.name]])).kind === 'found';
}

/** Why `findSession` found no single one. */
export function sessionMissText(
  match: Exclude<SessionMatch<Findable>, { kind: 'found' }>,
  all: readonly Findable[],
  wanted: string,
): string {
  return match.kind === 'unknown'
    ? `there is no session ${wanted}; there are: ${numbered(all)}`
    : `${wanted} may mean several sessions: type the number of one of ${numbered(match.candidates)}`;
}

function numbered(summaries: readonly Findable[]): string {
  const names = summaries.map(({ number, title }) => `${number} ${title}`);
  return listed(names, '\\sessions', '; ');
}

/** What a person calls a session: "lobby", "#ops", or "session 1 with bobby". */
export function placeText(view: Pick<View, 'sessions'>, session: SessionName): string {
  const summary = view.sessions().find((one) => one.session === session);
  return summary === undefined ? session : placeOf(summary);
}

export function placeOf({ kind, number, title }: SessionSummary): string {
  return kind === 'private' ? `session ${number} with ${title}` : title;
}
