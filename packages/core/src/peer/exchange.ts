// Neighbours tell each other who is in the rooms they share, so that a chain of peers becomes a mesh (spec/sync.md §6).

import { LIMITS } from '../limits.ts';
import type { NetworkEvent } from '../ports.ts';
import type { Introduction } from '../sync/message.ts';
import { addTarget, politeMs } from './links.ts';
import { shuffled } from './random.ts';
import { send } from './send.ts';
import type { Neighbour } from './state.ts';
import type { Turn } from './step-types.ts';
import { takeTokens } from './token-bucket.ts';

type RecordEvent = Extract<NetworkEvent, { kind: 'record' }>;

/** A neighbour's addresses became known: it is remembered, and the others hear of it. */
export function onRecord(turn: Turn, event: RecordEvent): void {
  const neighbour = turn.state.neighbours.get(event.peer);
  if (neighbour === undefined || event.record.length > LIMITS.peerRecordBytesMax) return;
  neighbour.record = { bytes: event.record, addresses: event.addresses };
  // Whoever has new addresses all the time shall not make us talk to everyone all the time.
  if (neighbour.met && takeTokens(neighbour.records, 1, turn.nowMs)) introduce(turn, neighbour);
}

/** Introduces one neighbour to others that share a room with it, and them to it. */
export function introduce(turn: Turn, neighbour: Neighbour): void {
  remember(turn, neighbour);
  const toNewcomer: Introduction[] = [];
  for (const other of someInItsRooms(turn, neighbour)) {
    const introduction = introductionOf(other);
    if (introduction !== null && toNewcomer.length < LIMITS.peersPerFrameMax)
      toNewcomer.push(introduction);
    const newcomer = introductionOf(neighbour);
    if (newcomer !== null) send(turn, other.peer, { type: 'peers', peers: [newcomer] });
  }
  if (toNewcomer.length > 0) send(turn, neighbour.peer, { type: 'peers', peers: toNewcomer });
}

function remember(turn: Turn, neighbour: Neighbour): void {
  const { peer, record } = neighbour;
  if (record === null || record.addresses.length === 0 || !neighbour.met) return;
  const { addresses } = record;
  const write = { kind: 'peer', peer: { peer, addresses, lastSeenMs: turn.wallMs } } as const;
  turn.out.push({ kind: 'commit', writes: [write], arrived: [] });
  addTarget(turn.state.links, { peer, addresses, record: record.bytes }, 'remembered', turn.nowMs);
}

function introductionOf(neighbour: Neighbour): Introduction | null {
  return neighbour.record === null
    ? null
    : { peer: neighbour.peer, record: neighbour.record.bytes };
}

/** Of each conversation that we share with it a few who are there, drawn by chance: all of a small one. */
function someInItsRooms({ state }: Turn, neighbour: Neighbour): ReadonlySet<Neighbour> {
  const some = new Set<Neighbour>();
  const all = [...state.neighbours.values()].filter((each) => each !== neighbour);
  const others = all.length > LIMITS.introducedPerRoomMax ? shuffled(all, state.random) : all;
  for (const id of neighbour.tags.keys()) {
    const there = others.filter(({ tags }) => tags.has(id));
    for (const each of there.slice(0, LIMITS.introducedPerRoomMax)) some.add(each);
  }
  return some;
}

/**
 * Someone tells of others; the network checks that each record is signed by its owner before it dials. More than one may
 * tell of are passed over.
 */
export function onPeers(turn: Turn, neighbour: Neighbour, peers: readonly Introduction[]): void {
  const { state, nowMs } = turn;
  for (const { peer, record } of peers) {
    if (!takeTokens(neighbour.introductions, 1, nowMs)) return;
    if (peer === state.self.peer || state.neighbours.has(peer)) continue;
    const dial = { peer, addresses: [], record };
    addTarget(state.links, dial, 'introduced', politeMs(state.self.peer, peer, nowMs));
  }
}
