// How bad the simulated network is, and who cannot reach whom at the moment.

import type { PeerId } from '@parley/core';

/** Drawn once per schedule; probabilities are 0 … 1. */
export interface Weather {
  /** One way, of every frame and dial. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** How often a link ends when a frame is sent, and with it all that is on its way. */
  readonly linkLoss: number;
  /** How often a new entry is sent over a link twice. */
  readonly pushRepeat: number;
  /** Each link is slower than others by up to this much, each way: what is new overtakes itself on other roads. */
  readonly unevenMsMax: number;
  /** A link whose frames get lost, repeated or out of order, as no stream does; 0 is what the port promises. */
  readonly frameFaults: number;
  /** What a link carries each way; without an end where not given. */
  readonly bytesPerSecond?: number;
  /** A queue above this is blocked until it is half empty. */
  readonly queueHighBytes: number;
}

/** Which ways are blocked. */
export class Ways {
  readonly #blocked = new Set<string>();
  /** Peers that do not read. */
  readonly #deaf = new Set<PeerId>();

  block(from: PeerId, to: PeerId): void {
    this.#blocked.add(`${from}>${to}`);
  }

  unblock(from: PeerId, to: PeerId): void {
    this.#blocked.delete(`${from}>${to}`);
  }

  deafen(peer: PeerId): void {
    this.#deaf.add(peer);
  }

  undeafen(peer: PeerId): void {
    this.#deaf.delete(peer);
  }

  clear(): void {
    this.#blocked.clear();
    this.#deaf.clear();
  }

  /** Whether bytes get through and are read. */
  flows(from: PeerId, to: PeerId): boolean {
    if (this.#blocked.size === 0 && this.#deaf.size === 0) return true;
    return !this.#deaf.has(to) && !this.#blocked.has(`${from}>${to}`);
  }

  /** Whether two peers can make a link. */
  connects(one: PeerId, other: PeerId): boolean {
    return !this.#blocked.has(`${one}>${other}`) && !this.#blocked.has(`${other}>${one}`);
  }
}
