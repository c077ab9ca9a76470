// Telling neighbours what we hold now: it is their hint to ask and, for the author, the receipt (spec/sync.md §5).

import type { ChainKey, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { ChainRecord } from '../ports.ts';
import { sameHead } from '../sync/head.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

/**
 * A chain of ours grew. The first change goes out in this very step; those that follow within announceIntervalMs
 * share a frame. `prompt` tells neighbours to ask at once, since no gossip brings it.
 */
export function noteChanged(
  turn: Turn,
  conversation: Conversation,
  chain: ChainKey,
  prompt: boolean = false,
): void {
  const before = conversation.unannounced.get(chain) ?? false;
  conversation.unannounced.set(chain, before || prompt);
  conversation.announceMs ??= Math.max(
    turn.nowMs,
    conversation.announcedMs + LIMITS.announceIntervalMs,
  );
  turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: conversation.id } });
}

export function announceDue(turn: Turn, conversation: Conversation): void {
  if (conversation.announceMs === null || conversation.announceMs > turn.nowMs) return;
  const prompt: ChainRecord[] = [];
  const relaxed: ChainRecord[] = [];
  for (const [chain, isPrompt] of conversation.unannounced) {
    const record = conversation.table.get(chain);
    if (record !== undefined) (isPrompt ? prompt : relaxed).push(record);
  }
  conversation.unannounced.clear();
  conversation.announceMs = null;
  conversation.announcedMs = turn.nowMs;
  for (const neighbour of turn.state.neighbours.values()) {
    announceTo(turn, conversation, neighbour, { prompt: true, records: prompt });
    announceTo(turn, conversation, neighbour, { prompt: false, records: relaxed });
  }
}

interface Announcement {
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
  for (let at = 0; at < heads.length; at += LIMITS.headsPerFrameMax) {
    const part = heads.slice(at, at + LIMITS.headsPerFrameMax);
    send(turn, neighbour.peer, { type: 'heads', tag, prompt: what.prompt, heads: part });
  }
}

/** An author always hears of its own chain, as a receipt; others only of what they are not known to hold. */
function isNews(conversation: Conversation, neighbour: Neighbour, record: ChainRecord): boolean {
  if (neighbour.hello?.identity === record.identity) return true;
  const claim = neighbour.claims.get(conversation.id)?.get(record.chain);
  return claim === undefined || !sameHead(claim, record);
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
