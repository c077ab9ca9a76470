// A link: the stream of frames between us and a peer, from its acceptance to its end, also when it moves to another path.

import type { Connection, Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { FrameDecoder, encodeMark } from './frames.ts';
import type { NetworkLimits } from './limits.ts';
import { SendQueue } from './send-queue.ts';

/** Whoever accepts a stream says so with this byte before its first frame; a refused stream ends without it. */
export const ACCEPTED = 0x01;

export interface LinkEvents {
  readonly frame: (link: Link, bytes: Uint8Array) => void;
  readonly drained: (link: Link) => void;
  /** It goes another way now; nothing more comes over the connection that it had. */
  readonly moved: (link: Link, left: Connection) => void;
  /** Once, whatever the cause. */
  readonly ended: (link: Link, reason: string) => void;
}

/** A stream that carries, or is about to carry, a link's frames. */
interface Carrier {
  readonly stream: Stream;
  readonly connection: Connection;
}

/** The stream that a link moves to, and what has been agreed about it. */
interface Move extends Carrier {
  readonly timer: NodeJS.Timeout;
  /** We have read the old stream to its end. */
  reads: boolean;
  /** The peer has, so our frames may go here. */
  writes: boolean;
}

export class Link {
  readonly peer: PeerId;
  readonly #limits: NetworkLimits;
  readonly #queue: SendQueue;
  readonly #events: LinkEvents;
  #carrier: Carrier;
  #move: Move | null = null;
  /** The peer's mark has come before the stream that it moves to: until when we wait for that. */
  #marked: NodeJS.Timeout | null = null;
  #ended = false;
  #lingering = false;

  constructor(stream: Stream, connection: Connection, limits: NetworkLimits, events: LinkEvents) {
    this.peer = connection.remotePeer.toString() as PeerId;
    this.#carrier = { stream, connection };
    this.#limits = limits;
    this.#events = events;
    this.#queue = new SendQueue(stream, limits, {
      drained: () => events.drained(this),
      failed: (reason) => queueMicrotask(() => this.end(reason)),
    });
  }

  get connection(): Connection {
    return this.#carrier.connection;
  }

  /** True for the connection that carries it, and the one that is about to. */
  uses(connection: Connection): boolean {
    return this.connection === connection || this.#move?.connection === connection;
  }

  /** Whether it may move: not while it moves or ends. */
  get isSettled(): boolean {
    return !this.#ended && this.#move === null;
  }

  /** Bytes queued here that have not left. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** True while what was queued at a polite end may still leave. */
  get lingering(): boolean {
    return this.#lingering;
  }

  /** Starts reading. `first` is what arrived together with the acceptance. */
  open(first: Uint8Array): void {
    const { stream } = this.#carrier;
    this.#listen(this.#carrier, this.#decoder(stream), first);
    if (hasEnded(stream)) this.#finish('closed by the peer');
  }

  send(frame: Uint8Array): boolean {
    return this.#queue.push(frame);
  }

  /**
   * Goes on on another stream, which both sides have agreed on. Each ends the old one with a mark, and writes to the
   * new one once the other has read that mark: so no frame is lost, repeated or overtaken, and none waits unread.
   */
  move(stream: Stream, connection: Connection, first: Uint8Array): void {
    const timer = setTimeout(() => this.end('moved too slowly'), this.#limits.moveMsMax);
    this.#move = { stream, connection, timer, reads: false, writes: false };
    this.#listen(this.#move, this.#decoder(stream), first);
    this.#queue.hold();
    if (this.#marked !== null) this.#nowReads(this.#carrier.stream);
    if (hasEnded(stream)) this.#finish('closed by the peer');
  }

  /** Drops what is queued and ends at once. */
  end(reason: string): void {
    if (!this.#ended) this.#abort(new Error(reason));
    this.#finish(reason);
  }

  /** To be called when the connection that carries it, or is about to, has closed. */
  connectionClosed(connection: Connection): void {
    if (connection === this.#move?.connection || !this.#hasLeft(this.#carrier.stream))
      this.end('connection lost');
  }

  /** Ends for the owner at once; what is queued may still leave for `graceMs`. */
  async close(reason: string, graceMs: number): Promise<void> {
    if (this.#ended) return;
    if (this.#move !== null) return this.end(reason);
    const { stream } = this.#carrier;
    this.#ended = true;
    this.#lingering = true;
    this.#events.ended(this, reason);
    this.#queue.flush();
    const signal = AbortSignal.timeout(graceMs);
    try {
      while (this.#queue.bytes > 0) {
        // eslint-disable-next-line no-await-in-loop -- each turn waits until the stream takes more
        await stream.onDrain({ signal });
        this.#queue.flush();
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
      }
      await stream.close({ signal });
      // Closing the socket under bytes that the peer still sends would cost it those that we sent.
      await ended(stream, signal);
    } catch (cause) {
      stream.abort(cause instanceof Error ? cause : new Error(reason));
    } finally {
      this.#lingering = false;
      this.#queue.close();
    }
  }

  #listen({ stream }: Carrier, read: (chunk: Uint8Array) => void, first: Uint8Array): void {
    const finish = (reason: string): void => {
      if (!this.#hasLeft(stream)) this.#finish(reason);
    };
    stream.addEventListener('close', (event: StreamCloseEvent) => {
      finish(event.error?.message ?? 'closed by the peer');
    });
    stream.addEventListener('remoteCloseWrite', () => finish('closed by the peer'));
    // The stream's own listener was first: by the next microtask it has written what it held.
    stream.addEventListener('drain', () => queueMicrotask(() => this.#queue.flush()));
    stream.addEventListener('idle', () => queueMicrotask(() => this.#queue.flush()));
    read(first);
    stream.addEventListener('message', (event: StreamMessageEvent) => {
      const { data } = event;
      if (data instanceof Uint8Array) read(data);
      else for (const part of data) read(part);
    });
  }

  #decoder(stream: Stream): (chunk: Uint8Array) => void {
    let isOver = false;
    const decoder = new FrameDecoder(
      this.#limits.frameBytesMax,
      (bytes) => {
        if (!this.#ended && !isOver) this.#events.frame(this, bytes);
      },
      (mark) => {
        if (this.#ended || isOver) return;
        isOver = mark === 'moved';
        if (mark === 'moved') this.#nowReads(stream);
        else this.#nowWrites(stream);
      },
    );
    return (chunk) => {
      if (!this.#ended && !decoder.push(chunk)) this.end('frame too long');
    };
  }

  #nowReads(stream: Stream): void {
    const move = this.#move;
    if (stream !== this.#carrier.stream) return this.end('moved out of turn');
    // It may be faster than the acceptance of the stream that we asked for.
    this.#marked ??= setTimeout(() => this.end('moved nowhere'), this.#limits.moveMsMax);
    if (move === null) return;
    clearTimeout(this.#marked);
    this.#marked = null;
    move.reads = true;
    try {
      move.stream.send(encodeMark('ready'));
    } catch (error) {
      return this.end(error instanceof Error ? error.message : String(error));
    }
    this.#arrive(move);
  }

  #nowWrites(stream: Stream): void {
    const move = this.#move;
    if (move?.stream !== stream || move.writes) return this.end('moved out of turn');
    move.writes = true;
    this.#queue.resume(move.stream);
    this.#arrive(move);
  }

  #arrive(move: Move): void {
    if (!move.reads || !move.writes) return;
    clearTimeout(move.timer);
    const left = this.#carrier;
    this.#move = null;
    this.#carrier = { stream: move.stream, connection: move.connection };
    closeStream(left.stream, this.#limits.stopGraceMs);
    this.#events.moved(this, left.connection);
  }

  /** True for a stream that has nothing more to say to us. */
  #hasLeft(stream: Stream): boolean {
    if (stream === this.#move?.stream) return false;
    return stream !== this.#carrier.stream || this.#move?.reads === true;
  }

  #abort(error: Error): void {
    this.#carrier.stream.abort(error);
    this.#move?.stream.abort(error);
  }

  #finish(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#move?.timer);
    if (this.#marked !== null) clearTimeout(this.#marked);
    this.#move?.stream.abort(new Error(reason));
    this.#queue.close();
    this.#events.ended(this, reason);
  }
}

/** True for a stream from which nothing more can come. */
export function hasEnded(stream: Stream): boolean {
  if (stream.status !== 'open') return true;
  return stream.remoteWriteStatus === 'closed' && stream.readBufferLength === 0;
}

/** Closes politely, and after the grace at once. */
export function closeStream(stream: Stream, graceMs: number): void {
  stream.close({ signal: AbortSignal.timeout(graceMs) }).catch((cause: unknown) => {
    stream.abort(cause instanceof Error ? cause : new Error('closed'));
  });
}

/** Resolves once both directions are closed. Throws the signal's reason. */
function ended(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.status !== 'open') resolve();
    stream.addEventListener('close', () => resolve(), { once: true });
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
