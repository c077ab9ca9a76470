// How bad the simulated network is, and who cannot reach whom at the moment.

import type { PeerId } from '@parley/core';

/** Drawn once per schedule; probabilities are 0 … 1. */
export interface Weather {
  /** One way, of every frame, dial and gossip message. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  readonly gossipLoss: number;
  readonly gossipRepeat: number;
  /** Gossip is held back by up to this much more, which also changes its order. */
  readonly gossipHeldMsMax: number;
  /** A link whose frames get lost, repeated or out of order, as no stream does; 0 is what the port promises. */
  readonly frameFaults: number;
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
    return !this.#deaf.has(to) && !this.#blocked.has(`${from}>${to}`);
  }

  /** Whether two peers can make a link. */
  connects(one: PeerId, other: PeerId): boolean {
    return !this.#blocked.has(`${one}>${other}`) && !this.#blocked.has(`${other}>${one}`);
  }
}
