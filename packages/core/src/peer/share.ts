// Which conversations we share with a neighbour: named so that only who knows one can tell (spec/sync.md §1).

import type { ConversationId, PeerId } from '../brand.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { tag, taggedHash } from '../crypto/tagged.ts';
import type { Suite } from '../crypto/suite.ts';
import { LIMITS } from '../limits.ts';
import type { RoomTag } from '../sync/message.ts';
import { forgetHolder } from '../sync/pull.ts';
import { agreedNow } from './clock.ts';
import { isReadAtOnce } from './conversation.ts';
import { introduce } from './exchange.ts';
import { forgetSayings } from './known.ts';
import { noteCompany, noteCompanyLost } from './meet.ts';
import { blame } from './misconduct.ts';
import { noteLinksChanged } from './near.ts';
import { noteName } from './names.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour, NeighbourHello } from './state.ts';
import type { Turn } from './step-types.ts';
import { compareWith } from './compare.ts';
import { noteSourceLost } from './tree.ts';

const ROOM_TAG = tag('room-tag');
const ROOM_TAG_BYTES = 16;

/** How `from` names a conversation towards the peer that sent `nonce`. */
function roomTag(
  suite: Suite,
  conversation: ConversationId,
  from: PeerId,
  nonce: Uint8Array,
): RoomTag {
  const hash = taggedHash(suite, ROOM_TAG, fromHex(conversation), nonce, encodeUtf8(from));
  return toHex(hash.subarray(0, ROOM_TAG_BYTES));
}

/** Says that we are in these conversations, to who has said hello. */
export function offerRooms(
  turn: Turn,
  neighbour: Neighbour,
  conversations: readonly ConversationId[],
): void {
  const { hello } = neighbour;
  if (hello === null) return;
  const { suite, self } = turn.state;
  const tags = conversations.map((id) => roomTag(suite, id, self.peer, hello.nonce));
  for (let at = 0; at < tags.length; at += LIMITS.roomTagsMax)
    send(turn, neighbour.peer, { type: 'rooms', tags: tags.slice(at, at + LIMITS.roomTagsMax) });
}

/** The rooms it is in; those we know too are shared from here on. */
export function onRooms(turn: Turn, neighbour: Neighbour, tags: readonly RoomTag[]): void {
  const { hello } = neighbour;
  if (hello === null || !neighbour.met) return blame(turn, neighbour, 'rooms before proof');
  const isFirst = neighbour.offered.size === 0;
  const named = new Set(tags);
  for (const conversation of turn.state.conversations.values())
    shareIfOffered(turn, conversation, neighbour, named);
  // For rooms that we open later.
  for (const each of named)
    if (neighbour.offered.size < LIMITS.roomTagsMax) neighbour.offered.add(each);
  if (isFirst) introduce(turn, neighbour);
  turn.state.errands.holdsDue = true;
}

/** A conversation that was not there when neighbours were met: it is shared with those who are in it already. */
export function shareWithAll(turn: Turn, conversation: Conversation): void {
  for (const neighbour of turn.state.neighbours.values()) {
    offerRooms(turn, neighbour, [conversation.id]);
    shareIfOffered(turn, conversation, neighbour, neighbour.offered);
  }
}

function shareIfOffered(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  offered: ReadonlySet<RoomTag>,
): void {
  const { hello } = neighbour;
  if (hello === null) return;
  const { suite, self } = turn.state;
  const theirs = roomTag(suite, conversation.id, neighbour.peer, neighbour.nonce);
  if (!offered.has(theirs) || neighbour.tags.has(conversation.id)) return;
  // Of so many rooms as we are in it does not remember all that it did not know when we said so.
  if (turn.state.conversations.size > LIMITS.roomTagsMax)
    offerRooms(turn, neighbour, [conversation.id]);
  neighbour.rooms.set(theirs, conversation.id);
  neighbour.tags.set(conversation.id, roomTag(suite, conversation.id, self.peer, hello.nonce));
  noteCompany(turn.state, conversation.id);
  neighbour.claims.set(conversation.id, new Map());
  neighbour.pruned.set(conversation.id, new Set());
  forgetSayings(turn.state, conversation, neighbour.peer);
  if (isReadAtOnce(conversation.kind)) noteThere(turn, conversation, hello);
  turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: conversation.id } });
  noteLinksChanged(turn, conversation);
  // One of the two begins; the dialler, since it is the one that comes.
  if (neighbour.direction === 'outbound') compareWith(turn, conversation, neighbour);
}

function noteThere(turn: Turn, conversation: Conversation, hello: NeighbourHello): void {
  const hlc = { ms: agreedNow(turn), counter: 0 };
  noteName(turn, conversation, hello.identity, { name: hello.name, hlc });
}

/** It does not hold that conversation any more. */
export function onGone(turn: Turn, neighbour: Neighbour, named: RoomTag): void {
  const id = neighbour.rooms.get(named);
  neighbour.offered.delete(named);
  if (id === undefined) return;
  neighbour.rooms.delete(named);
  forgetRoom(neighbour, id);
  noteCompanyLost(turn.state, id);
  const conversation = turn.state.conversations.get(id);
  if (conversation === undefined) return;
  forgetHolder(conversation.pull, neighbour.peer);
  noteSourceLost(turn, conversation, neighbour.peer);
  noteLinksChanged(turn, conversation);
  turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: id } });
}

/** We drop a conversation: neighbours shall not count on us for it, those included who do not know it yet. */
export function closeRoom(turn: Turn, id: ConversationId): void {
  const { conversations, neighbours, suite, self } = turn.state;
  conversations.delete(id);
  for (const neighbour of neighbours.values()) {
    const { hello, peer } = neighbour;
    if (hello !== null)
      send(turn, peer, { type: 'gone', tag: roomTag(suite, id, self.peer, hello.nonce) });
    // What it sends of it before it hears that is let pass: see takeRoomMessage.
    forgetRoom(neighbour, id);
  }
}

function forgetRoom(neighbour: Neighbour, id: ConversationId): void {
  neighbour.tags.delete(id);
  neighbour.claims.delete(id);
  neighbour.pruned.delete(id);
  neighbour.askedToHold.delete(id);
}
