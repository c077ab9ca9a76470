// Which of those we are linked to relay, and answer STUN: every peer that serves does both, at the same port.

import type { IdentifyResult } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { endpoint, peerAddress } from './address.ts';
import type { Link } from './link.ts';
import { RELAY_PROTOCOL } from './relay-server.ts';

export class Relays {
  /** Where each listens, as far as it says. */
  readonly #places = new Map<PeerId, readonly string[]>();

  /** Takes what a linked peer says of itself; true if it relays. */
  note(peer: PeerId, { protocols, listenAddrs }: IdentifyResult): boolean {
    if (!protocols.includes(RELAY_PROTOCOL)) {
      this.#places.delete(peer);
      return false;
    }
    const places = listenAddrs.flatMap((address) => {
      const kind = peerAddress(address)?.kind;
      if (kind !== 'tcp' && kind !== 'ws') return [];
      const { host, port, v6 } = endpoint(address);
      return [v6 ? `[${host}]:${port}` : `${host}:${port}`];
    });
    this.#places.set(peer, [...new Set(places)]);
    return true;
  }

  has(peer: PeerId): boolean {
    return this.#places.has(peer);
  }

  forget(peer: PeerId): void {
    this.#places.delete(peer);
  }

  /** Where to ask how we look from there: the place where this link reaches it, if that is one where it listens. */
  stunOf({ peer, connection }: Link): string | null {
    const places = this.#places.get(peer);
    if (places === undefined) return null;
    const { host, port, v6 } = endpoint(connection.remoteAddr);
    const shown = v6 ? `[${host}]` : host;
    const here = `${shown}:${port}`;
    if (connection.direction === 'outbound') return here;
    return places.find((place) => place.startsWith(`${shown}:`)) ?? null;
  }
}
