// What people do with private sessions: fork, invite, remove, leave, and say (spec/session.md §4).

import type { ChainKey, IdentityKey } from '../../brand.ts';
import { makeCertificate } from '../../identity/certificate.ts';
import type { Line } from '../../log/entry.ts';
import { LIMITS } from '../../limits.ts';
import { leaderOf } from '../../session/label.ts';
import { eraseWrites, newSession, sessionWrite } from '../../session/memory.ts';
import { sessionIdFrom } from '../../session/names.ts';
import type { SessionRoster } from '../../session/roster.ts';
import { newRoster, silenced, withMember, withoutMember } from '../../session/roster.ts';
import type { Order, Session } from '../../session/state.ts';
import { agreedNow } from '../clock.ts';
import { nextSessionNumber } from '../rooms.ts';
import { closeRoom } from '../share.ts';
import type { Turn } from '../step-types.ts';
import { certificateOf } from './directory.ts';
import { forgetOwn, forgetReaders } from './forget.ts';
import { openSession } from './inbox.ts';
import { beginGroup, currentGroup } from './own-group.ts';
import { isHeardStill, isOpen } from './people.ts';
import type { Place } from './read.ts';
import { noteRoster } from './roster-news.ts';

/** How long the keys of those who are forked may take to come. */
const FORMING_MS_MAX = 10_000;

/** Opens a session by a secret drawn for it; what is said waits until the keys of the others are here. */
export function onFork(turn: Turn, secret: Uint8Array, people: readonly IdentityKey[]): void {
  const { suite, self, sessions, errands } = turn.state;
  const id = sessionIdFrom(suite, secret);
  if (sessions.has(id) || !errands.canFork) return;
  const session = newSession({ id, secret }, self.identity);
  session.number = nextSessionNumber(turn.state);
  session.forming = { people, untilMs: turn.nowMs + FORMING_MS_MAX };
  sessions.set(id, session);
  openSession(turn, id);
  turn.out.push({ kind: 'tell', event: { kind: 'session', event: 'opened', conversation: id } });
}

/** Begins a session once all keys are here, or gives it up. True where it goes on. */
export function form(turn: Turn, session: Session): boolean {
  const { state } = turn;
  const { forming } = session;
  if (forming === null) return true;
  const certificates = forming.people.map((each) => certificateOf(state, each));
  const lacking = forming.people.filter((_, at) => certificates[at] === null);
  if (lacking.length > 0) {
    if (turn.nowMs >= forming.untilMs) abandon(turn, session, lacking);
    return false;
  }
  const others = certificates.filter((each) => each !== null);
  session.roster = newRoster(state.self.identity, [ownCertificate(turn), ...others]);
  session.forming = null;
  session.owesNews = true;
  for (const each of forming.people) session.uninformed.add(each);
  turn.out.push({
    kind: 'tell',
    event: { kind: 'session', event: 'changed', conversation: session.id },
  });
  return true;
}

function ownCertificate(turn: Turn): ReturnType<typeof makeCertificate> {
  const { suite, self } = turn.state;
  const { identitySeed, device, name } = self;
  return makeCertificate(suite, { identitySeed, device, createdMs: agreedNow(turn), name });
}

/** Nothing is left of it, so that the next one works. */
export function abandon(turn: Turn, session: Session, because: readonly IdentityKey[]): void {
  const { id, number, pending } = session;
  turn.state.sessions.delete(id);
  turn.state.errands.due.delete(id);
  turn.out.push({ kind: 'commit', writes: eraseWrites(session), arrived: [] });
  closeRoom(turn, id);
  const lost = { conversation: id, number: number ?? 0, because, lines: pending.length };
  turn.out.push({ kind: 'tell', event: { kind: 'forkFailed', ...lost } });
}

/** Does it now, or once the lines are written that were said before: whoever comes must not read them, whoever goes may. */
export function onOrder(turn: Turn, place: Place, order: Order): void {
  const { pending, deferred, forming, own, linesWakeMs } = place.session;
  const waits = deferred.length > 0 || pending.length > 0;
  // Who leaves waits for what will be soon, or never, by a deadline: the keys of a fork, and its first message.
  const canWrite = forming !== null || (own !== null && linesWakeMs === Infinity);
  if (!waits || (order.kind === 'leave' && !canWrite)) return carryOut(turn, place, order);
  if (deferred.length >= LIMITS.deferredMax) return;
  deferred.push({ after: pending.length, order });
}

/** What was put off until now. */
export function carryOutDeferred(turn: Turn, place: Place): void {
  const { deferred } = place.session;
  for (let next = deferred[0]; next !== undefined && next.after <= 0; next = deferred[0]) {
    deferred.shift();
    carryOut(turn, place, next.order);
  }
}

function carryOut(turn: Turn, place: Place, order: Order): void {
  if (order.kind === 'leave') return onLeave(turn, place);
  return (order.kind === 'invite' ? onInvite : onRemove)(turn, place, order.person);
}

/** Lets someone in, who reads what is said from then on. */
function onInvite(turn: Turn, place: Place, person: IdentityKey): void {
  const certificate = certificateOf(turn.state, person);
  if (certificate === null) return;
  const changed = change(turn, place, (roster) => withMember(roster, certificate));
  if (changed) place.session.uninformed.add(person);
  keep(turn, place.session);
}

/** Keeps someone out of all that is said from then on. */
function onRemove(turn: Turn, place: Place, person: IdentityKey): void {
  const cuts = new Map<ChainKey, number>();
  for (const { chain, owner, next } of place.session.readers.values())
    if (owner === person && cuts.size < LIMITS.rosterCutsMax) cuts.set(chain, next);
  const act = isHeardStill(place.session, person) ? silenced : withoutMember;
  change(turn, place, (roster) => act(roster, person, cuts));
  keep(turn, place.session);
}

/** Says goodbye; after that nothing of what is kept here can read the session. */
function onLeave(turn: Turn, place: Place): void {
  const { state } = turn;
  const { session, conversation } = place;
  if (session.leftMs !== null) return;
  if (session.forming !== null) return abandon(turn, session, []);
  const wasIn = isOpen(state, session);
  // All that we said counts, the goodbye included.
  const cuts = new Map<ChainKey, number>();
  const current = currentGroup(turn, conversation, session)?.own;
  const own = current ?? beginGroup(turn, conversation, session);
  cuts.set(own.chain, LIMITS.seqMax);
  for (const { chain, identity } of conversation.table.values())
    if (identity === state.self.identity) cuts.set(chain, LIMITS.seqMax);
  if (wasIn) change(turn, place, (roster) => withoutMember(roster, state.self.identity, cuts));
  session.leftMs = agreedNow(turn);
  session.owesNews = wasIn;
  const forgotten = [...forgetReaders(session), ...(wasIn ? [] : forgetOwn(session))];
  turn.out.push({ kind: 'commit', writes: forgotten, arrived: [] });
  const event = { kind: 'session', event: 'left', conversation: session.id } as const;
  turn.out.push({ kind: 'tell', event });
  keep(turn, session);
}

function change(turn: Turn, place: Place, act: (roster: SessionRoster) => SessionRoster): boolean {
  const { session } = place;
  if (session.roster === null || !isOpen(turn.state, session)) return false;
  const before = session.roster;
  session.roster = act(before);
  if (session.roster === before) return false;
  session.owesNews = true;
  noteRoster(turn, place, before, null);
  return true;
}

function keep(turn: Turn, session: Session): void {
  turn.state.errands.due.add(session.id);
  turn.out.push({ kind: 'commit', writes: [sessionWrite(session)], arrived: [] });
}

/** Lines wait for the next work; they go where both of two crossing forks lead. */
export function sayIn(turn: Turn, session: Session, lines: readonly Line[]): void {
  const { sessions, errands } = turn.state;
  const leader = leaderOf(sessions, session);
  leader.pending.push(...lines);
  errands.due.add(leader.id);
}
