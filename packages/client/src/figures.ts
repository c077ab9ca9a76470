// How a peer stands and what it has done, in numbers: for whoever watches over one that stays up.

import type { NetworkPath, NetworkReport } from '@parley/core';
import type { Counters } from './counters.ts';

export interface Figures {
  /** Neighbours that proved who they are. */
  readonly peers: Readonly<Record<NetworkPath, number>>;
  /** Connected, and not proved yet. */
  readonly peersUnproved: number;
  readonly peersBanned: number;
  /** Authors who wrote too much too soon, of whom nothing is taken for a while. */
  readonly authorsQuarantined: number;
  /** Of what is kept of rooms, the lobby among them. */
  readonly roomBytes: number;
  /** Listed: the lobby counts as a room. */
  readonly rooms: number;
  readonly privateSessions: number;
  /** Of all conversations, those held for others included. */
  readonly entriesHeld: number;
  readonly entriesMissing: number;
  readonly heldForOthers: { readonly conversations: number; readonly bytes: number };
  /** Inputs and lines that wait for their turn. */
  readonly inputsWaiting: number;
  readonly linesWaiting: number;
  readonly counters: Readonly<Counters>;
  readonly network: NetworkReport;
}
