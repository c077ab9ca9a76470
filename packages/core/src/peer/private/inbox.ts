// Inboxes: where first contacts are left for people, and how ours is emptied (spec/session.md §5).

import type { ConversationId, IdentityKey } from '../../brand.ts';
import { restoreCertificate } from '../../identity/certificate.ts';
import { LIMITS } from '../../limits.ts';
import { eraseWrites, hasRoomForSession, newSession, sessionWrite } from '../../session/memory.ts';
import { inboxPeriod } from '../../session/names.ts';
import type { Session } from '../../session/state.ts';
import type { ContactOpened, OpenContact, SealedContact } from '../../session/work-types.ts';
import { isBlocked } from '../bars.ts';
import { isAuthorIn, newConversation, putRecord } from '../conversation.ts';
import { carry, stopCarrying } from '../hold.ts';
import { inboxesOf } from '../open.ts';
import { closeRoom, shareWithAll } from '../share.ts';
import type { Conversation } from '../state.ts';
import type { Turn } from '../step-types.ts';
import { appendSealed, pseudonym } from './own-group.ts';

/** Leaves a first contact in someone's inbox, under a key that is used for nothing else. */
export function deposit(
  turn: Turn,
  { inbox, sealed }: SealedContact,
  recipient: IdentityKey,
): void {
  const { self } = turn.state;
  const conversation = carry(turn, inbox, { depositor: self.identity, recipient });
  // Our own inbox, or one that is held by others alone.
  if (conversation === null) return;
  const author = pseudonym(turn, conversation);
  // It is another chain than the last: nobody holds any of it.
  conversation.receipts.clear();
  appendSealed(turn, conversation, author, { payload: sealed, lines: [] });
}

/** Opens what came, one at a time. */
export function openInbox(turn: Turn): void {
  const { errands, conversations } = turn.state;
  if (!errands.canFork || errands.opens) return;
  for (const [chain, inbox] of errands.unopened) {
    const record = conversations.get(inbox)?.table.get(chain);
    if (record !== undefined && record.floor === 0 && record.length > 0) {
      errands.opens = true;
      turn.out.push({ kind: 'work', work: { kind: 'contact', inbox, chain } });
      return;
    }
    errands.unopened.delete(chain);
  }
}

export function onContact(turn: Turn, work: OpenContact, opened: ContactOpened): void {
  const { errands, sessions } = turn.state;
  errands.opens = false;
  errands.unopened.delete(work.chain);
  if (opened.writes.length > 0)
    turn.out.push({ kind: 'commit', writes: opened.writes, arrived: [] });
  const { contact } = opened;
  if (contact === null) return;
  const known = sessions.get(contact.session);
  const inviter = restoreCertificate(turn.state.suite, contact.certificate).identity;
  // Silently: who is blocked is not told so.
  if (isBlocked(turn.state, inviter)) return;
  if (known !== undefined) {
    if (known.leftMs !== null && contact.madeMs > known.leftMs) comeBack(turn, known, inviter);
    return;
  }
  forgetOldestContact(turn);
  if (!hasRoomForSession(sessions)) return;
  const session = newSession({ id: contact.session, secret: contact.secret }, inviter);
  sessions.set(session.id, session);
  turn.out.push({ kind: 'commit', writes: [sessionWrite(session)], arrived: [] });
  stopCarrying(turn, session.id);
  openSession(turn, session.id);
}

/** Contacts that lead nowhere must not keep the others out: of too many the one that waits longest is forgotten. */
function forgetOldestContact(turn: Turn): void {
  const { sessions } = turn.state;
  const waiting = contactsWaiting(turn);
  const oldest = waiting.find(({ busy }) => !busy);
  const isCrowded = waiting.length >= LIMITS.contactsWaitingMax || !hasRoomForSession(sessions);
  if (oldest === undefined || !isCrowded) return;
  forgetContact(turn, oldest);
}

function contactsWaiting(turn: Turn): readonly Session[] {
  return [...turn.state.sessions.values()].filter((session) => leadsNowhere(turn, session));
}

function forgetContact(turn: Turn, session: Session): void {
  turn.state.sessions.delete(session.id);
  turn.out.push({ kind: 'commit', writes: eraseWrites(session), arrived: [] });
  closeRoom(turn, session.id);
}

/** What they forked us into, and was not listed yet, never is. */
export function forgetContactsOf(turn: Turn, inviter: IdentityKey): void {
  for (const session of contactsWaiting(turn))
    if (session.inviter === inviter && !session.busy) forgetContact(turn, session);
}

/** Nothing of it is seen, be it that nothing can be read or that we are not in it; and we never said anything there. */
function leadsNowhere({ state }: Turn, { id, number, forming, leftMs }: Session): boolean {
  if (number !== null || forming !== null || leftMs !== null) return false;
  const conversation = state.conversations.get(id);
  return conversation === undefined || !isAuthorIn(conversation, state.self.identity);
}

/** Who left and is let in again is told so by a contact that is later than that; it is as if they came anew. */
function comeBack(turn: Turn, session: Session, inviter: IdentityKey): void {
  session.inviter = inviter;
  session.leftMs = null;
  session.roster = null;
  session.number = null;
  turn.state.errands.due.add(session.id);
  turn.out.push({ kind: 'commit', writes: [sessionWrite(session)], arrived: [] });
}

/** The conversation of a session that we are in from now on. */
export function openSession(turn: Turn, id: ConversationId): Conversation {
  const { errands } = turn.state;
  errands.due.add(id);
  errands.holdsDue = true;
  return takeOver(turn, id, 'session');
}

/** Another week, another inbox. */
export function turnInboxes(turn: Turn): void {
  const { state, wallMs } = turn;
  const period = inboxPeriod(wallMs);
  if (period === state.errands.inboxPeriod) return;
  state.errands.inboxPeriod = period;
  for (const id of inboxesOf(state.suite, state.self.identity, wallMs)) {
    if (state.conversations.get(id)?.kind === 'inbox') continue;
    stopCarrying(turn, id);
    const inbox = takeOver(turn, id, 'inbox');
    for (const { chain } of inbox.table.values()) state.errands.unopened.set(chain, id);
  }
}

/** Opens a conversation that is ours to read from now on, with what we may have held of it for others. */
function takeOver(turn: Turn, id: ConversationId, kind: 'session' | 'inbox'): Conversation {
  const { state, nowMs: monotonicMs, wallMs } = turn;
  const before = state.conversations.get(id);
  // What is said while this process runs is not late for having been said before we heard of the session.
  const { openedMs = wallMs } = state.conversations.get(state.lobby) ?? {};
  const now = { monotonicMs, wallMs };
  const conversation = { ...newConversation(state, { id, kind, name: id }, now), openedMs };
  if (before !== undefined)
    for (const record of before.table.values()) putRecord(conversation, record);
  conversation.entriesHeld = before?.entriesHeld ?? 0;
  state.conversations.set(id, conversation);
  shareWithAll(turn, conversation);
  return conversation;
}
