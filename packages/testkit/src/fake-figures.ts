// The figures of a peer that has done nothing yet.

import { newCounters } from '@parley/client';
import type { Figures } from '@parley/client';
import { emptyNetworkReport } from '@parley/core';

export const noFigures: Figures = {
  peers: { lan: 0, direct: 0, relayed: 0 },
  peersUnproved: 0,
  peersBanned: 0,
  authorsQuarantined: 0,
  roomBytes: 0,
  rooms: 1,
  privateSessions: 0,
  entriesHeld: 0,
  entriesMissing: 0,
  heldForOthers: { conversations: 0, bytes: 0 },
  inputsWaiting: 0,
  linesWaiting: 0,
  counters: newCounters(),
  network: emptyNetworkReport(),
};
