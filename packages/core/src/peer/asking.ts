// Asking neighbours for what they say they have and we lack (spec/sync.md §4).

import type { ChainKey, PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { Head } from '../sync/head.ts';
import type { Weight } from '../sync/lacking.ts';
import type { Want } from '../sync/message.ts';
import type { Ask, Held, Holder } from '../sync/pull.ts';
import { expireAsks, noteClaim, planAsks } from '../sync/pull.ts';
import { weightOf } from './author-account.ts';
import { barOnChain } from './bars.ts';
import { forgetSaying } from './known.ts';
import { heldToAsk } from './retention.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';
import { noteAsked } from './tree.ts';

/** It may have what we lack. */
export function noteLack(turn: Turn, conversation: Conversation, theirs: Head, atMs: number): void {
  const { chain } = theirs;
  const weight = weightOf(turn, conversation, chain);
  const ours = heldToAsk(turn.state, conversation, chain);
  noteClaim(conversation.pull, ours, { theirs, weight, atMs });
}

/** Sends the questions that are due. */
export function askDue(turn: Turn, conversation: Conversation): void {
  const { pull } = conversation;
  for (const ask of expireAsks(pull, turn.nowMs)) noteExpired(turn, conversation, ask);
  if (pull.lacking.size === 0) return;
  const holders: Holder[] = [];
  for (const neighbour of turn.state.neighbours.values()) {
    const claims = neighbour.claims.get(conversation.id);
    if (claims === undefined || neighbour.blocked) continue;
    const { peer } = neighbour;
    holders.push({ peer, claims, openElsewhere: openElsewhere(turn, conversation, peer) });
  }
  const ours = {
    heldOf: (chain: ChainKey): Held | undefined => heldToAsk(turn.state, conversation, chain),
    weightOf: (chain: ChainKey): Weight => weightOf(turn, conversation, chain),
  };
  const asks = planAsks(pull, ours, holders, turn.nowMs);
  noteAsked(turn, conversation, asks);
  for (const ask of asks) {
    const neighbour = turn.state.neighbours.get(ask.peer);
    if (neighbour !== undefined) sendAsk(turn, conversation, neighbour, ask);
  }
}

/** Questions to a neighbour that are open in other conversations. */
function openElsewhere(turn: Turn, here: Conversation, peer: PeerId): number {
  let open = 0;
  for (const conversation of turn.state.conversations.values()) {
    if (conversation === here) continue;
    for (const ask of conversation.pull.inFlight.values()) if (ask.peer === peer) open += 1;
  }
  return open;
}

export function sendAsk(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  ask: Ask,
): void {
  const tag = neighbour.tags.get(conversation.id);
  if (tag === undefined) return;
  const { request, chain, from, to, direction, frames } = ask;
  const want: Want = { type: 'want', tag, request, chain, from, to, direction, frames };
  send(turn, neighbour.peer, want);
}

/** A question that came to nothing: what that peer claims of the chain is forgotten, so that others are asked. */
function noteClaimsOf(turn: Turn, conversation: Conversation, ask: Ask): void {
  turn.state.neighbours.get(ask.peer)?.claims.get(conversation.id)?.delete(ask.chain);
}

/** It may have been slow, and be the only one who has it: what it has we ask it again, by and by. */
function noteExpired(turn: Turn, conversation: Conversation, ask: Ask): void {
  noteClaimsOf(turn, conversation, ask);
  const neighbour = turn.state.neighbours.get(ask.peer);
  if (neighbour !== undefined) neighbour.unheardMs ??= turn.nowMs + LIMITS.announceSlowMs;
}

/** It was asked and had nothing new: what it was taken to have is not there. */
export function noteNothing(turn: Turn, conversation: Conversation, ask: Ask): void {
  noteClaimsOf(turn, conversation, ask);
  forgetSaying(turn.state, conversation, ask.peer, ask.chain);
  turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: conversation.id } });
}

/** As long as someone claims more of the chain than we have, it stays on the list. */
export function askForRest(turn: Turn, conversation: Conversation, chain: ChainKey): void {
  const ours = conversation.table.get(chain);
  const isBarred = barOnChain(turn.state, conversation, chain) !== null;
  if (isBarred || (ours !== undefined && ours.stopped !== null)) {
    conversation.pull.lacking.delete(chain);
    return;
  }
  for (const neighbour of turn.state.neighbours.values()) {
    const head = neighbour.claims.get(conversation.id)?.get(chain);
    if (head !== undefined) noteLack(turn, conversation, head, turn.nowMs);
  }
}
