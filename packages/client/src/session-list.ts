// What people see as sessions: the lobby, rooms and the private ones, two crossing forks as one; directory and inboxes are not seen.

import type { Conversation, ConversationId, PeerState, Session } from '@parley/core';
import {
  LABEL_SEPARATOR,
  crossingWith,
  fromHex,
  isPresent,
  leaderOf,
  peopleOf,
  toBase32,
} from '@parley/core';
import type { SessionName } from './api.ts';

export interface Listed {
  readonly name: SessionName;
  readonly number: number;
  readonly kind: 'lobby' | 'room' | 'private';
  /** Where what is said goes. */
  readonly conversation: Conversation;
  /** All whose lines are shown as this one's, that one included. */
  readonly conversations: readonly Conversation[];
  /** Of that conversation; null for the lobby and for rooms. */
  readonly session: Session | null;
}

export class SessionList {
  readonly #state: PeerState;
  #all: readonly Listed[] | null = null;
  readonly #byConversation = new Map<ConversationId, Listed>();
  /** A room keeps its name for as long as we run, whoever shared it before. */
  readonly #roomNames = new Map<ConversationId, SessionName>();

  constructor(state: PeerState) {
    this.#state = state;
  }

  /** In the order of their numbers. */
  all(): readonly Listed[] {
    if (this.#all === null) {
      this.#all = this.#listed();
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

  #listed(): readonly Listed[] {
    const { conversations, sessions } = this.#state;
    const open = [...conversations.values()].filter(({ room }) => room !== null);
    const rooms = open.toSorted((left, right) => numberOf(left) - numberOf(right));
    for (const id of this.#roomNames.keys()) if (!conversations.has(id)) this.#roomNames.delete(id);
    const all = rooms.map((room): Listed => listedRoom(room, this.#nameOf(room)));
    for (const session of sessions.values()) {
      const one = listedSession(this.#state, session);
      if (one !== null) all.push(one);
    }
    return all.toSorted((left, right) => left.number - right.number);
  }

  /** Of two with one name, the one that was there first has it, and the other a suffix that tells it apart. */
  #nameOf({ id, kind, name }: Conversation): SessionName {
    if (kind === 'lobby') return LOBBY_NAME;
    const known = this.#roomNames.get(id);
    if (known !== undefined) return known;
    const taken = new Set([LOBBY_NAME, ...this.#roomNames.values()]);
    const suffix = toBase32(fromHex(id));
    let [chosen, length] = [name, SUFFIX_LENGTH];
    for (; taken.has(chosen); length += 1)
      chosen = `${name}${LABEL_SEPARATOR}${suffix.slice(0, length)}`;
    this.#roomNames.set(id, chosen);
    return chosen;
  }

  /** Sessions came, went, or turned out to be one. */
  forget(): void {
    this.#all = null;
  }
}

const LOBBY_NAME: SessionName = 'lobby';
const SUFFIX_LENGTH = 4;

/** The lobby is number 0, whatever room it is. */
function numberOf({ kind, room }: Conversation): number {
  return kind === 'lobby' ? 0 : (room?.number ?? 0);
}

function listedRoom(conversation: Conversation, name: SessionName): Listed {
  const kind = conversation.kind === 'lobby' ? 'lobby' : 'room';
  const number = numberOf(conversation);
  return { name, number, kind, conversation, conversations: [conversation], session: null };
}

/** "lobby", or "#ops": a lobby that was chosen is called by its room. */
export function titleOfRoom({ kind, name, conversation: { room } }: Listed): string {
  if (kind === 'room') return `#${name}`;
  return room === null || (room.key.kind === 'open' && room.key.name === LOBBY_NAME)
    ? LOBBY_NAME
    : `#${room.key.name}`;
}

/** Under the lowest number that any of its conversations has, so that it keeps the one under which it was first seen. */
function listedSession(state: PeerState, session: Session): Listed | null {
  const { sessions, conversations } = state;
  if (session.leftMs !== null || isBeingLeft(session) || session.number === null) return null;
  if (leaderOf(sessions, session) !== session) return null;
  const crossing = crossingWith(sessions, session);
  const shown = crossing.flatMap(({ id }) => conversations.get(id) ?? []);
  const conversation = conversations.get(session.id);
  if (conversation === undefined) return null;
  const number = Math.min(...crossing.map((each) => each.number ?? Infinity));
  const kind = 'private';
  return { name: String(number), number, kind, conversation, conversations: shown, session };
}

/** It is left once what was said in it before is written: for whoever left it it is gone now. */
function isBeingLeft({ deferred }: Session): boolean {
  return deferred.some(({ order }) => order.kind === 'leave');
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
