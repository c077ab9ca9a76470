// Two people who fork each other at the same moment make two conversations and see one session (spec/session.md §4).

import type { ConversationId, IdentityKey } from '../brand.ts';
import { isPresent } from './roster.ts';
import type { SessionRoster } from './roster.ts';
import type { Session } from './state.ts';

/**
 * The session under which this one goes: of those that the same people founded, each on another's initiative, while the
 * same people are in it, the one with the lowest id. What is said goes there; what was said in the others is shown with it.
 */
export function leaderOf(
  sessions: ReadonlyMap<ConversationId, Session>,
  session: Session,
): Session {
  return crossingWith(sessions, session).reduce((leader, other) =>
    other.id < leader.id ? other : leader,
  );
}

/**
 * All conversations that are one session with this one, itself included. Of several that one person began with the same
 * people only the one with the lowest id can be: the others are sessions of their own, for everyone alike.
 */
export function crossingWith(
  sessions: ReadonlyMap<ConversationId, Session>,
  session: Session,
): readonly Session[] {
  const firsts = new Map<IdentityKey, Session>();
  for (const other of sessions.values()) {
    const initiator = other.roster?.initiator;
    if (initiator === undefined || !haveSameFounders(session, other)) continue;
    const first = firsts.get(initiator);
    if (first === undefined || other.id < first.id) firsts.set(initiator, other);
  }
  const crossing = [...firsts.values()];
  return crossing.includes(session) ? crossing : [session];
}

/**
 * And the same people are in both, and ever were: what is said in the one would else be read by someone who is only in the
 * other. Who leaves leaves both; who begins anew begins another.
 */
function haveSameFounders(one: Session, other: Session): boolean {
  if (one.leftMs !== null || other.leftMs !== null) return false;
  if (one.roster === null || other.roster === null) return false;
  if (one.roster.founders.join() !== other.roster.founders.join()) return false;
  return standingIn(one.roster) === standingIn(other.roster);
}

/** Everyone who ever was in it, and who is now. */
function standingIn(roster: SessionRoster): string {
  const everyone = [...roster.members.keys()].toSorted();
  return everyone.map((each) => `${each}${isPresent(roster, each) ? '+' : '-'}`).join();
}

/** The listed session with just these people in it, if there is one; ourselves among them. */
export function sessionWith(
  sessions: ReadonlyMap<ConversationId, Session>,
  people: ReadonlySet<IdentityKey>,
): Session | null {
  for (const session of sessions.values()) {
    if (session.leftMs !== null || session.number === null) continue;
    const inIt = peopleOf(session);
    if (inIt.length === people.size && inIt.every((each) => people.has(each))) return session;
  }
  return null;
}

/** Who is in it, or will be once it is formed; ourselves among them. */
export function peopleOf({ roster, forming, inviter }: Session): readonly IdentityKey[] {
  if (roster !== null) return [...roster.members.keys()].filter((each) => isPresent(roster, each));
  return forming === null ? [] : [inviter, ...forming.people];
}
