// The broadcast tree of each chain: which links its new entries travel, grown and mended by the entries themselves (spec/sync.md §5).

import type { ChainKey, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';
import { takeTokens } from './token-bucket.ts';

/** Whether a neighbour wants new entries of a chain from us: until it says otherwise, it does. */
export function isOnBranch(
  neighbour: Neighbour,
  conversation: Conversation,
  chain: ChainKey,
): boolean {
  return neighbour.pruned.get(conversation.id)?.has(chain) !== true;
}

/** A neighbour wants entries of these chains as they come, or from now on only hears of them. */
export function setBranches(
  neighbour: Neighbour,
  conversation: Conversation,
  { wanted, chains }: { readonly wanted: boolean; readonly chains: readonly ChainKey[] },
): void {
  const pruned = neighbour.pruned.get(conversation.id);
  if (pruned === undefined) return;
  for (const chain of chains) {
    pruned.delete(chain);
    if (!wanted) pruned.add(chain);
  }
  // Of the one that is forgotten it gets an entry twice, and says so again.
  for (const chain of pruned) {
    if (pruned.size <= LIMITS.branchesMax) break;
    pruned.delete(chain);
  }
}

/** What a neighbour pushed. */
export interface Push {
  readonly chain: ChainKey;
  readonly isNew: boolean;
  /** It is its own. */
  readonly isAuthor: boolean;
}

/**
 * A neighbour pushed an entry. Who brings what is new is whom we have the chain from; a link over which anyone else
 * brings it is one too many for this chain. No road is shorter than from the author, whoever was faster this once.
 */
export function notePush(
  turn: Turn,
  conversation: Conversation,
  { peer }: Neighbour,
  { chain, isNew, isAuthor }: Push,
): void {
  const source =
    chain === conversation.own ? turn.state.self.peer : conversation.sources.get(chain);
  const isOther = source !== undefined && source !== peer;
  if (isOther && !isNew && !isAuthor) return tellBranches(turn, conversation, peer, false, [chain]);
  setSource(turn, conversation, chain, peer);
  if (!isOther) return;
  tellBranches(turn, conversation, source, false, [chain]);
  // It may have been pruned a moment ago: entries overtake each other on different links.
  tellBranches(turn, conversation, peer, true, [chain]);
}

/**
 * Neighbours are asked for what the trees did not bring, nor news of it. The next entry is wanted from all, as where the
 * source is gone: whoever is asked may be far from the author. Where that is so of many chains it is wanted from who is
 * asked alone: what does not come may be more than the links carry.
 */
export function noteAsked(
  turn: Turn,
  conversation: Conversation,
  asks: readonly { readonly peer: PeerId; readonly chain: ChainKey }[],
): void {
  const orphans: ChainKey[] = [];
  for (const { peer, chain } of asks) {
    if (!hasFailed(turn, conversation, chain, peer)) continue;
    if (takeTokens(conversation.regrown, 1, turn.nowMs)) orphans.push(chain);
    else {
      setSource(turn, conversation, chain, peer);
      tellBranches(turn, conversation, peer, true, [chain]);
    }
  }
  forgetSources(turn, conversation, orphans);
}

/** The source of a chain is another than the one who is asked, and says nothing of what that one has. */
function hasFailed(
  { state }: Turn,
  { id, sources, table }: Conversation,
  ...[chain, asked]: [chain: ChainKey, asked: PeerId]
): boolean {
  const source = sources.get(chain);
  if (source === undefined || source === asked) return false;
  const claim = state.neighbours.get(source)?.claims.get(id)?.get(chain);
  return (claim?.length ?? 0) <= (table.get(chain)?.length ?? 0);
}

/** A neighbour is gone: what it brought is wanted from all others again, until one of them turns out to be the first. */
export function noteSourceLost(turn: Turn, conversation: Conversation, lost: PeerId): void {
  const orphans: ChainKey[] = [];
  for (const [chain, source] of conversation.sources) if (source === lost) orphans.push(chain);
  forgetSources(turn, conversation, orphans);
}

/** Whom we have chains from looks for another way to them: there may be a shorter one for us, too. */
export function noteGrafted(
  turn: Turn,
  conversation: Conversation,
  { peer }: Neighbour,
  chains: readonly ChainKey[],
): void {
  const { sources, regrown } = conversation;
  const isOrphan = (chain: ChainKey): boolean =>
    sources.get(chain) === peer && takeTokens(regrown, 1, turn.nowMs);
  forgetSources(turn, conversation, chains.filter(isOrphan));
}

function forgetSources(turn: Turn, conversation: Conversation, chains: readonly ChainKey[]): void {
  for (const chain of chains) conversation.sources.delete(chain);
  for (const { peer } of turn.state.neighbours.values())
    tellBranches(turn, conversation, peer, true, chains);
}

/** Of too many chains the one that grew longest ago is forgotten. */
function setSource(turn: Turn, conversation: Conversation, chain: ChainKey, peer: PeerId): void {
  const { sources } = conversation;
  sources.delete(chain);
  sources.set(chain, peer);
  const [oldest] = sources.keys();
  if (sources.size > LIMITS.branchesMax && oldest !== undefined)
    forgetSources(turn, conversation, [oldest]);
}

function tellBranches(
  turn: Turn,
  conversation: Conversation,
  peer: PeerId,
  ...[wanted, chains]: [wanted: boolean, chains: readonly ChainKey[]]
): void {
  const neighbour = turn.state.neighbours.get(peer);
  const tag = neighbour?.tags.get(conversation.id);
  if (neighbour === undefined || tag === undefined) return;
  // Who brings a chain that we have from elsewhere has it from elsewhere, too.
  if (!wanted) setBranches(neighbour, conversation, { wanted, chains });
  for (let at = 0; at < chains.length; at += LIMITS.chainsPerFrameMax) {
    const part = chains.slice(at, at + LIMITS.chainsPerFrameMax);
    send(turn, peer, { type: 'branch', tag, wanted, chains: part });
  }
}
