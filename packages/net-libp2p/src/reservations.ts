// Being reachable over others: who seems to be behind a router asks linked peers that relay to be reached through them.

import { peerIdFromString } from '@libp2p/peer-id';
import type { PeerId as Libp2pPeerId } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId, RelayReport } from '@parley/core';
import { endpoint, isPublicIp4, pathOf, peerAddress } from './address.ts';
import type { NetworkLimits } from './limits.ts';
import type { Links } from './links.ts';
import type { Log } from './log.ts';
import type { Node } from './node.ts';
import type { Relays } from './relays.ts';

interface Reserved {
  readonly relay: Libp2pPeerId;
  readonly details: {
    readonly reservation: { readonly addrs: Uint8Array[]; readonly expire: bigint };
  };
}

/** libp2p's book of reservations, which renews them by itself. */
interface Book extends EventTarget {
  addRelay(relay: Libp2pPeerId, type: 'configured'): Promise<Reserved>;
}

export interface ReservationParts {
  readonly node: Node;
  readonly links: Links;
  readonly relays: Relays;
  readonly limits: NetworkLimits;
  readonly log: Log | undefined;
  /** Others tried this address of ours, and could not dial it. */
  readonly isUndiallable: (address: Multiaddr) => boolean;
  /** Others reach us over a relay, or over one less. */
  readonly changed: () => void;
}

export class Reservations {
  readonly #parts: ReservationParts;
  readonly #book: Book | null;
  readonly #held = new Map<PeerId, { readonly addresses: Multiaddr[]; readonly untilMs: number }>();
  readonly #notBefore = new Map<PeerId, number>();
  #asking = false;

  constructor(parts: ReservationParts) {
    this.#parts = parts;
    this.#book = bookOf(parts.node);
  }

  start(): void {
    this.#book?.addEventListener('relay:created-reservation', (event) => {
      this.#hold((event as CustomEvent<Reserved>).detail);
    });
    this.#book?.addEventListener('relay:removed', (event) => {
      this.#drop((event as CustomEvent<Reserved>).detail.relay.toString() as PeerId);
      this.#parts.changed();
    });
  }

  /** Asks the next peer that relays, while we need one more; to be called when one is met, and now and then. */
  look(): void {
    if (this.#book === null || this.#asking) return;
    if (this.#held.size >= this.#parts.limits.relaysUsedMax || !this.#isNeeded()) return;
    const nowMs = performance.now();
    const next = this.#candidates().find((peer) => (this.#notBefore.get(peer) ?? 0) <= nowMs);
    if (next === undefined) return;
    this.#asking = true;
    void this.#ask(this.#book, next).finally(() => {
      this.#asking = false;
      this.look();
    });
  }

  report(): Omit<RelayReport, 'relayedLinks' | 'serves'> {
    const reservations = Array.from(this.#held, ([relay, { untilMs }]) => ({ relay, untilMs }));
    if (this.#book === null) return { state: 'off', reason: 'switched-off', reservations };
    if (reservations.length > 0) return { state: 'reserved', reason: 'reserved', reservations };
    if (!this.#isNeeded()) return { state: 'off', reason: 'not-needed', reservations };
    const reason = this.#candidates().length === 0 ? 'none-known' : 'refused';
    return { state: 'looking', reason, reservations };
  }

  async #ask(book: Book, peer: PeerId): Promise<void> {
    const { limits, log } = this.#parts;
    if (this.#notBefore.size >= limits.knownPeersMax) this.#notBefore.clear();
    this.#notBefore.set(peer, performance.now() + limits.relayAgainMs);
    try {
      await book.addRelay(peerIdFromString(peer), 'configured');
    } catch (cause) {
      log?.('debug', `${peer} does not relay for us: ${String(cause)}`);
    }
  }

  #isNeeded(): boolean {
    return needsRelay(this.#parts.node.getMultiaddrs(), this.#parts.isUndiallable);
  }

  #candidates(): PeerId[] {
    const { links, relays } = this.#parts;
    return links
      .all()
      .filter(({ peer, connection }) => {
        const isRelayed = pathOf(connection.remoteAddr) === 'relayed';
        return relays.has(peer) && !this.#held.has(peer) && !isRelayed;
      })
      .map(({ peer }) => peer);
  }

  #hold({ relay, details }: Reserved): void {
    const { addressManager } = this.#parts.node.services.internals;
    const { addrs, expire } = details.reservation;
    const peer = relay.toString() as PeerId;
    this.#drop(peer);
    const addresses = addrs.map((bytes) => multiaddr(bytes).encapsulate('/p2p-circuit'));
    for (const address of addresses) {
      addressManager.confirmObservedAddr(address, {
        type: 'observed',
        ttl: Number.MAX_SAFE_INTEGER,
      });
    }
    this.#held.set(peer, { addresses, untilMs: Number(expire) * 1_000 });
    this.#parts.log?.('debug', `${peer} relays for us`);
    this.#parts.changed();
  }

  #drop(peer: PeerId): void {
    const { addressManager } = this.#parts.node.services.internals;
    for (const address of this.#held.get(peer)?.addresses ?? [])
      addressManager.removeObservedAddr(address);
    this.#held.delete(peer);
  }
}

/**
 * Whether nothing among our addresses is known, or likely, to be dialled from far away. A public IPv6 address says little:
 * most routers let nobody in there; nor does a public one that others tried in vain.
 */
export function needsRelay(
  addresses: readonly Multiaddr[],
  isUndiallable: (address: Multiaddr) => boolean,
): boolean {
  return !addresses.some((address) => {
    const plain = peerAddress(address);
    if (plain === null || plain.kind === 'circuit') return false;
    return isPublicIp4(endpoint(address).host) && !isUndiallable(plain.multiaddr);
  });
}

function bookOf(node: Node): Book | null {
  for (const transport of node.services.internals.transportManager.getTransports()) {
    if ('reservationStore' in transport) return transport.reservationStore as Book;
  }
  return null;
}
