// Takes the figures of a peer from where each is known.

import type { Network, PeerState } from '@parley/core';
import { isRoom, statusOf } from '@parley/core';
import type { Figures } from './figures.ts';
import type { Loop } from './loop.ts';
import type { Outbox } from './outbox.ts';
import type { SessionList } from './session-list.ts';

export interface FigureSources {
  readonly loop: Loop;
  readonly outbox: Outbox;
  readonly sessions: SessionList;
  readonly network: Network;
  /** Monotonic. */
  readonly nowMs: number;
}

export function figuresOf(sources: FigureSources): Figures {
  const { loop, outbox, sessions, network, nowMs } = sources;
  const { state } = loop;
  const peers = { lan: 0, direct: 0, relayed: 0 };
  let peersUnproved = 0;
  for (const { met, path } of state.neighbours.values()) {
    if (met) peers[path] += 1;
    else peersUnproved += 1;
  }
  const standings = [...state.guard.standings.values()];
  const banned = standings.filter(({ bannedUntilMs }) => bannedUntilMs > nowMs);
  const listed = sessions.all();
  const rooms = listed.filter(({ session }) => session === null).length;
  return {
    peers,
    peersUnproved,
    peersBanned: banned.length,
    authorsQuarantined: state.guard.quarantined.size,
    roomBytes: roomBytesOf(state),
    rooms,
    privateSessions: listed.length - rooms,
    ...entriesOf(state),
    heldForOthers: {
      conversations: state.carried.size,
      bytes: sum(state.carried.values(), ({ bytes }) => bytes),
    },
    inputsWaiting: loop.inputsWaiting,
    linesWaiting: outbox.lineCount,
    counters: { ...loop.counters },
    network: network.report(),
  };
}

/** As far as the quota of a room goes. */
function roomBytesOf({ conversations }: PeerState): number {
  const rooms = [...conversations.values()].filter(({ kind }) => isRoom(kind));
  return sum(rooms, ({ bytesHeld }) => bytesHeld);
}

function entriesOf(state: PeerState): Pick<Figures, 'entriesHeld' | 'entriesMissing'> {
  const all = [...state.conversations.values()];
  return {
    entriesHeld: sum(all, ({ entriesHeld }) => entriesHeld),
    entriesMissing: sum(all, (conversation) => statusOf(state, conversation).missing),
  };
}

function sum<Item>(items: Iterable<Item>, figure: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += figure(item);
  return total;
}
