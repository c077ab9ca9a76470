// Holders: peers that keep what they cannot read for those who are away, chosen by everyone alike (spec/session.md §7).

import type { ChainKey, ConversationId, IdentityKey, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { Write } from '../ports.ts';
import type { Carried } from '../session/state.ts';
import { carriedWrites } from '../session/memory.ts';
import { presentIn } from '../session/roster.ts';
import type { Message } from '../sync/message.ts';
import { isBlocked } from './bars.ts';
import { isAuthorIn, newConversation, putRecord } from './conversation.ts';
import { heldFrom, shareOf } from './held.ts';
import { holdersOf, insidersOf, peersNear, peopleToReach, wantLinks } from './holders.ts';
import { send } from './send.ts';
import { closeRoom, shareWithAll } from './share.ts';
import type { Conversation, Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';

/** Asks the holders of everything of ours that others may come for; again when less of it is needed. */
export function askHolders(turn: Turn): void {
  const { state } = turn;
  if (!state.errands.holdsDue) return;
  state.errands.holdsDue = false;
  const wanted = new Set(peersNear(state, state.self.identity));
  for (const conversation of state.conversations.values()) {
    if (!isOursToGive(state, conversation)) continue;
    const people = peopleToReach(state, conversation);
    for (const person of people) for (const peer of peersNear(state, person)) wanted.add(peer);
    const from = settledIn(state, conversation);
    for (const holder of holdersOf(state, people, insidersOf(state, conversation))) {
      const told = holder.askedToHold.get(conversation.id);
      if (told !== undefined && isAsFar(told, from)) continue;
      holder.askedToHold.set(conversation.id, from);
      askToHold(turn, holder.peer, conversation.id, from);
    }
  }
  wantLinks(state, wanted);
}

function askToHold(
  turn: Turn,
  peer: PeerId,
  conversation: ConversationId,
  from: ReadonlyMap<ChainKey, number>,
): void {
  const list = Array.from(from, ([chain, seq]) => ({ chain, seq }));
  send(turn, peer, { type: 'hold', conversation, isWanted: true, from: list });
}

/** Nothing is settled now that was not when it was told. */
function isAsFar(told: ReadonlyMap<ChainKey, number>, now: ReadonlyMap<ChainKey, number>): boolean {
  return [...now].every(([chain, seq]) => (told.get(chain) ?? 0) >= seq);
}

/** How much of each chain of a session everyone in it is known to have: that is their receipt, and needs no holder. */
function settledIn(state: PeerState, { id, table }: Conversation): ReadonlyMap<ChainKey, number> {
  const settled = new Map<ChainKey, number>();
  const roster = state.sessions.get(id)?.roster ?? null;
  if (roster === null) return settled;
  const others = presentIn(roster).filter((each) => each !== state.self.identity);
  for (const { chain, length, identity } of table.values()) {
    const has = (member: IdentityKey): boolean =>
      member === identity || claimOf(state, member, id, chain) >= length;
    if (others.every(has)) settled.set(chain, length);
  }
  return settled;
}

/** The most that a member who is connected says to hold of a chain. */
function claimOf(
  state: PeerState,
  member: IdentityKey,
  id: ConversationId,
  chain: ChainKey,
): number {
  let most = 0;
  for (const { hello, claims } of state.neighbours.values())
    if (hello?.identity === member) most = Math.max(most, claims.get(id)?.get(chain)?.length ?? 0);
  return most;
}

/** What we said in a private session, or left in an inbox. */
function isOursToGive({ self, carried }: PeerState, conversation: Conversation): boolean {
  const { kind, id, own } = conversation;
  // After a power cut our next line begins another chain, but the last one is to be held still.
  if (kind === 'session') return own !== null || isAuthorIn(conversation, self.identity);
  return carried.get(id)?.depositors.has(self.identity) ?? false;
}

/** Someone asks us to keep a conversation, within what we give to each and to all; or says that it is not needed any more. */
export function onHold(
  turn: Turn,
  neighbour: Neighbour,
  { conversation: id, isWanted, from: list }: Extract<Message, { type: 'hold' }>,
): void {
  const { state } = turn;
  const identity = neighbour.hello?.identity;
  if (identity === undefined || !neighbour.met || isBlocked(state, identity)) return;
  if (!isWanted) return release(turn, id, identity);
  const from = new Map(list.map(({ chain, seq }) => [chain, seq] as const));
  if (state.carried.get(id)?.depositors.has(identity)) return advance(turn, id, identity, from);
  const given = shareOf(state, identity);
  if (given.conversations >= LIMITS.heldConversationsPerDepositorMax) return;
  if (given.bytes >= state.guard.limits.heldBytesPerDepositorMax) return;
  if (!state.carried.has(id) && !makeRoom(turn)) return;
  carry(turn, id, { depositor: identity, recipient: null, from });
}

/** Of too many conversations the oldest of which nothing is held makes room: a name costs nothing, and may be junk. */
function makeRoom(turn: Turn): boolean {
  const { carried, self } = turn.state;
  if (carried.size < LIMITS.heldConversationsMax) return true;
  for (const each of carried.values()) {
    if (each.bytes > 0 || each.depositors.has(self.identity)) continue;
    dropCarried(turn, each);
    return true;
  }
  return false;
}

/** A depositor needs less than before. What nobody needs any more is erased, and where it ended is remembered. */
function advance(
  turn: Turn,
  id: ConversationId,
  depositor: IdentityKey,
  from: ReadonlyMap<ChainKey, number>,
): void {
  const { state } = turn;
  const carried = state.carried.get(id);
  const conversation = state.conversations.get(id);
  if (carried === undefined || conversation === undefined) return;
  const settled = settledSince(carried.depositors.get(depositor), from);
  if (settled === null) return;
  carried.depositors.set(depositor, settled);
  turn.out.push({ kind: 'commit', writes: carriedWrites(carried), arrived: [] });
  const records = [...conversation.table.values()];
  const isNeeded = records.some(({ chain, length }) => heldFrom(state, id, chain) < length);
  if (isNeeded || conversation.entriesHeld === 0) return;
  const writes: Write[] = [{ kind: 'drop', conversation: id }];
  for (const record of records) {
    const { length, headId } = record;
    const ended = { ...record, floor: length, bytes: 0, floorPrev: headId };
    putRecord(conversation, ended);
    writes.push({ kind: 'chain', chain: ended });
  }
  conversation.entriesHeld = 0;
  carried.bytes = 0;
  turn.out.push({ kind: 'commit', writes, arrived: [] });
}

/** What was settled once stays so; a depositor that starts anew has yet to hear of it. Null where nothing is new. */
function settledSince(
  before: ReadonlyMap<ChainKey, number> = new Map(),
  from: ReadonlyMap<ChainKey, number>,
): ReadonlyMap<ChainKey, number> | null {
  const settled = new Map(before);
  let isNew = false;
  for (const [chain, seq] of from) {
    const known = settled.get(chain);
    if (seq <= (known ?? 0)) continue;
    if (known === undefined && settled.size >= LIMITS.sessionChainsMax) continue;
    settled.set(chain, seq);
    isNew = true;
  }
  return isNew ? settled : null;
}

/** Who wants a conversation held, for whom, and from which entries on. */
export interface Deposit {
  readonly depositor: IdentityKey;
  readonly recipient: IdentityKey | null;
  readonly from?: ReadonlyMap<ChainKey, number>;
}

/** Holds a conversation from now on, for one more; null where it is ours to read. */
export function carry(
  turn: Turn,
  id: ConversationId,
  { depositor, recipient, from = new Map() }: Deposit,
): Conversation | null {
  const { state, wallMs } = turn;
  const before = state.conversations.get(id);
  const known = state.carried.get(id);
  if (before !== undefined && known === undefined) return null;
  const fresh = { id, depositors: new Map(), touchedMs: wallMs, bytes: 0, recipient };
  const carried: Carried = known ?? fresh;
  if (!carried.depositors.has(depositor)) carried.depositors.set(depositor, from);
  carried.recipient ??= recipient;
  state.carried.set(id, carried);
  turn.out.push({ kind: 'commit', writes: carriedWrites(carried), arrived: [] });
  if (before !== undefined) return before;
  const now = { monotonicMs: turn.nowMs, wallMs };
  const conversation = newConversation(state, { id, kind: 'carried', name: id }, now);
  state.conversations.set(id, conversation);
  shareWithAll(turn, conversation);
  return conversation;
}

/** From now on it is ours to read. */
export function stopCarrying(turn: Turn, id: ConversationId): void {
  const carried = turn.state.carried.get(id);
  if (carried === undefined) return;
  turn.state.carried.delete(id);
  carried.depositors.clear();
  turn.out.push({ kind: 'commit', writes: carriedWrites(carried), arrived: [] });
}

function release(turn: Turn, id: ConversationId, depositor: IdentityKey): void {
  const carried = turn.state.carried.get(id);
  if (carried === undefined || !carried.depositors.delete(depositor)) return;
  if (carried.depositors.size === 0) return dropCarried(turn, carried);
  turn.out.push({ kind: 'commit', writes: carriedWrites(carried), arrived: [] });
}

/** Nothing is held for them any more. */
export function releaseAllOf(turn: Turn, depositor: IdentityKey): void {
  for (const id of turn.state.carried.keys()) release(turn, id, depositor);
}

/** It is not held any more, for anyone. */
export function dropCarried(turn: Turn, carried: Carried): void {
  const { id } = carried;
  turn.state.carried.delete(id);
  carried.depositors.clear();
  const writes = [...carriedWrites(carried), { kind: 'drop', conversation: id } as const];
  turn.out.push({ kind: 'commit', writes, arrived: [] });
  closeRoom(turn, id);
}

/** Drops what nobody came for in 45 days; and what has been fetched by the one it was left for. */
export function dropHeld(turn: Turn): void {
  const { state, wallMs } = turn;
  for (const carried of state.carried.values()) {
    if (wallMs - carried.touchedMs > LIMITS.heldMsMax) dropCarried(turn, carried);
    else if (wasFetched(state, carried)) releaseHolders(turn, carried);
  }
}

/** The recipient told us that it has everything we left: its receipt. */
function wasFetched(state: PeerState, { id, recipient, depositors }: Carried): boolean {
  const conversation = state.conversations.get(id);
  if (recipient === null || conversation === undefined || conversation.own === null) return false;
  if (!depositors.has(state.self.identity)) return false;
  for (const neighbour of state.neighbours.values()) {
    if (neighbour.hello?.identity !== recipient) continue;
    const claims = neighbour.claims.get(id);
    const ours = [...conversation.table.values()].filter(
      ({ identity }) => identity === state.self.identity,
    );
    if (ours.every(({ chain, length }) => (claims?.get(chain)?.length ?? 0) >= length)) return true;
  }
  return false;
}

function releaseHolders(turn: Turn, carried: Carried): void {
  for (const neighbour of turn.state.neighbours.values()) {
    if (!neighbour.askedToHold.delete(carried.id)) continue;
    const { id } = carried;
    send(turn, neighbour.peer, { type: 'hold', conversation: id, isWanted: false, from: [] });
  }
  release(turn, carried.id, turn.state.self.identity);
}
