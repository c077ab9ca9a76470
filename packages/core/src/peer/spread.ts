// Sending a new entry on while it is new, along the tree of its chain (spec/sync.md §5).

import type { ChainKey, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { weightOf } from './author-account.ts';
import { announceHeads, noteShown } from './announce.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';
import { takeTokens } from './token-bucket.ts';
import { isOnBranch, noteGrafted, setBranches } from './tree.ts';

/** The request number of a run that nobody asked for. */
export const UNASKED = 0;

/** A run of one chain as it travels. */
export interface FreshRun {
  readonly chain: ChainKey;
  /** How long the chain is with it. */
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Who we have it from; null for ourselves. */
  readonly from: PeerId | null;
}

/** To each neighbour that has not said that it gets this chain from another. */
export function spread(turn: Turn, conversation: Conversation, fresh: FreshRun): void {
  const { chain, length, bytes: run, from } = fresh;
  for (const neighbour of turn.state.neighbours.values()) {
    const tag = neighbour.tags.get(conversation.id);
    if (tag === undefined || neighbour.peer === from) continue;
    if (!isOnBranch(neighbour, conversation, chain)) continue;
    if (neighbour.blocked && !mayOvertake(turn, conversation, neighbour, fresh)) {
      neighbour.behind = true;
      continue;
    }
    // No more than it reads, or it would take us for one who floods.
    if (!takeTokens(neighbour.pushed, 1, turn.nowMs)) {
      neighbour.unheardMs ??= turn.nowMs + LIMITS.announceSlowMs;
      continue;
    }
    send(turn, neighbour.peer, { type: 'run', tag, request: UNASKED, last: true, run });
    noteShown(conversation, neighbour, chain, length);
  }
}

/** Those who say little do not wait for what a flood has put in their way: comparing heads would take four ways more. */
function mayOvertake(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  { chain, bytes, from }: FreshRun,
): boolean {
  if (weightOf(turn, conversation, chain) > 0) return false;
  // Newcomers who are about to flood said little so far: of what all of these say we do not wait for our own turn.
  const most = from === null ? LIMITS.overtakingBytesMax : LIMITS.overtakingBytesMax / 2;
  if (neighbour.overtakingBytes + bytes.length > most) return false;
  neighbour.overtakingBytes += bytes.length;
  return true;
}

export interface Branches {
  readonly wanted: boolean;
  readonly chains: readonly ChainKey[];
}

/** What it missed before it asked for a branch it hears of at once: nothing else may bring it. */
export function onBranch(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  branches: Branches,
): void {
  setBranches(neighbour, conversation, branches);
  if (!branches.wanted) return;
  noteGrafted(turn, conversation, neighbour, branches.chains);
  announceHeads(turn, conversation, neighbour, branches.chains);
}
