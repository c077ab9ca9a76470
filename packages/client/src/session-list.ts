// What people see as sessions: the lobby and the private ones, two crossing forks as one; directory and inboxes are not seen.

import type { Conversation, ConversationId, PeerState, Session } from '@parley/core';
import { crossingWith, isPresent, leaderOf, peopleOf } from '@parley/core';
import type { SessionName } from './api.ts';

export interface Listed {
  readonly name: SessionName;
  readonly number: number;
  readonly kind: 'lobby' | 'private';
  /** Where what is said goes. */
  readonly conversation: Conversation;
  /** All whose lines are shown as this one's, that one included. */
  readonly conversations: readonly Conversation[];
  /** Of that conversation; null for the lobby. */
  readonly session: Session | null;
}

export class SessionList {
  readonly #state: PeerState;
  #all: readonly Listed[] | null = null;
  readonly #byConversation = new Map<ConversationId, Listed>();

  constructor(state: PeerState) {
    this.#state = state;
  }

  /** In the order of their numbers. */
  all(): readonly Listed[] {
    if (this.#all === null) {
      this.#all = listed(this.#state);
      this.#byConversation.clear();
      for (const each of this.#all)
        for (const { id } of each.conversations) this.#byConversation.set(id, each);
    }
    return this.#all;
  }

  /** The session that a conversation is shown in; undefined for what is not shown. */
  of(id: ConversationId): Listed | undefined {
    this.all();
    return this.#byConversation.get(id);
  }

  /** By name or by number. */
  find(session: SessionName): Listed | undefined {
    return this.all().find(({ name, number }) => name === session || String(number) === session);
  }

  /** Sessions came, went, or turned out to be one. */
  forget(): void {
    this.#all = null;
  }
}

function listed(state: PeerState): readonly Listed[] {
  const all: Listed[] = [];
  for (const conversation of state.conversations.values()) {
    if (conversation.kind !== 'lobby') continue;
    const conversations = [conversation];
    const { name } = conversation;
    all.push({ name, number: 0, kind: 'lobby', conversation, conversations, session: null });
  }
  for (const session of state.sessions.values()) {
    const one = listedSession(state, session);
    if (one !== null) all.push(one);
  }
  return all.toSorted((left, right) => left.number - right.number);
}

/** Under the lowest number that any of its conversations has, so that it keeps the one under which it was first seen. */
function listedSession(state: PeerState, session: Session): Listed | null {
  const { sessions, conversations } = state;
  if (session.leftMs !== null || session.number === null) return null;
  if (leaderOf(sessions, session) !== session) return null;
  const crossing = crossingWith(sessions, session);
  const shown = crossing.flatMap(({ id }) => conversations.get(id) ?? []);
  const conversation = conversations.get(session.id);
  if (conversation === undefined) return null;
  const number = Math.min(...crossing.map((each) => each.number ?? Infinity));
  const kind = 'private';
  return { name: String(number), number, kind, conversation, conversations: shown, session };
}

/** Something can be said in it: we are in it, and somebody else is. */
export function isOpen({ self }: PeerState, { session }: Listed): boolean {
  if (session === null) return true;
  const isIn = session.roster === null || isPresent(session.roster, self.identity);
  return isIn && peopleOf(session).some((each) => each !== self.identity);
}

export function forkedByOf({ self }: PeerState, { session }: Listed): 'us' | 'them' | null {
  if (session === null) return null;
  return (session.roster?.initiator ?? session.inviter) === self.identity ? 'us' : 'them';
}
