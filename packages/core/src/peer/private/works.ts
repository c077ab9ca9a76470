// Which work comes next: one at a time for each session, speaking and reading in turns, and the errands beside them.

import type { ConversationId } from '../../brand.ts';
import type { Session } from '../../session/state.ts';
import type { Speak, Spoken, Work, WorkResult } from '../../session/work-types.ts';
import type { PeerState } from '../state.ts';
import type { Turn } from '../step-types.ts';
import { offerPackages, onPackages } from './directory.ts';
import { abandon, carryOutDeferred, form } from './fork.ts';
import { onContact, openInbox, turnInboxes } from './inbox.ts';
import type { Place } from './read.ts';
import { onRead, onReadFailed, passWaits, planRead, readWakeMs } from './read.ts';
import { REST_MS, askWakeMs, onSpeakFailed, onSpoken, planSpeak, takeBack } from './speak.ts';

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
  carryOutDeferred(turn, place);
  const speak = (): Work | null => {
    if (turn.nowMs < (session.restUntilMs ?? 0)) return null;
    session.restUntilMs = null;
    return planSpeak(turn, place.conversation, session);
  };
  const read = (): Work | null => planRead(turn, place);
  const work = session.readLast ? (speak() ?? read()) : (read() ?? speak());
  if (work === null) return rest(turn, session);
  session.readLast = work.kind === 'read';
  session.busy = true;
  turn.out.push({ kind: 'work', work });
}

/** Nothing can be done: what was waited for is past, or came to nothing, and is no reason to look again. */
function rest({ state, nowMs }: Turn, session: Session): void {
  passWaits(session, nowMs);
  if (session.linesWakeMs <= nowMs) session.linesWakeMs = Infinity;
  if (askWakeMs(state, session) <= nowMs) session.restUntilMs ??= nowMs + REST_MS;
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
  const formMs = Math.min(session.forming?.untilMs ?? Infinity, session.restUntilMs ?? Infinity);
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
    return onSpeakFailed(turn, place, work);
  }
  if (isStillborn(place, work, result)) {
    takeBack(place.session, work);
    return abandon(
      turn,
      place.session,
      result.refused.map(({ identity }) => identity),
    );
  }
  onSpoken(turn, place, work, result);
}

/** A fork of ours that nobody could be let into, and in which nobody ever said anything. */
function isStillborn(
  { session, conversation }: Place,
  { begins, add }: Speak,
  { added }: Spoken,
): boolean {
  if (!begins || added.length > 0 || conversation.entriesHeld > 0) return false;
  return add.length > 0 && add.every(({ identity }) => session.uninformed.has(identity));
}

function fault(): never {
  throw new Error('a work came back with the result of another');
}
