// Private sessions of a client without a loop: a list that changes at once, and tells of it.

import type {
  Change,
  Client,
  ForkRefusal,
  Person,
  SessionName,
  SessionSummary,
} from '@parley/client';
import { LIMITS, fail, ok } from '@parley/core';
import type { IdentityKey, Result } from '@parley/core';
import { FakeRooms } from './fake-rooms.ts';
import { FakeView, ownIdentity, peopleOf, privateSummary } from './fake-view.ts';

type SessionMethods =
  | 'rooms'
  | 'fork'
  | 'invite'
  | 'remove'
  | 'leave'
  | 'verify'
  | 'attend'
  | 'onChange';

/** A test opens and changes sessions of others by `open` and `change`. */
export class FakeSessions implements Pick<Client, SessionMethods> {
  readonly view: FakeView = new FakeView();
  /** What was called that the view does not tell. */
  readonly calls: string[] = [];
  /** People to whom nothing can be encrypted. */
  readonly withoutKeys: Set<IdentityKey> = new Set();
  /** Nothing is forked any more. */
  stopped = false;
  readonly #listeners = new Set<(change: Change) => void>();
  readonly rooms: FakeRooms = new FakeRooms({
    view: this.view,
    calls: this.calls,
    opened: (summary) => this.#list(summary),
    change: (session, fields) => this.change(session, fields),
  });

  fork(people: readonly IdentityKey[]): Result<SessionName, ForkRefusal> {
    const refusal = this.#refusalOf(people);
    if (refusal !== null) return fail(refusal);
    const known = this.#known();
    const others = people.flatMap((identity) => known.get(identity) ?? []);
    return ok(this.open('us', others).session);
  }

  /** A private session appears in the list. */
  open(forkedBy: 'us' | 'them', others: readonly Person[]): SessionSummary {
    const { view } = this;
    const number = Math.max(...view.allSessions.map((known) => known.number)) + 1;
    const summary = privateSummary(number, forkedBy, others);
    this.#list(summary);
    return summary;
  }

  #list(summary: SessionSummary): void {
    this.view.allSessions = [...this.view.allSessions, summary];
    this.emit({ kind: 'session', event: 'opened', session: summary.session });
  }

  invite(session: SessionName, person: IdentityKey): Result<null, ForkRefusal> {
    const found = this.#openSession(session);
    if (!found.ok) return found;
    const { with: others } = found.value;
    if (others.some((one) => one.identity === person)) {
      return fail({ kind: 'already-in', identity: person });
    }
    if (this.withoutKeys.has(person)) return fail({ kind: 'no-keys', identity: person });
    const invited = this.#known().get(person);
    if (invited === undefined) return fail({ kind: 'unknown' });
    this.change(session, peopleOf([...others, invited]));
    return ok(null);
  }

  remove(session: SessionName, person: IdentityKey): Result<null, ForkRefusal> {
    const found = this.#openSession(session);
    if (!found.ok) return found;
    const staying = found.value.with.filter((one) => one.identity !== person);
    if (staying.length === found.value.with.length) {
      return fail({ kind: 'not-in', identity: person });
    }
    this.change(session, peopleOf(staying));
    return ok(null);
  }

  leave(session: SessionName): Result<null, ForkRefusal> {
    const { view } = this;
    const found = view.allSessions.find((known) => known.session === session);
    if (found === undefined || found.kind === 'lobby') return fail({ kind: 'closed' });
    view.allSessions = view.allSessions.filter((known) => known !== found);
    this.emit({ kind: 'session', event: 'left', session });
    return ok(null);
  }

  /** What the list tells of a session changes. */
  change(session: SessionName, fields: Partial<SessionSummary>): void {
    const { view } = this;
    view.allSessions = view.allSessions.map((known) =>
      known.session === session ? { ...known, ...fields } : known,
    );
    this.emit({ kind: 'session', event: 'changed', session });
  }

  verify(person: IdentityKey, verified: boolean): void {
    this.view.allPeople = this.view.allPeople.map((known) =>
      known.identity === person ? { ...known, verified } : known,
    );
  }

  attend(session: SessionName | null): void {
    this.calls.push(`attend ${session ?? 'nothing'}`);
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  #refusalOf(people: readonly IdentityKey[]): ForkRefusal | null {
    if (this.stopped) return { kind: 'stopping' };
    if (people.length === 0) return { kind: 'nobody' };
    if (people.includes(ownIdentity)) return { kind: 'self' };
    if (people.length >= LIMITS.sessionMembersMax) return { kind: 'too-many' };
    const known = this.#known();
    if (!people.every((person) => known.has(person))) return { kind: 'unknown' };
    const same = this.view.allSessions.find(
      ({ open, with: others }) =>
        open &&
        others.length === people.length &&
        others.every((other) => people.includes(other.identity)),
    );
    if (same !== undefined) return { kind: 'exists', session: same.session };
    const without = people.find((person) => this.withoutKeys.has(person));
    return without === undefined ? null : { kind: 'no-keys', identity: without };
  }

  #known(): ReadonlyMap<IdentityKey, Person> {
    const { allPeople, allSessions } = this.view;
    const all = [...allPeople, ...allSessions.flatMap((known) => known.with)];
    return new Map(all.map((person) => [person.identity, person]));
  }

  #openSession(session: SessionName): Result<SessionSummary, ForkRefusal> {
    const found = this.view.allSessions.find((known) => known.session === session);
    return found?.kind === 'private' && found.open ? ok(found) : fail({ kind: 'closed' });
  }
}
