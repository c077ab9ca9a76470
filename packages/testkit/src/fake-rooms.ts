// Rooms of a client without a loop: a list that changes at once, and tells of it.

import type {
  InviteRefusal,
  JoinRefusal,
  Rooms,
  SessionName,
  SessionSummary,
  SettingRefusal,
  WrittenInvite,
} from '@parley/client';
import { LIMITS, decodeInvite, encodeInvite, fail, ok, utf8Length } from '@parley/core';
import type { Invite, InviteReason, PeerId, Result, RoomKey, Suite } from '@parley/core';
import { createFakeSuite } from './fake-suite.ts';
import type { FakeView } from './fake-view.ts';
import { roomSummary } from './fake-view.ts';

/** What it needs of the client around it. */
export interface FakeRoomsAround {
  readonly view: FakeView;
  readonly calls: string[];
  readonly opened: (summary: SessionSummary) => void;
  readonly change: (session: SessionName, fields: Partial<SessionSummary>) => void;
}

export class FakeRooms implements Rooms {
  /** What the wall clock shows. */
  nowMs = 1_795_000_000_000;
  readonly #around: FakeRoomsAround;
  readonly #suite: Suite = createFakeSuite();
  readonly #keys = new Map<SessionName, RoomKey>([['lobby', { kind: 'open', name: 'lobby' }]]);

  constructor(around: FakeRoomsAround) {
    this.#around = around;
  }

  join(room: RoomKey): Result<SessionName, JoinRefusal> {
    const { view, opened } = this.#around;
    const known = this.#keys.get(room.name);
    if (known !== undefined) return ok(room.name);
    if (view.allSessions.length > LIMITS.roomsMax) return fail('too-many');
    this.#keys.set(room.name, room);
    const number = Math.max(...view.allSessions.map((summary) => summary.number)) + 1;
    opened(roomSummary(number, room.name, room.kind === 'secret'));
    return ok(room.name);
  }

  read(text: string): Result<Invite, InviteReason> {
    return decodeInvite(this.#suite, text, this.nowMs);
  }

  enter(invite: Invite): Result<SessionName, JoinRefusal> {
    const joined = this.join(invite.room);
    if (joined.ok) this.reach(invite);
    return joined;
  }

  reach({ inviter, addresses }: Invite): void {
    this.#around.calls.push(`reach ${inviter.name} at ${addresses.join(' ')}`);
  }

  inviteTo(session: SessionName, expiresMs: number | null): Result<WrittenInvite, InviteRefusal> {
    const { view } = this.#around;
    const room = this.#keys.get(session);
    if (room === undefined) return fail(this.#missing(session));
    const { identity, name } = view.self;
    const inviter = { identity, peer: 'fake-peer' as PeerId, name };
    const invite = { room, inviter, addresses: view.addresses, expiresMs };
    return ok({ invite, text: encodeInvite(this.#suite, invite) });
  }

  setTopic(session: SessionName, text: string): Result<null, SettingRefusal> {
    if (utf8Length(text) > LIMITS.topicBytesMax) return fail('too-long');
    return this.#set(session, { topic: text });
  }

  setKeep(session: SessionName, days: number): Result<null, SettingRefusal> {
    return days > LIMITS.keepDaysMax ? fail('too-long') : this.#set(session, { keepDays: days });
  }

  #set(session: SessionName, fields: Partial<SessionSummary>): Result<null, SettingRefusal> {
    if (!this.#keys.has(session)) return fail(this.#missing(session));
    this.#around.change(session, fields);
    return ok(null);
  }

  #missing(session: SessionName): InviteRefusal {
    const isThere = this.#around.view.allSessions.some((known) => known.session === session);
    return isThere ? 'private' : 'unknown-session';
  }
}
