// Whether someone may be forked, invited or removed, and if not, why.

import type { IdentityKey, PeerState, Result, Session } from '@parley/core';
import {
  LIMITS,
  encodeUtf8,
  fail,
  hasRoomForSession,
  isHeardStill,
  isPresent,
  namesIn,
  ok,
  peopleOf,
  sessionWith,
  tag,
  taggedHash,
} from '@parley/core';
import type { ForkRefusal } from './api.ts';
import type { Listed, SessionList } from './session-list.ts';
import { isOpen } from './session-list.ts';
import type { ClientOptions } from './options.ts';

const SECRET_TAG = tag('session-secret');

/** Of the session that is forked as the `count`th of this process: nobody can guess it, and no two are the same. */
export function secretOf(
  { suite, chance }: Pick<ClientOptions, 'suite' | 'chance'>,
  count: number,
): Uint8Array {
  return taggedHash(suite, SECRET_TAG, chance, encodeUtf8(String(count)));
}

type Refused = { readonly ok: false; readonly reason: ForkRefusal };

/** The people to fork, each once; or why not. */
export function checkFork(
  state: PeerState,
  list: SessionList,
  wanted: readonly IdentityKey[],
): Result<readonly IdentityKey[], ForkRefusal> {
  const people = [...new Set(wanted)];
  const { self, sessions, errands } = state;
  if (people.length === 0) return fail({ kind: 'nobody' });
  if (people.includes(self.identity)) return fail({ kind: 'self' });
  if (!people.every((each) => isKnown(state, each))) return fail({ kind: 'unknown' });
  if (people.length >= LIMITS.sessionMembersMax || !hasRoomForSession(sessions))
    return fail({ kind: 'too-many' });
  if (!errands.canFork) return fail({ kind: 'no-keys', identity: people[0] as IdentityKey });
  const existing = sessionWith(sessions, new Set([self.identity, ...people]));
  const session = existing === null ? undefined : list.of(existing.id)?.name;
  return session === undefined ? ok(people) : fail({ kind: 'exists', session });
}

/** Someone whom we have heard of, here or elsewhere. */
function isKnown(state: PeerState, identity: IdentityKey): boolean {
  for (const { hello } of state.neighbours.values()) if (hello?.identity === identity) return true;
  for (const conversation of state.conversations.values())
    if (namesIn(state, conversation).has(identity)) return true;
  return false;
}

export function checkInvite(
  state: PeerState,
  listed: Listed | undefined,
  person: IdentityKey,
): Result<Session, ForkRefusal> {
  const session = openSession(state, listed);
  if (!session.ok) return session;
  if (person === state.self.identity) return fail({ kind: 'self' });
  if (!isKnown(state, person)) return fail({ kind: 'unknown' });
  if (peopleOf(session.value).includes(person))
    return fail({ kind: 'already-in', identity: person });
  if (peopleOf(session.value).length >= LIMITS.sessionMembersMax) return fail({ kind: 'too-many' });
  const hasKeys = [...state.conversations.values()].some(
    ({ kind, chainsOf }) => kind === 'directory' && chainsOf.has(person),
  );
  return hasKeys ? session : fail({ kind: 'no-keys', identity: person });
}

export function checkRemove(
  state: PeerState,
  listed: Listed | undefined,
  person: IdentityKey,
): Result<Session, ForkRefusal> {
  const session = openSession(state, listed);
  if (!session.ok) return session;
  if (person === state.self.identity) return fail({ kind: 'self' });
  const { roster } = session.value;
  const isIn = roster !== null && isPresent(roster, person);
  // Who left may go on talking, if they mean harm.
  const isHeard = isIn || isHeardStill(session.value, person);
  return isHeard ? session : fail({ kind: 'not-in', identity: person });
}

function openSession(state: PeerState, listed: Listed | undefined): Result<Session, ForkRefusal> {
  const closed: Refused = fail({ kind: 'closed' });
  if (listed === undefined || listed.session === null) return closed;
  return listed.session.roster !== null && isOpen(state, listed) ? ok(listed.session) : closed;
}
