// The whole peer as one function: an input and the time go in, what is to be done comes out, in order.

import type { PeerId } from '../brand.ts';
import { LIMITS } from '../limits.ts';
import type { NetworkEvent } from '../ports.ts';
import type { Message, RoomMessage } from '../sync/message.ts';
import { decodeMessage } from '../sync/message.ts';
import { pullWakeMs } from '../sync/pull.ts';
import { liftQuarantines } from './amnesty.ts';
import { announceDue } from './announce.ts';
import { isRuling, onRuling } from './blocked.ts';
import { noteClock } from './clock.ts';
import { onPeers, onRecord } from './exchange.ts';
import { onProof } from './forks.ts';
import { addTarget, dropTarget, dueTargets, noteFailure, noteReached, retryAll } from './links.ts';
import { onImport } from './import.ts';
import { keepAlive, nextKeepAliveMs, onPong } from './liveness.ts';
import { meetDue, missing, onDiscovered } from './meet.ts';
import { blame, isBanned } from './misconduct.ts';
import { askHolders, dropHeld, onHold } from './hold.ts';
import { lookAround, nextLinksMs, onLinks, tellLinksDue } from './near.ts';
import { onConnected, onDisconnected, onHello, onPath, onProve } from './neighbours.ts';
import { onFork, onOrder, sayIn } from './private/fork.ts';
import { noteTime, onWorked, workWakeMs, worksDue } from './private/works.ts';
import { nextQuarantineMs } from './quarantine.ts';
import { randomFraction } from './random.ts';
import { unpark } from './park.ts';
import { leaveRoom, lobbyWrites, onJoin } from './rooms.ts';
import { onOld, pruneDue, pruneWakeMs } from './prune.ts';
import { say } from './say.ts';
import { send } from './send.ts';
import { noteSettings } from './settings.ts';
import { onGone, onRooms } from './share.ts';
import { onBranch } from './spread.ts';
import { onServed, onWant, serveNext } from './serve.ts';
import type { Conversation, Neighbour, PeerState } from './state.ts';
import type { Input, Now, Output, Turn } from './step-types.ts';
import { nextThinMs, thinOut } from './thin.ts';
import { takeTokens } from './token-bucket.ts';
import { askDue } from './asking.ts';
import { compareUnheard, compareWith, onHeads, onRanges } from './compare.ts';
import { onRun } from './runs.ts';

/** How often parked entries are looked at: clocks may be set meanwhile. */
const PARKED_LOOK_MS = 1_000;

/** Changes `state`, and returns what the world is to do, in this order. */
export function step(state: PeerState, input: Input, now: Now): readonly Output[] {
  const waitedMs = input.kind === 'network' ? (input.waitedMs ?? 0) : 0;
  const turn: Turn = { state, nowMs: now.monotonicMs, wallMs: now.wallMs, waitedMs, out: [] };
  take(turn, input);
  due(turn);
  return turn.out;
}

/** What a peer does first of all: it remembers where it starts. */
export function firstOutputs(state: PeerState): readonly Output[] {
  const writes = lobbyWrites(state);
  return writes.length === 0 ? [] : [{ kind: 'commit', writes, arrived: [] }];
}

/** When the next `tick` is due at the latest, in monotonic time. */
export function nextWakeMs(state: PeerState, now: Now): number {
  const workMs = workWakeMs(state, now.monotonicMs);
  const liftMs = Math.min(nextQuarantineMs(state), nextLinksMs(state));
  const linksMs = Math.min(state.links.wakeMs, nextThinMs(state));
  let wake = Math.min(state.antiEntropyMs, linksMs, workMs, liftMs);
  for (const conversation of state.conversations.values()) {
    wake = Math.min(
      wake,
      conversation.announceMs ?? Infinity,
      conversation.unhurriedMs ?? Infinity,
      pruneWakeMs(conversation),
      pullWakeMs(conversation.pull, now.monotonicMs) ?? Infinity,
    );
    const parkedMs = conversation.nextParkedMs;
    if (parkedMs !== null) wake = Math.min(wake, now.monotonicMs + PARKED_LOOK_MS);
  }
  for (const neighbour of state.neighbours.values())
    wake = Math.min(wake, nextKeepAliveMs(neighbour), neighbour.unheardMs ?? Infinity);
  return wake;
}

function take(turn: Turn, input: Input): void {
  const { state } = turn;
  switch (input.kind) {
    case 'network':
      return takeEvent(turn, input.event);
    case 'say':
      return onSay(turn, input);
    case 'rename':
      return onRename(turn, input.name);
    case 'connect':
      addTarget(state.links, input.target, 'typed', turn.nowMs);
      return;
    case 'resync':
      return within(state, input.conversation, (conversation) => {
        for (const neighbour of state.neighbours.values())
          compareWith(turn, conversation, neighbour);
      });
    case 'blocked':
      return setBlocked(turn, input.peer, true);
    case 'served':
      return onServed(turn, input.peer, input.reached);
    case 'compared':
    case 'old':
    case 'unparked':
      return takeFromStore(turn, input);
    case 'tick':
      return;
    default:
      return takeByHand(turn, input);
  }
}

/** A name is said like a line, so that those who are away learn it too: in the lobby, and wherever we spoke. */
function onRename(turn: Turn, name: string): void {
  const { self } = turn.state;
  self.name = name;
  self.certificate = null;
  for (const conversation of turn.state.conversations.values()) {
    const { kind, own } = conversation;
    if (kind === 'lobby' || (kind === 'room' && own !== null))
      say(turn, conversation, [{ type: 'nick', name }]);
  }
}

function onSay(turn: Turn, { conversation: id, lines }: Extract<Input, { kind: 'say' }>): void {
  const { state } = turn;
  const session = state.sessions.get(id);
  if (session !== undefined) return sayIn(turn, session, lines);
  within(state, id, (conversation) => say(turn, conversation, lines));
}

/** What the store was asked for. */
function takeFromStore(
  turn: Turn,
  input: Extract<Input, { kind: 'compared' | 'old' | 'unparked' }>,
): void {
  within(turn.state, input.conversation, (conversation) => {
    if (input.kind === 'old') return onOld(turn, conversation, input.found);
    if (input.kind === 'unparked') {
      conversation.top = input.top;
      conversation.nextParkedMs = input.nextParkedMs;
      noteSettings(turn, conversation, input.arrived);
    } else if (input.proof !== null) onProof(turn, conversation, null, input.proof);
  });
}

function takeByHand(turn: Turn, input: InSession | Ruling | Import | Limit): void {
  const { guard } = turn.state;
  if (input.kind === 'limit') guard.limits = { ...guard.limits, ...input.limits };
  else if (input.kind === 'import')
    within(turn.state, input.conversation, (conversation) =>
      onImport(turn, conversation, input.run),
    );
  else if (isRuling(input)) onRuling(turn, input);
  else takeInSession(turn, input);
}

type Import = Extract<Input, { kind: 'import' }>;
type Limit = Extract<Input, { kind: 'limit' }>;

type Ruling = Extract<Input, { kind: 'block' | 'unblock' | 'trust' }>;
type InSession = Extract<
  Input,
  { kind: 'fork' | 'invite' | 'join' | 'remove' | 'leave' | 'worked' }
>;

/** What is about private sessions, and about rooms other than what is said there. */
function takeInSession(turn: Turn, input: InSession): void {
  const { sessions, conversations } = turn.state;
  if (input.kind === 'join') return onJoin(turn, input.room);
  if (input.kind === 'fork') return onFork(turn, input.secret, input.people);
  if (input.kind === 'worked') return onWorked(turn, input.work, input.result);
  const session = sessions.get(input.conversation);
  const conversation = conversations.get(input.conversation);
  if (conversation === undefined) return;
  if (session === undefined)
    return input.kind === 'leave' ? leaveRoom(turn, conversation) : undefined;
  return onOrder(turn, { session, conversation }, input);
}

function within(
  state: PeerState,
  id: Conversation['id'],
  act: (conversation: Conversation) => void,
): void {
  const conversation = state.conversations.get(id);
  if (conversation !== undefined) act(conversation);
}

function takeEvent(turn: Turn, event: NetworkEvent): void {
  switch (event.kind) {
    case 'connected':
      return onConnected(turn, event);
    case 'disconnected':
      return onDisconnected(turn, event.peer);
    case 'path':
      return onPath(turn, event);
    case 'record':
      return onRecord(turn, event);
    case 'frame':
      return onFrame(turn, event.peer, event.bytes);
    case 'drained':
      return setBlocked(turn, event.peer, false);
    default:
      return takeSurroundings(turn, event);
  }
}

type Surroundings = Extract<
  NetworkEvent,
  { kind: 'strangers' | 'listening' | 'networkChanged' | DialEvent['kind'] }
>;

/** What is not of a neighbour. */
function takeSurroundings(turn: Turn, event: Surroundings): void {
  const { state, nowMs } = turn;
  switch (event.kind) {
    case 'strangers':
      turn.out.push({ kind: 'tell', event: { kind: 'strangers', count: event.count } });
      return;
    case 'listening':
      state.listening = event.addresses;
      turn.out.push({ kind: 'tell', event: { kind: 'listening' } });
      return;
    case 'networkChanged':
      return retryAll(state.links, state.random, nowMs);
    default:
      return takeDialEvent(turn, event);
  }
}

type DialEvent = Extract<NetworkEvent, { kind: 'discovered' | 'dialled' | 'dialFailed' }>;

function takeDialEvent(turn: Turn, event: DialEvent): void {
  const { state, nowMs } = turn;
  const { target } = event;
  if (event.kind === 'discovered') return onDiscovered(turn, target, event.key);
  if (event.kind === 'dialled') {
    const beganMs = noteReached(state.links, target, event.peer);
    const linkedMs = state.neighbours.get(event.peer)?.linkedMs;
    if (beganMs !== null && linkedMs !== undefined && linkedMs < beganMs) {
      turn.out.push({
        kind: 'tell',
        event: { kind: 'alreadyConnected', target, peer: event.peer },
      });
    }
    return;
  }
  if (event.failure === 'self') dropTarget(state.links, target);
  const failures = noteFailure(state.links, event, state.random, nowMs);
  const { failure, text } = event;
  turn.out.push({ kind: 'tell', event: { kind: 'dialFailed', target, failure, text, failures } });
}

function setBlocked(turn: Turn, peer: PeerId, blocked: boolean): void {
  const neighbour = turn.state.neighbours.get(peer);
  if (neighbour === undefined) return;
  neighbour.blocked = blocked;
  if (blocked) return;
  neighbour.overtakingBytes = 0;
  serveNext(turn, neighbour);
  if (!neighbour.behind) return;
  neighbour.behind = false;
  for (const conversation of turn.state.conversations.values())
    compareWith(turn, conversation, neighbour);
}

function onFrame(turn: Turn, peer: PeerId, bytes: Uint8Array): void {
  const neighbour = turn.state.neighbours.get(peer);
  if (neighbour === undefined) return;
  neighbour.heardMs = turn.nowMs;
  const message = decodeMessage(bytes);
  if (message.ok && message.value.type !== 'run' && !takeTokens(neighbour.talk, 1, turn.nowMs))
    return blame(turn, neighbour, 'too many frames');
  if (message.ok) takeMessage(turn, neighbour, message.value);
  else if (message.reason !== 'unknown-type') blame(turn, neighbour, `frame: ${message.reason}`);
}

function takeMessage(turn: Turn, neighbour: Neighbour, message: Message): void {
  // What comes before its hello was meant for the link before this one.
  if (neighbour.hello === null && message.type !== 'hello') return;
  switch (message.type) {
    case 'hello':
      return onHello(turn, neighbour, message);
    case 'prove':
      return onProve(turn, neighbour, message.signature);
    case 'rooms':
      return onRooms(turn, neighbour, message.tags);
    case 'ping':
      noteClock(turn, neighbour, message.clockMs);
      return send(turn, neighbour.peer, { type: 'pong', number: message.number });
    case 'pong':
      return onPong(turn, neighbour, message.number);
    case 'peers':
      return neighbour.met
        ? onPeers(turn, neighbour, message.peers)
        : blame(turn, neighbour, 'peers before proof');
    case 'hold':
      return onHold(turn, neighbour, message);
    case 'gone':
      return onGone(turn, neighbour, message.tag);
    default:
      return takeRoomMessage(turn, neighbour, message);
  }
}

/** Messages about a conversation: only from a peer that proved it knows it. */
function takeRoomMessage(
  turn: Turn,
  neighbour: Neighbour,
  message: Exclude<RoomMessage, { type: 'gone' }>,
): void {
  const id = neighbour.rooms.get(message.tag);
  const conversation = id === undefined ? undefined : turn.state.conversations.get(id);
  if (id === undefined) {
    // Of a room that it is in, it may think that we still are: we left it, and that is on its way.
    if (neighbour.offered.has(message.tag)) return;
    return blame(turn, neighbour, `${message.type} of no room we share`);
  }
  // We dropped it, and told it so, but that is on its way still.
  if (conversation === undefined) return;
  switch (message.type) {
    case 'ranges':
      return onRanges(turn, conversation, neighbour, message);
    case 'heads':
      return onHeads(turn, conversation, neighbour, message);
    case 'want':
      return onWant(turn, neighbour, message);
    case 'run':
      return onRun(turn, conversation, neighbour, message);
    case 'proof':
      return onProof(turn, conversation, neighbour, message.proof);
    case 'links':
      return onLinks(turn, conversation, neighbour, message.peers);
    case 'branch':
      return onBranch(turn, conversation, neighbour, message);
  }
}

/** What is due at this time, whatever came in. */
function due(turn: Turn): void {
  const { state, nowMs } = turn;
  noteTime(turn);
  worksDue(turn);
  lookAround(turn);
  askHolders(turn);
  tellLinksDue(turn);
  liftQuarantines(turn);
  meetDue(turn);
  for (const conversation of state.conversations.values()) {
    unpark(turn, conversation);
    pruneDue(turn, conversation);
    announceDue(turn, conversation);
    askDue(turn, conversation);
  }
  compareUnheard(turn);
  keepAlive(turn);
  antiEntropy(turn);
  thinOut(turn);
  const isMissed = missing(state);
  const mesh = {
    self: state.self.peer,
    isLinked: (peer: PeerId): boolean => state.neighbours.has(peer),
    isBanned: (peer: PeerId): boolean => isBanned(state.guard, peer, nowMs),
    linkCount: state.neighbours.size,
    isWanted: (peer: PeerId): boolean => state.errands.wanted.has(peer) || isMissed(peer),
  };
  for (const { dial } of dueTargets(state.links, mesh, nowMs))
    turn.out.push({ kind: 'dial', target: dial });
}

/** Once a minute heads are compared with one neighbour, whether or not anything seems to be missing. */
function antiEntropy(turn: Turn): void {
  const { state, nowMs } = turn;
  if (nowMs < state.antiEntropyMs) return;
  state.antiEntropyMs = nowMs + LIMITS.antiEntropyIntervalMs;
  dropHeld(turn);
  state.errands.holdsDue = true;
  state.meet.isDue = true;
  const neighbours = [...state.neighbours.values()].filter(
    (neighbour) => neighbour.met && !neighbour.blocked,
  );
  const chosen = neighbours[Math.floor(randomFraction(state.random) * neighbours.length)];
  if (chosen === undefined) return;
  for (const conversation of state.conversations.values()) compareWith(turn, conversation, chosen);
}
