// Telling neighbours what we hold now: it is their hint to ask and, for the author, the receipt (spec/sync.md §5).

import type { ChainKey, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { ChainRecord } from '../ports.ts';
import { sameHead } from '../sync/head.ts';
import { isReadAtOnce } from './conversation.ts';
import { randomFraction } from './random.ts';
import { send } from './send.ts';
import type { Change, Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';
import { isOnBranch } from './tree.ts';

/**
 * A chain grew. The first change goes out in this very step; those that follow within announceIntervalMs share a frame.
 */
export function noteChanged(
  turn: Turn,
  conversation: Conversation,
  chain: ChainKey,
  change: Change,
): void {
  const before = conversation.unannounced.get(chain);
  conversation.unannounced.set(chain, before === undefined ? change : merged(before, change));
  conversation.announceMs ??= Math.max(
    turn.nowMs,
    conversation.announcedMs + LIMITS.announceIntervalMs,
  );
  turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: conversation.id } });
}

function merged(one: Change, other: Change): Change {
  return {
    from: one.from === other.from ? one.from : null,
    isSpread: one.isSpread && other.isSpread,
  };
}

/** Tells each neighbour now what it may need now, and every second all that it is not known to hold. */
export function announceDue(turn: Turn, conversation: Conversation): void {
  if (conversation.announceMs !== null && conversation.announceMs <= turn.nowMs) {
    for (const neighbour of turn.state.neighbours.values())
      announceChanges(turn, conversation, neighbour);
    for (const chain of conversation.unannounced.keys()) conversation.unhurried.add(chain);
    conversation.unannounced.clear();
    conversation.announceMs = null;
    conversation.announcedMs = turn.nowMs;
    // Of two that would tell each other the same the one that draws the shorter time does.
    const share = (1 + randomFraction(turn.state.random)) / 2;
    conversation.unhurriedMs ??= turn.nowMs + LIMITS.announceSlowMs * share;
  }
  if (conversation.unhurriedMs !== null && conversation.unhurriedMs <= turn.nowMs) {
    const records = recordsOf(conversation, conversation.unhurried);
    for (const neighbour of hearers(turn, conversation))
      announceTo(turn, conversation, neighbour, { prompt: false, records });
    conversation.unhurried.clear();
    conversation.unhurriedMs = null;
  }
}

/** Of many neighbours a few, others each time; of what is private everyone tells all what they hold. */
function hearers({ state }: Turn, { id, kind }: Conversation): readonly Neighbour[] {
  const inRoom = [...state.neighbours.values()].filter(({ tags }) => tags.has(id));
  const { announceSlowPeersMax: most } = LIMITS;
  if (!isReadAtOnce(kind) || inRoom.length <= most) return inRoom;
  const first = Math.floor(randomFraction(state.random) * inRoom.length);
  return [...inRoom.slice(first), ...inRoom.slice(0, first)].slice(0, most);
}

function recordsOf(conversation: Conversation, chains: Iterable<ChainKey>): readonly ChainRecord[] {
  const records: ChainRecord[] = [];
  for (const chain of chains) {
    const record = conversation.table.get(chain);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** An author gets its receipt; who is on a branch hears at once of what we did not send along it. */
function announceChanges(turn: Turn, conversation: Conversation, neighbour: Neighbour): void {
  const prompt: ChainRecord[] = [];
  const receipts: ChainRecord[] = [];
  for (const [chain, { from, isSpread }] of conversation.unannounced) {
    const record = conversation.table.get(chain);
    if (record === undefined) continue;
    if (wantsReceipt(conversation, neighbour, record)) receipts.push(record);
    else if (!isSpread && neighbour.peer !== from && isOnBranch(neighbour, conversation, chain))
      prompt.push(record);
  }
  announceTo(turn, conversation, neighbour, { prompt: true, records: prompt });
  announceTo(turn, conversation, neighbour, { prompt: false, records: receipts });
}

/** Tells a neighbour at once how much we hold of these chains, where that may be news. */
export function announceHeads(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  chains: readonly ChainKey[],
): void {
  const records = recordsOf(conversation, chains);
  announceTo(turn, conversation, neighbour, { prompt: true, records });
}

interface Announcement {
  /** Nothing else brings these entries: ask now. */
  readonly prompt: boolean;
  readonly records: readonly ChainRecord[];
}

function announceTo(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  what: Announcement,
): void {
  const tag = neighbour.tags.get(conversation.id);
  if (tag === undefined) return;
  const heads = what.records.filter((record) => isNews(conversation, neighbour, record));
  if (heads.length === 0) return;
  if (neighbour.blocked) {
    // Comparing heads once it has drained brings the same, in less.
    neighbour.behind = true;
    return;
  }
  for (const head of heads) noteTold(conversation, neighbour, head);
  for (let at = 0; at < heads.length; at += LIMITS.headsPerFrameMax) {
    const part = heads.slice(at, at + LIMITS.headsPerFrameMax);
    send(turn, neighbour.peer, { type: 'heads', tag, prompt: what.prompt, heads: part });
  }
}

/** What it is not known to hold or to have heard of; of its own chain, what it was not told yet that we hold. */
function isNews(conversation: Conversation, neighbour: Neighbour, record: ChainRecord): boolean {
  const told = neighbour.told.get(record.chain);
  if (wantsReceipt(conversation, neighbour, record)) return told !== record.length;
  if (told !== undefined && told >= record.length && record.stopped === null) return false;
  const claim = neighbour.claims.get(conversation.id)?.get(record.chain);
  return claim === undefined || !sameHead(claim, record);
}

function noteTold(
  conversation: Conversation,
  neighbour: Neighbour,
  { chain, length, identity }: Pick<ChainRecord, 'chain' | 'length' | 'identity'>,
): void {
  // Of what is private everyone tells what they hold, for then nobody need hold it for them.
  if (isReadAtOnce(conversation.kind) || wantsReceipt(conversation, neighbour, { identity }))
    neighbour.told.set(chain, length);
}

/** Entries went to a neighbour, or came from there: it need not be told of them, unless they are its own. */
export function noteShown(
  conversation: Conversation,
  neighbour: Neighbour,
  chain: ChainKey,
  length: number,
): void {
  const identity = conversation.table.get(chain)?.identity;
  if (identity === undefined || wantsReceipt(conversation, neighbour, { identity })) return;
  if (length > (neighbour.told.get(chain) ?? 0))
    noteTold(conversation, neighbour, { chain, length, identity });
}

/** The author does; of what we hold for others, or find in our inbox, we do not know who that is: all who are in it get one. */
function wantsReceipt(
  { kind }: Conversation,
  { hello }: Neighbour,
  { identity }: Pick<ChainRecord, 'identity'>,
): boolean {
  return kind === 'carried' || kind === 'inbox' || identity === hello?.identity;
}

/** A peer is known to hold so much of our own chain. */
export function noteReceipt(
  turn: Turn,
  conversation: Conversation,
  peer: PeerId,
  length: number,
): void {
  const known = conversation.receipts.get(peer) ?? 0;
  if (length <= known) return;
  if (conversation.receipts.size >= LIMITS.rememberedPeersMax && known === 0) return;
  conversation.receipts.set(peer, length);
  let heldBy = 0;
  for (const held of conversation.receipts.values()) if (held >= length) heldBy += 1;
  turn.out.push({
    kind: 'tell',
    event: { kind: 'held', conversation: conversation.id, length, heldBy },
  });
}
