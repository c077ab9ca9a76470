// Comparing what we hold of a conversation with what a neighbour says that it holds (spec/sync.md §3).

import type { ChainKey } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { ChainRecord } from '../ports.ts';
import type { Head } from '../sync/head.ts';
import type { Message } from '../sync/message.ts';
import type { Ask } from '../sync/pull.ts';
import { openingRanges, reconcile } from '../sync/reconcile.ts';
import { noteReceipt } from './announce.ts';
import { noteLack, sendAsk } from './asking.ts';
import { barOnChain, offeredTable } from './bars.ts';
import { chainsMaxOf, entriesMaxOf } from './conversation.ts';
import { tellFork } from './fork-news.ts';
import { heldFrom } from './held.ts';
import { noteSaying } from './known.ts';
import { setOwnChain } from './own-chain.ts';
import { noteHeard } from './quarantine.ts';
import { send } from './send.ts';
import type { Conversation, Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';

type Of<Type extends Message['type']> = Extract<Message, { type: Type }>;

/** Begins a comparison of heads. */
export function compareWith(turn: Turn, conversation: Conversation, neighbour: Neighbour): void {
  const tag = neighbour.tags.get(conversation.id);
  if (tag === undefined) return;
  send(turn, neighbour.peer, {
    type: 'ranges',
    tag,
    ranges: openingRanges(turn.state.suite, offeredTable(turn.state, conversation)),
  });
}

export function onRanges(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  message: Of<'ranges'>,
): void {
  const offered = offeredTable(turn.state, conversation);
  const { heads, reply } = reconcile(turn.state.suite, offered, message.ranges);
  const tag = neighbour.tags.get(conversation.id);
  for (const head of heads) noteHead(turn, conversation, neighbour, { head, askMs: turn.nowMs });
  if (reply.length > 0 && tag !== undefined)
    send(turn, neighbour.peer, { type: 'ranges', tag, ranges: reply });
}

export function onHeads(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  message: Of<'heads'>,
): void {
  const askMs = message.prompt ? turn.nowMs : turn.nowMs + LIMITS.announceGraceMs;
  for (const head of message.heads) noteHead(turn, conversation, neighbour, { head, askMs });
}

/** A neighbour says what it holds of a chain: a receipt if the chain is ours, something to ask for if it is more. */
function noteHead(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  { head: told, askMs }: { readonly head: Head; readonly askMs: number },
): void {
  const head = neededOf(turn, conversation, told);
  const claims = neighbour.claims.get(conversation.id);
  if (claims === undefined || !mayClaim(conversation, claims, head)) return;
  if (!noteSaid(turn, conversation, neighbour, head)) return;
  const ours = conversation.table.get(head.chain);
  if (head.chain === conversation.own && ours !== undefined)
    noteOwn(turn, conversation, neighbour, { ours, head });
  if (ours !== undefined && (ours.stopped === 'forked' || head.stopped === 'forked')) {
    return settleFork(turn, conversation, neighbour, { ours, head });
  }
  if (ours !== undefined && ours.length > 0 && contests(ours, head))
    askContested(turn, conversation, neighbour, head);
  else noteLack(turn, conversation, head, askMs);
}

/** Writes down what a neighbour says. False where nothing is to be done about it: its author is barred. */
function noteSaid(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  head: Head,
): boolean {
  neighbour.claims.get(conversation.id)?.set(head.chain, head);
  noteHeard(conversation, head.chain, head.length);
  const bar = barOnChain(turn.state, conversation, head.chain);
  // What nobody here wants to have is not missing.
  if (bar !== 'blocked') noteSaying(turn.state, conversation, neighbour.peer, head);
  return bar === null;
}

function mayClaim(
  { kind }: Conversation,
  claims: ReadonlyMap<ChainKey, Head>,
  { chain, length }: Head,
): boolean {
  return length <= entriesMaxOf(kind) && (claims.has(chain) || claims.size < chainsMaxOf(kind));
}

/** What nobody needs any more of what we hold for others, and what is too old for a room, is not there for us. */
function neededOf({ state }: Turn, { id, retention }: Conversation, head: Head): Head {
  const { chain } = head;
  const begin = Math.max(heldFrom(state, id, chain), retention.begins.get(chain) ?? 0);
  if (begin === 0) return head;
  return { ...head, floor: Math.min(head.length, Math.max(head.floor, begin)) };
}

interface Pair {
  readonly ours: ChainRecord;
  readonly head: Head;
}

/** More of our own chain than we have: this profile was restored from a copy, so we go on in a new chain. */
function noteOwn(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  { ours, head }: Pair,
): void {
  // A receipt is for all entries from the first on, which a newcomer fetches last.
  // What a holder was told that nobody needs, all members have.
  const spared = neighbour.askedToHold.get(conversation.id)?.get(head.chain) ?? 0;
  const isWhole = head.floor <= Math.max(ours.floor, spared) && !contests(ours, head);
  if (isWhole) noteReceipt(turn, conversation, neighbour.peer, Math.min(head.length, ours.length));
  if (head.length <= ours.length) return;
  // Nobody shall make us begin ever new chains by saying so.
  if (conversation.unprovenRestarts >= LIMITS.unprovenRestartsMax) return;
  conversation.unprovenRestarts += 1;
  setOwnChain(turn, conversation, null);
  conversation.receipts.clear();
  turn.out.push({ kind: 'tell', event: { kind: 'restored', conversation: conversation.id } });
}

/** The same length with another head. */
function contests(ours: Head, theirs: Head): boolean {
  return theirs.length === ours.length && theirs.headId !== ours.headId;
}

/** Asks for the entry that cannot be: with ours it makes a proof. */
function askContested(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  head: Head,
): void {
  const { pull } = conversation;
  for (const open of pull.inFlight.values())
    if (open.chain === head.chain && open.peer === neighbour.peer) return;
  const range = { from: head.length - 1, to: head.length, direction: 'up', frames: 1 } as const;
  const ask: Ask = { peer: neighbour.peer, request: pull.nextRequest, chain: head.chain, ...range };
  pull.nextRequest += 1;
  pull.inFlight.set(ask.request, { ...ask, heardMs: turn.nowMs });
  sendAsk(turn, conversation, neighbour, ask);
}

/** Who has stopped a forked chain sends the proof to who has not; who has not says so, and gets it. */
function settleFork(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  { ours, head }: Pair,
): void {
  const tag = neighbour.tags.get(conversation.id);
  if (tag === undefined || ours.stopped === (head.stopped ?? null)) return;
  if (ours.stopped === 'forked') tellFork(turn, conversation, neighbour, head.chain);
  else send(turn, neighbour.peer, { type: 'heads', tag, prompt: false, heads: [ours] });
}

/** What we did not listen to, since it was too much at once, we ask for when it is over. */
export function compareUnheard(turn: Turn): void {
  for (const neighbour of turn.state.neighbours.values()) {
    if (neighbour.unheardMs === null || neighbour.unheardMs > turn.nowMs) continue;
    neighbour.unheardMs = null;
    for (const conversation of turn.state.conversations.values())
      compareWith(turn, conversation, neighbour);
  }
}
