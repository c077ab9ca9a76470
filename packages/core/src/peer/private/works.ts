// Which work comes next: one at a time for each session, speaking and reading in turns, and the errands beside them.

import type { ConversationId } from '../../brand.ts';
import type { Session } from '../../session/state.ts';
import type { Work, WorkResult } from '../../session/work-types.ts';
import type { PeerState } from '../state.ts';
import type { Turn } from '../step-types.ts';
import { offerPackages, onPackages } from './directory.ts';
import { abandon, form } from './fork.ts';
import { onContact, openInbox, turnInboxes } from './inbox.ts';
import type { Place } from './read.ts';
import { onRead, onReadFailed, planRead, readWakeMs } from './read.ts';
import { askWakeMs, onSpeakFailed, onSpoken, planSpeak, takeBack } from './speak.ts';

/** What cannot be done yet is not looked at more often than this. */
const LOOK_MS_MIN = 50;

/** What is due now, whatever came in. */
export function worksDue(turn: Turn): void {
  const { errands } = turn.state;
  if (!errands.canFork) return;
  offerPackages(turn);
  openInbox(turn);
  turnInboxes(turn);
  const due = [...errands.due];
  errands.due.clear();
  for (const id of due) workFor(turn, id);
}

function workFor(turn: Turn, id: ConversationId): void {
  const place = placeOf(turn.state, id);
  if (place === null || place.session.busy) return;
  const { session } = place;
  if (!form(turn, session)) return;
  const speak = (): Work | null => planSpeak(turn, place.conversation, session);
  const read = (): Work | null => planRead(turn, place);
  const work = session.readLast ? (speak() ?? read()) : (read() ?? speak());
  if (work === null) return;
  session.readLast = work.kind === 'read';
  session.busy = true;
  turn.out.push({ kind: 'work', work });
}

function placeOf(state: PeerState, id: ConversationId): Place | null {
  const session = state.sessions.get(id);
  const conversation = state.conversations.get(id);
  return session === undefined || conversation === undefined ? null : { session, conversation };
}

/** When time alone makes something due, in monotonic time. */
export function workWakeMs(state: PeerState, nowMs: number): number {
  const { sessions, errands } = state;
  if (!errands.canFork) return Infinity;
  let wake = Infinity;
  for (const session of sessions.values()) wake = Math.min(wake, sessionWakeMs(state, session));
  return Math.max(wake, nowMs + LOOK_MS_MIN);
}

function sessionWakeMs(state: PeerState, session: Session): number {
  const formMs = session.forming?.untilMs ?? Infinity;
  const speakMs = Math.min(session.linesWakeMs, askWakeMs(state, session));
  return Math.min(formMs, readWakeMs(session), speakMs);
}

/** Sessions that time alone made due. */
export function noteTime(turn: Turn): void {
  const { sessions, errands } = turn.state;
  for (const session of sessions.values()) {
    const isForming = session.forming !== null;
    if (isForming || sessionWakeMs(turn.state, session) <= turn.nowMs) errands.due.add(session.id);
  }
}

export function onWorked(turn: Turn, work: Work, result: WorkResult): void {
  if (work.kind === 'packages')
    return result.kind === 'packages' ? onPackages(turn, result) : fault();
  if (work.kind === 'contact')
    return result.kind === 'contact' ? onContact(turn, work, result) : fault();
  const place = placeOf(turn.state, work.session);
  if (place === null) return;
  place.session.busy = false;
  turn.state.errands.due.add(work.session);
  if (work.kind === 'read') {
    if (result.kind === 'read') onRead(turn, place, work, result);
    else onReadFailed(turn, place, work);
    return;
  }
  if (result.kind !== 'spoken') {
    takeBack(place.session, work);
    return onSpeakFailed(turn, place.conversation, place.session);
  }
  if (isStillborn(place.session, work, result)) {
    takeBack(place.session, work);
    return abandon(
      turn,
      place.session,
      result.refused.map(({ identity }) => identity),
    );
  }
  onSpoken(turn, place, work, result);
}

/** A fork of ours that nobody could be let into. */
function isStillborn(session: Session, work: Work, result: WorkResult): boolean {
  if (work.kind !== 'speak' || result.kind !== 'spoken' || !work.begins) return false;
  const isNew =
    work.add.length > 0 && work.add.every(({ identity }) => session.uninformed.has(identity));
  return isNew && result.added.length === 0;
}

function fault(): never {
  throw new Error('a work came back with the result of another');
}
