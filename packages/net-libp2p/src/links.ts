// Who is linked: at most one link per peer, also when both sides dial each other at the same moment.

import type { Connection, Stream } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { handshakeAccepted } from './handshake.ts';
import type { NetworkLimits } from './limits.ts';
import { ACCEPTED, Link, closeStream } from './link.ts';
import type { LinkEvents } from './link.ts';

export const PROTOCOL = '/parley/1';
/** Of a stream that a link which exists is to move to. */
export const MOVE_PROTOCOL = '/parley/1/move';

/** A stream that we opened and whose acceptance is still out. */
interface Opening {
  readonly connection: Connection;
  readonly abandon: AbortController;
}

export interface LinksEvents extends LinkEvents {
  readonly linked: (link: Link) => void;
}

export class Links {
  readonly #self: PeerId;
  readonly #limits: NetworkLimits;
  readonly #events: LinksEvents;
  readonly #links = new Map<PeerId, Link>();
  readonly #openings = new Map<PeerId, Opening>();
  readonly #moves = new Map<PeerId, Opening>();
  readonly #waiting = new Map<PeerId, Set<() => void>>();
  readonly #refusedUntil = new Map<PeerId, number>();
  #stopping = false;

  constructor(self: PeerId, limits: NetworkLimits, events: LinksEvents) {
    this.#self = self;
    this.#limits = limits;
    this.#events = events;
  }

  get(peer: PeerId): Link | null {
    return this.#links.get(peer) ?? null;
  }

  all(): Link[] {
    return [...this.#links.values()];
  }

  /** True for a connection that carries a link, or is about to. */
  uses(connection: Connection): boolean {
    const peer = connection.remotePeer.toString() as PeerId;
    return (
      this.get(peer)?.uses(connection) === true ||
      this.#openings.get(peer)?.connection === connection ||
      this.#moves.get(peer)?.connection === connection
    );
  }

  /** True for a peer that was hung up on a moment ago. */
  refuses(peer: PeerId): boolean {
    const until = this.#refusedUntil.get(peer);
    if (until === undefined) return false;
    if (performance.now() < until) return true;
    this.#refusedUntil.delete(peer);
    return false;
  }

  /**
   * A stream that the peer opened. Peers open one only while they know of no link, so it replaces ours; but while ours
   * is on its way as well, the stream of the smaller PeerId wins on both sides.
   */
  accept(stream: Stream, connection: Connection): void {
    const peer = connection.remotePeer.toString() as PeerId;
    const opening = this.#openings.get(peer);
    if (this.#stopping || this.refuses(peer) || (opening !== undefined && this.#self < peer)) {
      closeStream(stream, this.#limits.stopGraceMs);
      return;
    }
    opening?.abandon.abort(new Error('the peer opened one too'));
    this.get(peer)?.end('replaced by a newer connection');
    stream.send(Uint8Array.of(ACCEPTED));
    this.#adopt(new Link(stream, connection, this.#limits, this.#guarded()), new Uint8Array());
  }

  /** Makes a connection that we dialled the carrier of the link, unless there is one; returns when there is one. */
  async open(connection: Connection, signal: AbortSignal): Promise<void> {
    const peer = connection.remotePeer.toString() as PeerId;
    if (this.get(peer) !== null || this.#openings.has(peer)) {
      if (!this.uses(connection)) closeQuietly(connection, this.#limits.stopGraceMs);
      await this.#untilLinked(peer, signal);
      return;
    }
    const opening: Opening = { connection, abandon: new AbortController() };
    this.#openings.set(peer, opening);
    const either = AbortSignal.any([signal, opening.abandon.signal]);
    try {
      const stream = await connection.newStream(PROTOCOL, {
        signal: either,
        runOnLimitedConnection: true,
      });
      const first = await handshakeAccepted(stream, either);
      this.#openings.delete(peer);
      this.#adopt(new Link(stream, connection, this.#limits, this.#guarded()), first);
    } catch (error) {
      if (this.#openings.get(peer) === opening) this.#openings.delete(peer);
      await this.#openedElsewhere(peer, connection, signal, error);
    }
  }

  /** After a refusal the stream of the peer is on its way, or the link already there; else the error stands. */
  async #openedElsewhere(
    peer: PeerId,
    connection: Connection,
    signal: AbortSignal,
    error: unknown,
  ): Promise<void> {
    const refused = error instanceof Error && error.name === 'RefusedError';
    if (this.get(peer) === null) {
      if (!refused || peer > this.#self || connection.status !== 'open') {
        closeQuietly(connection, this.#limits.stopGraceMs);
        throw error;
      }
      // Whoever refuses for good closes the connection as well.
      const gone = new AbortController();
      connection.addEventListener('close', () => gone.abort(error), { once: true });
      await this.#untilLinked(peer, AbortSignal.any([signal, gone.signal]));
    }
    if (!this.uses(connection)) closeQuietly(connection, this.#limits.stopGraceMs);
  }

  /** A stream that the peer wants our link to move to; of two that cross, that of the smaller PeerId stays. */
  acceptMove(stream: Stream, connection: Connection): void {
    const peer = connection.remotePeer.toString() as PeerId;
    const link = this.get(peer);
    const ours = this.#moves.get(peer);
    const mayMove = link?.isSettled === true && !this.#stopping && !this.#openings.has(peer);
    if (!mayMove || link.uses(connection) || (ours !== undefined && this.#self < peer)) {
      closeStream(stream, this.#limits.stopGraceMs);
      return;
    }
    ours?.abandon.abort(new Error('the peer moves the link'));
    stream.send(Uint8Array.of(ACCEPTED));
    link.move(stream, connection, new Uint8Array());
  }

  /** Asks the peer to go on over this connection. Throws where it does not want to, or where the link ended meanwhile. */
  async move(connection: Connection, signal: AbortSignal): Promise<void> {
    const peer = connection.remotePeer.toString() as PeerId;
    const link = this.get(peer);
    if (link?.isSettled !== true || this.#moves.has(peer)) throw new Error('there is no such link');
    const opening: Opening = { connection, abandon: new AbortController() };
    this.#moves.set(peer, opening);
    const either = AbortSignal.any([signal, opening.abandon.signal]);
    try {
      const stream = await connection.newStream(MOVE_PROTOCOL, {
        signal: either,
        runOnLimitedConnection: true,
      });
      const first = await handshakeAccepted(stream, either);
      if (this.get(peer) !== link || !link.isSettled) {
        stream.abort(new Error('the link ended'));
        throw new Error('the link ended meanwhile');
      }
      link.move(stream, connection, first);
    } finally {
      this.#moves.delete(peer);
    }
  }

  /** Ends the link, if there is one, and refuses the peer for a while. */
  hangUp(peer: PeerId, refuseMs: number): void {
    if (this.#refusedUntil.size >= this.#limits.knownPeersMax) this.#forgetRefusals();
    this.#refusedUntil.set(peer, performance.now() + Math.max(this.#limits.hangUpMs, refuseMs));
    this.#openings.get(peer)?.abandon.abort(new Error('hung up'));
    this.#moves.get(peer)?.abandon.abort(new Error('hung up'));
    // Later, so that no event comes while core is still speaking.
    queueMicrotask(() => {
      const link = this.get(peer);
      if (link === null) return;
      void link.close('hung up', this.#limits.stopGraceMs).then(() => this.#release(link));
    });
  }

  /** Ends all links, giving what is queued a short moment to leave. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const opening of [...this.#openings.values(), ...this.#moves.values()])
      opening.abandon.abort(new Error('stopped'));
    await Promise.all(this.all().map((link) => link.close('stopped', this.#limits.stopGraceMs)));
  }

  /** To be called for every connection that closed. */
  connectionClosed(connection: Connection): void {
    const link = this.get(connection.remotePeer.toString() as PeerId);
    if (link?.uses(connection) === true) link.connectionClosed(connection);
  }

  #adopt(link: Link, first: Uint8Array): void {
    this.#links.set(link.peer, link);
    this.#events.linked(link);
    link.open(first);
    const waiting = this.#waiting.get(link.peer);
    this.#waiting.delete(link.peer);
    for (const resolve of waiting ?? []) resolve();
  }

  /** The owner hears of the end only after the table has forgotten the link. */
  #guarded(): LinkEvents {
    const { frame, drained, moved, ended } = this.#events;
    return {
      frame,
      drained,
      moved: (link, left) => {
        if (!this.uses(left)) closeQuietly(left, this.#limits.stopGraceMs);
        moved(link, left);
      },
      ended: (link, reason) => {
        if (this.#links.get(link.peer) === link) this.#links.delete(link.peer);
        ended(link, reason);
        // A stream may have been replaced by another one on the same connection.
        if (!link.lingering) queueMicrotask(() => this.#release(link));
      },
    };
  }

  #release(link: Link): void {
    if (this.#stopping || this.get(link.peer)?.connection === link.connection) return;
    closeQuietly(link.connection, this.#limits.stopGraceMs);
  }

  async #untilLinked(peer: PeerId, signal: AbortSignal): Promise<void> {
    if (this.get(peer) !== null) return;
    const waiting = this.#waiting.get(peer) ?? new Set<() => void>();
    this.#waiting.set(peer, waiting);
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        waiting.delete(done);
        if (waiting.size === 0) this.#waiting.delete(peer);
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        abort();
        return;
      }
      waiting.add(done);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  #forgetRefusals(): void {
    for (const peer of this.#refusedUntil.keys()) this.refuses(peer);
    const [oldest] = this.#refusedUntil.keys();
    if (oldest !== undefined && this.#refusedUntil.size >= this.#limits.knownPeersMax) {
      this.#refusedUntil.delete(oldest);
    }
  }
}

/** Closes politely, and after the grace at once. */
export function closeQuietly(connection: Connection, graceMs: number): void {
  connection.close({ signal: AbortSignal.timeout(graceMs) }).catch((cause: unknown) => {
    connection.abort(cause instanceof Error ? cause : new Error('closed'));
  });
}
