// What follows when the roster of a session changes: it is listed or closed, people come and go, and faces hear of it.

import type { IdentityKey } from '../../brand.ts';
import type { Write } from '../../ports.ts';
import { sessionWrite } from '../../session/memory.ts';
import { dropPending } from '../../session/pending.ts';
import type { SessionRoster } from '../../session/roster.ts';
import { hasLeft, isPresent, presentIn } from '../../session/roster.ts';
import type { Session } from '../../session/state.ts';
import { nextSessionNumber } from '../rooms.ts';
import type { Conversation } from '../state.ts';
import type { Turn } from '../step-types.ts';

/** `by` is who told us; null for ourselves. Returns what is to be stored with it. */
export function noteRoster(
  turn: Turn,
  { session }: { readonly conversation: Conversation; readonly session: Session },
  before: SessionRoster | null,
  by: IdentityKey | null,
): readonly Write[] {
  const { state } = turn;
  const { id: conversation, roster } = session;
  if (roster === null) return [];
  state.errands.holdsDue = true;
  for (const reader of session.readers.values()) {
    if (reader.waits !== 'roster') continue;
    reader.waits = null;
    reader.retryMs = 0;
  }
  if (session.number === null) {
    if (!isPresent(roster, state.self.identity)) return [];
    session.number = nextSessionNumber(state);
    turn.out.push({ kind: 'tell', event: { kind: 'session', event: 'opened', conversation } });
    return [sessionWrite(session)];
  }
  const was = new Set(before === null ? [] : presentIn(before));
  const is = new Set(presentIn(roster));
  const came = [...is].filter((each) => !was.has(each));
  const gone = [...was].filter((each) => !is.has(each));
  const left = gone.filter((each) => hasLeft(roster, each));
  const removed = gone.filter((each) => !left.includes(each));
  if (came.length === 0 && gone.length === 0) return [];
  if (!is.has(state.self.identity) && session.pending.length > 0) {
    const lines = dropPending(session);
    turn.out.push({ kind: 'tell', event: { kind: 'unsaid', conversation, lines } });
  }
  turn.out.push({ kind: 'tell', event: { kind: 'people', conversation, by, came, left, removed } });
  turn.out.push({ kind: 'tell', event: { kind: 'session', event: 'changed', conversation } });
  return [sessionWrite(session)];
}
