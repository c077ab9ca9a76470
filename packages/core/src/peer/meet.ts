// Finding people by what we have in common: a blinded key a day for each room and session (spec/meeting.md).

import type { ConversationId, PeerId } from '../brand.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHash } from '../crypto/tagged.ts';
import { LIMITS } from '../limits.ts';
import type { DialTarget } from '../ports.ts';
import { agreedNow } from './clock.ts';
import { addTarget, politeMs } from './links.ts';
import type { Conversation, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

const DAY_MS = 86_400_000;

/** Who does not know the conversation's id cannot tell its keys from others, nor one day's from the next day's. */
export function meetKey(suite: Suite, conversation: ConversationId, day: number): Uint8Array {
  return taggedHash(suite, TAGS.meet, fromHex(conversation), encode(day));
}

/** The days since 1970 (UTC) whose keys are good at this time: two for a while around midnight, as clocks differ. */
export function meetDays(nowMs: number): readonly number[] {
  const days = new Set<number>();
  for (const ms of [nowMs, nowMs - LIMITS.meetOverlapMs, nowMs + LIMITS.meetOverlapMs])
    days.add(Math.floor(Math.max(0, ms) / DAY_MS));
  return [...days];
}

/** Tells the network our keys, if they are others than before. */
export function meetDue(turn: Turn): void {
  const { suite, meet } = turn.state;
  const where = meetingPlaces(turn.state);
  const isSame =
    where.length === meet.conversations.size && where.every(({ id }) => meet.conversations.has(id));
  if (isSame && !meet.isDue) return;
  meet.isDue = false;
  meet.conversations.clear();
  for (const { id } of where) meet.conversations.add(id);
  const before = [...meet.keys].map((key) => textOf(meet, key)).join(' ');
  meet.keys.clear();
  meet.lonely.clear();
  for (const { id } of where) if (isLonely(turn.state, id)) meet.lonely.add(id);
  const days = meetDays(agreedNow(turn));
  for (const { id } of where.toSorted(byImportance)) {
    if (meet.keys.size + days.length > LIMITS.meetKeysMax) break;
    for (const day of days) meet.keys.set(toHex(meetKey(suite, id, day)), id);
  }
  const after = [...meet.keys].map((key) => textOf(meet, key)).join(' ');
  if (after === before) return;
  const sought = [...meet.keys].filter(([, id]) => meet.lonely.has(id)).map(([key]) => key);
  const keys = [...meet.keys.keys()].map(fromHex);
  turn.out.push({ kind: 'meet', keys, sought: sought.map(fromHex) });
}

/** Someone was met or has left. */
export function noteMet({ meet }: PeerState): void {
  meet.isDue = true;
}

/** A neighbour is in this conversation as well. */
export function noteCompany({ meet }: PeerState, conversation: ConversationId): void {
  if (meet.lonely.has(conversation)) meet.isDue = true;
}

/** A neighbour is not in it any more: we may be alone there now. */
export function noteCompanyLost({ meet }: PeerState, conversation: ConversationId): void {
  if (meet.conversations.has(conversation)) meet.isDue = true;
}

function textOf(
  { lonely }: PeerState['meet'],
  [key, id]: readonly [string, ConversationId],
): string {
  return lonely.has(id) ? `${key}!` : key;
}

/** Before anyone is met it is too early to tell: in a crowd everybody would ask the others for each other. */
function isLonely({ neighbours }: PeerState, id: ConversationId): boolean {
  const others = [...neighbours.values()].filter(({ met }) => met);
  return others.length > 0 && !others.some(({ tags }) => tags.has(id));
}

function meetingPlaces({ conversations, sessions }: PeerState): Conversation[] {
  const places: Conversation[] = [];
  for (const conversation of conversations.values()) {
    const { id, kind } = conversation;
    const isPrivate = kind === 'session' && sessions.get(id)?.leftMs === null;
    if (kind === 'lobby' || kind === 'room' || isPrivate) places.push(conversation);
  }
  return places;
}

/** Rooms before private sessions, whose people mostly meet in rooms; the newest sessions first. */
function byImportance(one: Conversation, other: Conversation): number {
  const isPrivate = Number(one.kind === 'session') - Number(other.kind === 'session');
  return isPrivate === 0 ? (other.top?.hlc.ms ?? 0) - (one.top?.hlc.ms ?? 0) : isPrivate;
}

/** Someone was found: under one of our keys, or (null) on the LAN. */
export function onDiscovered(turn: Turn, target: DialTarget, key: Uint8Array | null): void {
  const { state, nowMs } = turn;
  const { peer } = target;
  const atMs = peer === null ? nowMs : politeMs(state.self.peer, peer, nowMs);
  if (key === null) {
    addTarget(state.links, target, 'discovered', atMs);
    return;
  }
  const conversation = state.meet.keys.get(toHex(key));
  // The key may have been of yesterday.
  if (conversation === undefined || peer === null) return;
  const { found } = state.meet;
  found.delete(peer);
  found.set(peer, conversation);
  const [oldest] = found.keys();
  if (found.size > LIMITS.rememberedPeersMax && oldest !== undefined) found.delete(oldest);
  addTarget(state.links, target, 'introduced', atMs);
}

/**
 * Tells who was found where we have too few links, though there may be enough of others. Good for one step: links are
 * counted once for each conversation, however many are asked about.
 */
export function missing({ meet, neighbours }: PeerState): (peer: PeerId) => boolean {
  const hasTooFew = new Map<ConversationId, boolean>();
  return (peer) => {
    const id = meet.found.get(peer);
    if (id === undefined || neighbours.size >= LIMITS.linksWantedMax) return false;
    const known = hasTooFew.get(id);
    if (known !== undefined) return known;
    let links = 0;
    for (const { tags } of neighbours.values()) if (tags.has(id)) links += 1;
    hasTooFew.set(id, links < LIMITS.neighboursMeshMax);
    return links < LIMITS.neighboursMeshMax;
  };
}
