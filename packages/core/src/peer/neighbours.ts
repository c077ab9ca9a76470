// Meeting a neighbour: who it is, proved on this very connection, and which rooms we share (spec/sync.md §1).

import type { PeerId } from '../brand.ts';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex } from '../bytes/hex.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';
import { tag } from '../crypto/tagged.ts';
import { makeCertificate, readCertificate } from '../identity/certificate.ts';
import { checkName } from '../identity/name.ts';
import { LIMITS } from '../limits.ts';
import type { NetworkEvent } from '../ports.ts';
import type { Hello } from '../sync/message.ts';
import { forgetHolder } from '../sync/pull.ts';
import { noteDevice } from './bars.ts';
import { clockOffsetMs, noteClock } from './clock.ts';
import { mostDispensable } from './dispensable.ts';
import { leastUseful, oneOfMany } from './eviction.ts';
import { noteLost } from './links.ts';
import { noteMet } from './meet.ts';
import { blame, isBanned } from './misconduct.ts';
import { noteLinksChanged } from './near.ts';
import { lookWhatIsOld } from './prune.ts';
import { randomBytes } from './random.ts';
import { send } from './send.ts';
import { offerRooms } from './share.ts';
import type { Neighbour, NeighbourHello } from './state.ts';
import type { Turn } from './step-types.ts';
import { newTokenBucket } from './token-bucket.ts';
import { noteSourceLost } from './tree.ts';

const HELLO_TAG = tag('hello');

type Connected = Extract<NetworkEvent, { kind: 'connected' }>;
type Moved = Extract<NetworkEvent, { kind: 'path' }>;

export function onConnected(turn: Turn, event: Connected): void {
  const { state, nowMs } = turn;
  const place = isBanned(state.guard, event.peer, nowMs) ? 'none' : makePlace(turn, event.address);
  if (place === 'none') {
    turn.out.push({ kind: 'hangUp', peer: event.peer, refuseMs: 0 });
    return;
  }
  const neighbour = newNeighbour(event, randomBytes(state.random), turn);
  if (place === 'passing') neighbour.passesMs = nowMs + LIMITS.passingMs;
  state.neighbours.set(event.peer, neighbour);
  send(turn, event.peer, helloOf(turn, neighbour.nonce));
}

type Place = 'one' | 'passing' | 'none';

/**
 * A place for one more neighbour, if need be that of one that shares nothing with us, of one of many from one host, or
 * of one that we and it can do without; where there is none a newcomer stays until it was told of others.
 */
function makePlace(turn: Turn, address: string): Place {
  const { neighbours, guard } = turn.state;
  const { neighboursMax } = guard.limits;
  if (neighbours.size < neighboursMax) return 'one';
  const least = leastUseful(turn) ?? oneOfMany(turn.state, address) ?? mostDispensable(turn);
  if (least !== null) {
    letGo(turn, least.peer);
    return 'one';
  }
  const passing = Math.floor(neighboursMax / LIMITS.neighboursPerPassing);
  return neighbours.size < neighboursMax + passing ? 'passing' : 'none';
}

function newNeighbour(event: Connected, nonce: Uint8Array, { nowMs, wallMs }: Turn): Neighbour {
  const { peer, direction, address, path } = event;
  return {
    peer,
    direction,
    address,
    path,
    connectedMs: wallMs,
    linkedMs: nowMs,
    heardMs: nowMs,
    passesMs: null,
    meetByMs: nowMs + LIMITS.helloTimeoutMs,
    nonce,
    hello: null,
    met: false,
    serves: false,
    offered: new Set(),
    askedToHold: new Map(),
    rooms: new Map(),
    tags: new Map(),
    claims: new Map(),
    pruned: new Map(),
    relays: false,
    links: new Set(),
    linksNear: [],
    blocked: false,
    overtakingBytes: 0,
    behind: false,
    unheardMs: null,
    wants: [],
    serving: false,
    talk: newTokenBucket(LIMITS.talkBurst, LIMITS.talkPerSecond, nowMs),
    excess: newTokenBucket(LIMITS.excessBurst, LIMITS.excessPerSecond, nowMs),
    pushed: newTokenBucket(LIMITS.liveReceivedBurst, LIMITS.liveReceivedPerSecond, nowMs),
    told: new Map(),
    introductions: newTokenBucket(LIMITS.introductionsBurst, LIMITS.introductionsPerSecond, nowMs),
    records: newTokenBucket(LIMITS.recordsBurst, LIMITS.recordsPerMinute / 60, nowMs),
    provenForks: new Set(),
    record: null,
    ping: null,
    pingAtMs: nowMs,
    latencyMs: null,
    clockBaseMs: 0,
    live: newTokenBucket(LIMITS.liveReceivedBurst, LIMITS.liveReceivedPerSecond, nowMs),
  };
}

function helloOf({ state, wallMs }: Turn, nonce: Uint8Array): Hello {
  const { suite, self } = state;
  const { identitySeed, device, name, serves } = self;
  const fields = { identitySeed, device, createdMs: wallMs, name };
  self.certificate ??= makeCertificate(suite, fields).bytes;
  const { certificate } = self;
  return { type: 'hello', certificate, name, nonce, clockMs: wallMs, serves };
}

/** What a device signs to show that it is the one that answers on this connection. */
function helloMessage(from: PeerId, to: PeerId, nonce: Uint8Array): Uint8Array {
  return concatBytes(HELLO_TAG, encodeUtf8(`${from}\n${to}\n`), nonce);
}

export function onHello(turn: Turn, neighbour: Neighbour, hello: Hello): void {
  const { state } = turn;
  if (neighbour.hello !== null) return blame(turn, neighbour, 'second hello');
  const certificate = readCertificate(state.suite, hello.certificate);
  if (!certificate.ok) return blame(turn, neighbour, `certificate: ${certificate.reason}`);
  const { identity, device } = certificate.value;
  const name = checkName(hello.name).ok ? hello.name : certificate.value.name;
  noteClock(turn, neighbour, hello.clockMs);
  neighbour.hello = { identity, device, name, nonce: hello.nonce };
  neighbour.serves = hello.serves;
  const message = helloMessage(state.self.peer, neighbour.peer, hello.nonce);
  send(turn, neighbour.peer, {
    type: 'prove',
    signature: state.suite.sign(state.self.deviceSeed, message),
  });
  offerRooms(turn, neighbour, [...state.conversations.keys()]);
}

export function onProve(turn: Turn, neighbour: Neighbour, signature: Uint8Array): void {
  const { state } = turn;
  const { hello } = neighbour;
  if (hello === null || neighbour.met) return blame(turn, neighbour, 'proof out of turn');
  const message = helloMessage(neighbour.peer, state.self.peer, neighbour.nonce);
  if (!state.suite.verify(fromHex(hello.device), message, signature))
    return blame(turn, neighbour, 'wrong proof');
  neighbour.met = true;
  noteDevice(state, hello.device, hello.identity);
  noteMet(state);
  state.errands.holdsDue = true;
  lookWhatIsOld(turn);
  noteSeen(turn, hello);
  tellNeighbour(turn, neighbour, hello, 'connected');
  const offsetMs = clockOffsetMs(turn, neighbour);
  if (Math.abs(offsetMs) > LIMITS.clockSkewNoticeMs) {
    const event = {
      kind: 'clockDiffers',
      name: hello.name,
      offsetMs,
    } as const;
    turn.out.push({ kind: 'tell', event });
  }
}

/** Of too many the one that was seen longest ago is forgotten. */
function noteSeen({ state, wallMs }: Turn, { identity, name }: NeighbourHello): void {
  const { acquaintances } = state;
  acquaintances.delete(identity);
  acquaintances.set(identity, { name, seenMs: wallMs });
  const [oldest] = acquaintances.keys();
  if (acquaintances.size > LIMITS.rememberedPeersMax && oldest !== undefined)
    acquaintances.delete(oldest);
}

function tellNeighbour(
  turn: Turn,
  neighbour: Neighbour,
  hello: NeighbourHello,
  event: 'connected' | 'moved' | 'disconnected',
): void {
  const { peer, address, path } = neighbour;
  const { identity, name } = hello;
  turn.out.push({
    kind: 'tell',
    event: { kind: 'neighbour', event, peer, identity, name, address, path },
  });
}

/** The link goes another way now: people want to know when nobody relays what they say any more. */
export function onPath(turn: Turn, { peer, address, path }: Moved): void {
  const neighbour = turn.state.neighbours.get(peer);
  if (neighbour === undefined) return;
  const isNews = neighbour.path !== path;
  neighbour.address = address;
  neighbour.path = path;
  if (isNews && neighbour.met && neighbour.hello !== null)
    tellNeighbour(turn, neighbour, neighbour.hello, 'moved');
}

/** Ends a link for good reason of ours, none of theirs. */
export function letGo(turn: Turn, peer: PeerId): void {
  turn.out.push({ kind: 'hangUp', peer, refuseMs: LIMITS.evictedRefusedMs });
  onDisconnected(turn, peer);
}

export function onDisconnected(turn: Turn, peer: PeerId): void {
  const { state } = turn;
  const neighbour = state.neighbours.get(peer);
  if (neighbour === undefined) return;
  state.neighbours.delete(peer);
  state.errands.holdsDue = true;
  noteMet(state);
  for (const conversation of state.conversations.values()) {
    forgetHolder(conversation.pull, peer);
    noteSourceLost(turn, conversation, peer);
    noteLinksChanged(turn, conversation);
    turn.out.push({ kind: 'tell', event: { kind: 'status', conversation: conversation.id } });
  }
  const lastedMs = turn.nowMs - neighbour.linkedMs;
  const hasEnough = state.neighbours.size >= LIMITS.neighboursMeshMax;
  noteLost(state.links, { peer, lastedMs, hasEnough }, state.random, turn.nowMs);
  if (neighbour.met && neighbour.hello !== null) {
    noteSeen(turn, neighbour.hello);
    tellNeighbour(turn, neighbour, neighbour.hello, 'disconnected');
  }
}
