// Rooms as faces use them: joining by name or invite, inviting others, topic and retention.

import type {
  ConversationId,
  Input,
  Invite,
  InviteReason,
  Line,
  PeerId,
  PeerState,
  Result,
  RoomKey,
  Suite,
} from '@parley/core';
import {
  LIMITS,
  decodeInvite,
  encodeInvite,
  fail,
  hasRoomForRoom,
  ok,
  roomId,
  utf8Length,
} from '@parley/core';
import type { InviteRefusal, JoinRefusal, Rooms, SessionName, SettingRefusal } from './api.ts';
import type { WrittenInvite } from './api.ts';
import { addressesToShare } from './invite-addresses.ts';
import type { MetByInvite } from './met-by-invite.ts';
import type { SessionList } from './session-list.ts';

export interface RoomsSources {
  readonly suite: Suite;
  readonly state: PeerState;
  readonly sessions: SessionList;
  readonly met: MetByInvite;
  /** The wall clock, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Lets the peer decide about this at once. */
  readonly decide: (input: Input) => void;
  /** Says a line after those said so far; throws nothing away. */
  readonly say: (conversation: ConversationId, line: Line) => void;
  readonly isStopping: () => boolean;
}

export class ClientRooms implements Rooms {
  readonly #sources: RoomsSources;
  /** Who invited us in this run: whether they can be reached is news. */
  readonly #inviters = new Set<PeerId>();

  constructor(sources: RoomsSources) {
    this.#sources = sources;
  }

  join(room: RoomKey): Result<SessionName, JoinRefusal> {
    const { suite, state, sessions, decide, isStopping } = this.#sources;
    if (isStopping()) return fail('stopping');
    const id = roomId(suite, room);
    const known = sessions.of(id);
    if (known !== undefined) return ok(known.name);
    if (!hasRoomForRoom(state)) return fail('too-many');
    decide({ kind: 'join', room });
    const session = sessions.of(id)?.name;
    if (session === undefined) throw new Error('a room joined from within a change');
    return ok(session);
  }

  read(text: string): Result<Invite, InviteReason> {
    return decodeInvite(this.#sources.suite, text, this.#sources.nowMs());
  }

  enter(invite: Invite): Result<SessionName, JoinRefusal> {
    const joined = this.join(invite.room);
    if (joined.ok) this.reach(invite);
    return joined;
  }

  reach({ inviter, addresses }: Invite): void {
    const { state, met, decide } = this.#sources;
    const { identity, peer, name } = inviter;
    if (identity === state.self.identity || peer === state.self.peer) return;
    met.add(identity, name);
    this.#inviters.add(peer);
    if (addresses.length === 0) return;
    decide({ kind: 'connect', target: { addresses, peer, record: null } });
  }

  isInviter(peer: PeerId): boolean {
    return this.#inviters.has(peer);
  }

  inviteTo(session: SessionName, expiresMs: number | null): Result<WrittenInvite, InviteRefusal> {
    const { suite, state, sessions } = this.#sources;
    const listed = sessions.find(session);
    if (listed === undefined) return fail('unknown-session');
    const { room } = listed.conversation;
    if (room === null) return fail('private');
    const { identity, peer, name } = state.self;
    const invite: Invite = {
      room: room.key,
      inviter: { identity, peer, name },
      addresses: addressesToShare(state.listening),
      expiresMs,
    };
    return ok({ invite, text: encodeInvite(suite, invite) });
  }

  setTopic(session: SessionName, text: string): Result<null, SettingRefusal> {
    if (!text.isWellFormed()) return fail('lone-surrogate');
    if (utf8Length(text) > LIMITS.topicBytesMax) return fail('too-long');
    return this.#set(session, { type: 'topic', text });
  }

  setKeep(session: SessionName, days: number): Result<null, SettingRefusal> {
    const isCount = Number.isSafeInteger(days) && days >= 0 && days <= LIMITS.keepDaysMax;
    return isCount ? this.#set(session, { type: 'keep', days }) : fail('too-long');
  }

  #set(session: SessionName, line: Line): Result<null, SettingRefusal> {
    if (this.#sources.isStopping()) return fail('stopping');
    const listed = this.#sources.sessions.find(session);
    if (listed === undefined) return fail('unknown-session');
    if (listed.conversation.room === null) return fail('private');
    this.#sources.say(listed.conversation.id, line);
    return ok(null);
  }
}
