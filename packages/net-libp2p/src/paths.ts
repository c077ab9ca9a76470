// Better ways for links that run over a relay: a direct connection as soon as one can be had, a fresh one before it ends.

import type { Connection } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '@parley/core';
import { pathOf, peerAddress } from './address.ts';
import type { NetworkLimits } from './limits.ts';
import type { Link } from './link.ts';
import { closeQuietly } from './links.ts';
import type { Links } from './links.ts';
import type { Log } from './log.ts';
import type { Reach } from './reach.ts';

const DAY_SECONDS = 86_400;

export interface PathParts {
  readonly links: Links;
  readonly reach: Reach;
  /** Where the peer says it can be dialled, relays included. */
  readonly addressesOf: (peer: PeerId) => Promise<readonly Multiaddr[]>;
  /** Makes a connection through both routers, agreed on over the relay; null where that is switched off. */
  readonly punch: ((link: Link, signal: AbortSignal) => Promise<Connection>) | null;
  readonly limits: NetworkLimits;
  readonly log: Log | undefined;
}

/** A link that runs over a relay. */
interface Relayed {
  readonly link: Link;
  readonly over: AbortController;
  /** Of its present connection, at its beginning; null where the relay sets no limit. */
  readonly bytes: bigint | null;
  readonly sinceMs: number;
  failures: number;
  retry: NodeJS.Timeout | null;
  renewal: NodeJS.Timeout | null;
  isTrying: boolean;
  isRenewing: boolean;
}

export class Paths {
  readonly #parts: PathParts;
  readonly #relayed = new Map<PeerId, Relayed>();

  constructor(parts: PathParts) {
    this.#parts = parts;
  }

  /** Links that run over a relay. */
  get relayed(): number {
    return this.#relayed.size;
  }

  /** To be called when a link is there, and when it has moved. */
  taken(link: Link): void {
    const known = this.#relayed.get(link.peer);
    this.left(link.peer);
    const { connection } = link;
    if (pathOf(connection.remoteAddr) !== 'relayed') return;
    const made: Relayed = {
      link,
      over: new AbortController(),
      bytes: connection.limits?.bytes ?? null,
      sinceMs: performance.now(),
      failures: known?.link === link ? known.failures : 0,
      retry: null,
      renewal: null,
      isTrying: false,
      isRenewing: false,
    };
    this.#relayed.set(link.peer, made);
    this.#tryLater(made);
    // Whoever asked for the relayed connection renews it.
    if (connection.direction === 'outbound') this.#renewLater(made);
  }

  /** To be called when a link has ended. */
  left(peer: PeerId): void {
    const known = this.#relayed.get(peer);
    if (known === undefined) return;
    this.#relayed.delete(peer);
    known.over.abort(new Error('the link goes another way, or ended'));
    if (known.retry !== null) clearTimeout(known.retry);
    if (known.renewal !== null) clearTimeout(known.renewal);
  }

  /** Something changed for this peer, or (null) for all: worth another try now. */
  again(peer: PeerId | null): void {
    for (const relayed of this.#relayed.values()) {
      if (peer !== null && relayed.link.peer !== peer) continue;
      relayed.failures = 0;
      if (!relayed.isTrying) this.#tryLater(relayed);
    }
  }

  /** To be called now and then: bytes may run out long before the time does. */
  look(): void {
    for (const relayed of this.#relayed.values()) {
      const { link, bytes } = relayed;
      const left = link.connection.limits?.bytes;
      if (link.connection.direction !== 'outbound' || bytes === null || left === undefined)
        continue;
      if (left * 2n < bytes) void this.#renew(relayed);
    }
  }

  stop(): void {
    for (const peer of this.#relayed.keys()) this.left(peer);
  }

  #tryLater(relayed: Relayed): void {
    const { upgradeAgainMsMin, upgradeAgainMsMax } = this.#parts.limits;
    const { failures } = relayed;
    const waitMs = failures === 0 ? 0 : upgradeAgainMsMin * 2 ** Math.min(failures - 1, 20);
    if (relayed.retry !== null) clearTimeout(relayed.retry);
    relayed.retry = setTimeout(
      () => void this.#try(relayed),
      Math.min(waitMs, upgradeAgainMsMax),
    ).unref();
  }

  async #try(relayed: Relayed): Promise<void> {
    const { limits, log } = this.#parts;
    const { link, over } = relayed;
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(limits.upgradeMsMax)]);
    relayed.isTrying = true;
    try {
      const connection = await this.#direct(link, signal);
      await this.#move(link, connection);
    } catch (cause) {
      if (over.signal.aborted) return;
      log?.('debug', `still over a relay to ${link.peer}: ${String(cause)}`);
      relayed.failures += 1;
      relayed.isTrying = false;
      this.#tryLater(relayed);
    }
  }

  /** The first of all direct ways; those that come later are closed. */
  async #direct(link: Link, signal: AbortSignal): Promise<Connection> {
    const { addressesOf, reach, punch, limits } = this.#parts;
    const { peer } = link;
    const addresses = (await addressesOf(peer))
      .filter((address) => peerAddress(address)?.kind !== 'circuit')
      .slice(0, limits.dialAddressesMax);
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    const ways = addresses.map((address) => reach({ address, peer }, either));
    if (punch !== null && link.connection.direction === 'outbound') ways.push(punch(link, either));
    if (ways.length === 0) throw new Error('no direct address is known');
    try {
      const first = await Promise.any(ways);
      for (const way of ways) void this.#closeLate(way, first);
      return first;
    } finally {
      done.abort(new Error('another way was faster'));
    }
  }

  async #closeLate(way: Promise<Connection>, first: Connection): Promise<void> {
    const late = await way.catch(() => first);
    if (late !== first) closeQuietly(late, this.#parts.limits.stopGraceMs);
  }

  /** If the relay ended while the link moved, it begins anew where it was to go. */
  async #move(link: Link, connection: Connection): Promise<void> {
    const { links, limits } = this.#parts;
    const signal = AbortSignal.timeout(limits.linkTimeoutMs);
    try {
      await links.move(connection, signal);
    } catch (error) {
      if (links.get(link.peer) === null && connection.status === 'open')
        return links.open(connection, signal);
      if (!links.uses(connection)) closeQuietly(connection, limits.stopGraceMs);
      throw error;
    }
  }

  #renewLater(relayed: Relayed): void {
    const { relayConnectionMsMax } = this.#parts.limits;
    const said = relayed.link.connection.limits?.seconds ?? Infinity;
    // libp2p's relay in JavaScript says milliseconds where the field is for seconds, so more than a day is that.
    const saidMs = said > DAY_SECONDS ? said : said * 1_000;
    const wholeMs = Math.min(relayConnectionMsMax, saidMs);
    // At half of it there is time for a second attempt.
    relayed.renewal = setTimeout(() => void this.#renew(relayed), wholeMs / 2).unref();
  }

  async #renew(relayed: Relayed): Promise<void> {
    const { reach, limits, log } = this.#parts;
    const { link, over } = relayed;
    const way = peerAddress(link.connection.remoteAddr)?.multiaddr;
    if (relayed.isRenewing || way === undefined || over.signal.aborted) return;
    relayed.isRenewing = true;
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(limits.dialTimeoutMs)]);
    try {
      await this.#move(link, await reach({ address: way, peer: link.peer }, signal));
    } catch (cause) {
      log?.('debug', `the way over the relay to ${link.peer} is not renewed: ${String(cause)}`);
      relayed.renewal = setTimeout(
        () => void this.#renew(relayed),
        (performance.now() - relayed.sinceMs) / 4,
      ).unref();
    }
    relayed.isRenewing = false;
  }
}
