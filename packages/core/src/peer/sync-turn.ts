// The talk about who holds what, and the asking for it, between us and one neighbour (spec/sync.md §3–5).

import type { ChainKey, IdentityKey, PeerId } from '../brand.ts';
import type { RunHead, VerifiedRun } from '../log/run.ts';
import { headOfRun } from '../log/run.ts';
import { entryIdOf } from '../log/seal.ts';
import { bytesOf } from '../log/size.ts';
import { LIMITS } from '../limits.ts';
import type { ChainRecord } from '../ports.ts';
import type { Head } from '../sync/head.ts';
import { NO_HEAD_ID } from '../sync/head.ts';
import type { Message, Want } from '../sync/message.ts';
import type { Weight } from '../sync/lacking.ts';
import type { Ask, Held, Holder } from '../sync/pull.ts';
import { expireAsks, noteAnswer, noteClaim, planAsks } from '../sync/pull.ts';
import { openingRanges, reconcile } from '../sync/reconcile.ts';
import { noteChanged, noteReceipt, noteShown } from './announce.ts';
import { accountOf, addDebt, weightOf } from './author-account.ts';
import { barOnChain, offeredTable } from './bars.ts';
import { chainsMaxOf, entriesMaxOf } from './conversation.ts';
import { tellFork } from './fork-news.ts';
import { heldFrom } from './held.ts';
import { forgetSaying, noteKnown, noteSaying } from './known.ts';
import { setOwnChain } from './own-chain.ts';
import { noteHeard, noteWritten } from './quarantine.ts';
import { heldToAsk } from './retention.ts';
import type { Acceptance } from './receive.ts';
import { acceptRun } from './receive.ts';
import { send } from './send.ts';
import { spread, UNASKED } from './spread.ts';
import type { Conversation, Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';
import { welcomeOf } from './welcome.ts';
import { noteAsked, notePush } from './tree.ts';
import { blameAuthor, verified } from './verified.ts';

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

/** It may have what we lack. */
function noteLack(turn: Turn, conversation: Conversation, theirs: Head, atMs: number): void {
  const { chain } = theirs;
  const weight = weightOf(turn, conversation, chain);
  const ours = heldToAsk(turn.state, conversation, chain);
  noteClaim(conversation.pull, ours, { theirs, weight, atMs });
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

/** Sends the questions that are due. */
export function askDue(turn: Turn, conversation: Conversation): void {
  const { pull } = conversation;
  for (const ask of expireAsks(pull, turn.nowMs)) noteClaimsOf(turn, conversation, ask);
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
  for (const ask of planAsks(pull, ours, holders, turn.nowMs)) {
    const neighbour = turn.state.neighbours.get(ask.peer);
    if (neighbour === undefined) continue;
    noteAsked(turn, conversation, ask);
    sendAsk(turn, conversation, neighbour, ask);
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

function sendAsk(turn: Turn, conversation: Conversation, neighbour: Neighbour, ask: Ask): void {
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

/** It was asked and had nothing new: what it was taken to have is not there. */
function noteNothing(turn: Turn, conversation: Conversation, ask: Ask): void {
  noteClaimsOf(turn, conversation, ask);
  forgetSaying(turn.state, conversation, ask.peer, ask.chain);
  turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: conversation.id } });
}

export function onRun(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  message: Of<'run'>,
): void {
  if (message.request === UNASKED) return onPushed(turn, conversation, neighbour, message.run);
  const ask = noteAnswer(conversation.pull, neighbour.peer, message, turn.nowMs);
  if (ask === null) return;
  if (message.run.length === 0) return noteNothing(turn, conversation, ask);
  const acceptance = takeRun(turn, conversation, neighbour, {
    bytes: message.run,
    isAsked: true,
  });
  if (acceptance === 'barred') return;
  if (acceptance !== 'new') noteNothing(turn, conversation, ask);
  askForRest(turn, conversation, ask.chain);
}

/** A new entry that nobody asked for. */
function onPushed(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  bytes: Uint8Array,
): void {
  const head = headOfRun(bytes);
  const welcome = welcomeOf(turn, conversation, neighbour, { bytes, head });
  if (welcome === 'never') return;
  const repeated = head === null ? null : repeatedOf(turn, conversation, head);
  if (welcome === 'now' && repeated !== null)
    return noteRepeated(turn, conversation, neighbour, repeated);
  const isHeard =
    welcome === 'now' &&
    takeRun(turn, conversation, neighbour, { bytes, isAsked: false }) !== 'barred';
  if (!isHeard) neighbour.unheardMs ??= turn.nowMs + LIMITS.announceSlowMs;
}

/** The chain whose newest entry this is, by its hash: who has it already need not verify it again. */
function repeatedOf(
  { state }: Turn,
  { table }: Conversation,
  { first, count }: RunHead,
): ChainRecord | null {
  const record = table.get(first.chain);
  if (record === undefined || count !== 1 || first.seq !== record.length - 1) return null;
  return entryIdOf(state.suite, first.bytes) === record.headId ? record : null;
}

function noteRepeated(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  { chain, length, identity }: ChainRecord,
): void {
  noteShown(conversation, neighbour, chain, length);
  noteWay(turn, conversation, neighbour, { chain, identity, isNew: false });
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

/** A run as it came. */
interface Received {
  readonly bytes: Uint8Array;
  readonly isAsked: boolean;
}

/** Finds the place of a run. */
function takeRun(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  { bytes, isAsked }: Received,
): Acceptance {
  const run = verified(turn, conversation, neighbour, bytes);
  if (run === null) return 'refused';
  const acceptance = acceptRun(turn, conversation, run, isAsked);
  if (acceptance === 'refused') blameAuthor(turn, neighbour, run, 'time runs backwards');
  if (acceptance === 'barred') noteBarred(turn, conversation, run);
  if (acceptance === 'gap') claimGap(turn.state, conversation, neighbour, run);
  if (acceptance === 'new' || acceptance === 'known') {
    const isNew = acceptance === 'new';
    notePlaced(turn, conversation, neighbour, { run, bytes, isNew, isAsked });
  }
  if (acceptance === 'gap' || acceptance === 'new') askForRest(turn, conversation, run.chain);
  return acceptance;
}

/** Not to be asked for again soon: it cost us as much as what is kept. */
function noteBarred(turn: Turn, conversation: Conversation, run: VerifiedRun): void {
  conversation.pull.lacking.delete(run.chain);
  const account = accountOf(turn.state.guard, run.certificate.identity, turn.nowMs);
  addDebt(account, bytesOf(run.entries), turn.nowMs);
}

interface Placed {
  readonly run: VerifiedRun;
  readonly bytes: Uint8Array;
  readonly isNew: boolean;
  readonly isAsked: boolean;
}

/** It has its place: its author's account grows, and the others hear of it. */
function notePlaced(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  placed: Placed,
): void {
  const { run, isNew, isAsked } = placed;
  noteShown(conversation, neighbour, run.chain, run.to);
  if (!isAsked) passOn(turn, conversation, neighbour, placed);
  if (!isNew) return;
  const { identity } = run.certificate;
  noteWritten(turn, conversation, { identity, entries: run.entries, isPushed: !isAsked });
  const change = { from: neighbour.peer, isSpread: !isAsked };
  noteChanged(turn, conversation, run.chain, change);
}

/** What was pushed and has its place goes on to the others, and tells by which link its chain comes best. */
function passOn(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  pushed: Omit<Placed, 'isAsked'>,
): void {
  const { run, bytes, isNew } = pushed;
  const { chain, to: length, certificate } = run;
  const { identity } = certificate;
  noteWay(turn, conversation, neighbour, { chain, identity, isNew });
  if (!isNew) return;
  turn.state.newsMs = turn.nowMs;
  spread(turn, conversation, { chain, length, bytes, from: neighbour.peer });
}

interface Brought {
  readonly chain: ChainKey;
  /** Of its author. */
  readonly identity: IdentityKey;
  readonly isNew: boolean;
}

/** By which neighbour a chain comes, and who is a way to others at all. */
function noteWay(
  turn: Turn,
  conversation: Conversation,
  neighbour: Neighbour,
  { chain, identity, isNew }: Brought,
): void {
  const isAuthor = identity === neighbour.hello?.identity;
  if (!isAuthor && identity !== turn.state.self.identity) neighbour.relays = true;
  notePush(turn, conversation, neighbour, { chain, isNew, isAuthor });
}

/** Who sent an entry that does not touch ours is taken to have what lies between. */
function claimGap(
  state: PeerState,
  conversation: Conversation,
  neighbour: Neighbour,
  run: VerifiedRun,
): void {
  const claims = neighbour.claims.get(conversation.id);
  const known = claims?.get(run.chain);
  if (claims === undefined || (known !== undefined && known.length >= run.to)) return;
  noteKnown(conversation, neighbour.peer, run.chain, run.to);
  claims.set(run.chain, {
    chain: run.chain,
    floor: known?.floor ?? heldFrom(state, conversation.id, run.chain),
    length: run.to,
    headId: NO_HEAD_ID,
  });
}

/** As long as someone claims more of the chain than we have, it stays on the list. */
function askForRest(turn: Turn, conversation: Conversation, chain: ChainKey): void {
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
