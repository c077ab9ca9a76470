// What a peer has done since its start, counted where it is done.

import type { PeerEvent } from '@parley/core';

/** Since the start; what is counted once is never taken back. */
export interface Counters {
  framesReceived: number;
  frameBytesReceived: number;
  framesSent: number;
  frameBytesSent: number;
  /** Entries that were stored, ours included. */
  entriesStored: number;
  /** Frames that broke the rules, and peers that were not talked to for a while because of them. */
  badFrames: number;
  bans: number;
  /** Connections that did not speak parley. */
  strangers: number;
  dialsFailed: number;
}

export function newCounters(): Counters {
  return {
    framesReceived: 0,
    frameBytesReceived: 0,
    framesSent: 0,
    frameBytesSent: 0,
    entriesStored: 0,
    badFrames: 0,
    bans: 0,
    strangers: 0,
    dialsFailed: 0,
  };
}

/** Counts what people are told of. */
export function count(event: PeerEvent, counters: Counters): void {
  if (event.kind === 'badFrame') counters.badFrames += 1;
  if (event.kind === 'banned') counters.bans += 1;
  if (event.kind === 'dialFailed') counters.dialsFailed += 1;
  if (event.kind === 'strangers') counters.strangers += event.count;
}
