// The rooms we are in: joined and left while we run, and found again at the next start (spec/rooms.md §4).

import type { ConversationId } from '../brand.ts';
import { encode } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import { LIMITS } from '../limits.ts';
import type { StoredValue, Write } from '../ports.ts';
import type { Room, RoomKey } from '../room/room.ts';
import { roomId } from '../room/room.ts';
import { nextNumber } from '../session/memory.ts';
import { newConversation } from './conversation.ts';
import { dropCarried } from './hold.ts';
import { ownChainWrite } from './own-chain.ts';
import { eraseSettings } from './settings.ts';
import { closeRoom, shareWithAll } from './share.ts';
import type { Conversation, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** Begins the keys of what is remembered of each room. */
export const ROOM_VALUE_PREFIX = 'room/';

/** The lobby is in it from the start, and cannot be left. */
export function onJoin(turn: Turn, key: RoomKey): void {
  const { state, nowMs: monotonicMs, wallMs } = turn;
  const id = roomId(state.suite, key);
  // Whoever guessed the name may have had us hold it for them, unread.
  const carried = state.carried.get(id);
  if (carried !== undefined) dropCarried(turn, carried);
  if (state.conversations.has(id) || !hasRoomForRoom(state)) return;
  const room: Room = { key, number: nextSessionNumber(state), joinedMs: wallMs };
  const now = { monotonicMs, wallMs };
  const conversation = newConversation(state, { id, kind: 'room', name: key.name, room }, now);
  state.conversations.set(id, conversation);
  const writes = [roomWrite(id, room), ownChainWrite(state.self, id, null)];
  turn.out.push({ kind: 'commit', writes, arrived: [] });
  shareWithAll(turn, conversation);
  turn.out.push({ kind: 'tell', event: { kind: 'session', event: 'opened', conversation: id } });
}

/** What was said there is forgotten, our own lines included; those who stay have it. */
export function leaveRoom(turn: Turn, { id, kind }: Conversation): void {
  if (kind !== 'room') return;
  const writes: Write[] = [
    { kind: 'drop', conversation: id },
    { kind: 'value', key: `${ROOM_VALUE_PREFIX}${id}`, value: null },
    eraseSettings(id),
    ownChainWrite(turn.state.self, id, null),
  ];
  turn.out.push({ kind: 'commit', writes, arrived: [] });
  closeRoom(turn, id);
  turn.out.push({ kind: 'tell', event: { kind: 'session', event: 'left', conversation: id } });
}

export function hasRoomForRoom({ conversations }: PeerState): boolean {
  let joined = 0;
  for (const { kind } of conversations.values()) if (kind === 'room') joined += 1;
  return joined < LIMITS.roomsMax;
}

/** Rooms and private sessions are numbered together. */
export function nextSessionNumber({ sessions, conversations }: PeerState): number {
  const taken = Array.from(sessions.values(), ({ number }) => number);
  for (const { room } of conversations.values()) taken.push(room?.number ?? null);
  return nextNumber(taken);
}

/** A lobby of one's own is a room like others at the next start that does not name it: nobody loses it by that. */
export function lobbyWrites({ conversations, lobby }: PeerState): readonly Write[] {
  const room = conversations.get(lobby)?.room ?? null;
  return room === null || room.number === 0 ? [] : [roomWrite(lobby, room)];
}

function roomWrite(id: ConversationId, { key, number, joinedMs }: Room): Write {
  const secret = key.kind === 'secret' ? key.secret : null;
  const value = encode([key.name, secret, number, joinedMs]);
  return { kind: 'value', key: `${ROOM_VALUE_PREFIX}${id}`, value };
}

/** Reads all values whose keys begin with "room/". Only we write them: what does not decode throws. */
export function recallRooms(
  values: readonly StoredValue[],
): readonly { readonly id: ConversationId; readonly room: Room }[] {
  return values.map(({ key, value }) => {
    const id = key.slice(ROOM_VALUE_PREFIX.length) as ConversationId;
    const reader = new CborReader(value);
    reader.tuple(4);
    const name = reader.text();
    const secret = reader.skipNull() ? null : reader.byteString(32).slice();
    const [number, joinedMs] = [reader.uint(), reader.uint()];
    const fault = reader.finish();
    if (fault !== null) throw new Error(`the stored room ${id} is damaged: ${fault}`);
    const roomKey: RoomKey =
      secret === null ? { kind: 'open', name } : { kind: 'secret', name, secret };
    return { id, room: { key: roomKey, number, joinedMs } };
  });
}
