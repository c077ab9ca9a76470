// What neighbours send of chains: what we asked for, and what is pushed as it is written (spec/sync.md §4–5).

import type { ChainKey, IdentityKey } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { RunHead, VerifiedRun } from '../log/run.ts';
import { headOfRun } from '../log/run.ts';
import { entryIdOf } from '../log/seal.ts';
import { bytesOf } from '../log/size.ts';
import type { ChainRecord } from '../ports.ts';
import { NO_HEAD_ID } from '../sync/head.ts';
import type { Message } from '../sync/message.ts';
import { noteAnswer } from '../sync/pull.ts';
import { noteChanged, noteShown } from './announce.ts';
import { askForRest, noteNothing } from './asking.ts';
import { accountOf, addDebt } from './author-account.ts';
import { heldFrom } from './held.ts';
import { noteKnown } from './known.ts';
import { noteWritten } from './quarantine.ts';
import type { Acceptance } from './receive.ts';
import { acceptRun } from './receive.ts';
import { spread, UNASKED } from './spread.ts';
import type { Conversation, Neighbour, PeerState } from './state.ts';
import type { Turn } from './step-types.ts';
import { notePush } from './tree.ts';
import { blameAuthor, verified } from './verified.ts';
import { welcomeOf } from './welcome.ts';

type Of<Type extends Message['type']> = Extract<Message, { type: Type }>;

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
