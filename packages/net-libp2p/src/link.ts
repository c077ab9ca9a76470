// A link: the one stream of frames between us and a peer, from its acceptance to its end.

import type { Connection, Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { FrameDecoder } from './frames.ts';
import type { NetworkLimits } from './limits.ts';
import { SendQueue } from './send-queue.ts';

/** Whoever accepts a stream says so with this byte before its first frame; a refused stream ends without it. */
export const ACCEPTED = 0x01;

export interface LinkEvents {
  readonly frame: (link: Link, bytes: Uint8Array) => void;
  readonly drained: (link: Link) => void;
  /** Once, whatever the cause. */
  readonly ended: (link: Link, reason: string) => void;
}

export class Link {
  readonly peer: PeerId;
  readonly connection: Connection;
  readonly #stream: Stream;
  readonly #queue: SendQueue;
  readonly #events: LinkEvents;
  #ended = false;
  #lingering = false;

  constructor(stream: Stream, connection: Connection, limits: NetworkLimits, events: LinkEvents) {
    this.peer = connection.remotePeer.toString() as PeerId;
    this.connection = connection;
    this.#stream = stream;
    this.#events = events;
    this.#queue = new SendQueue(stream, limits, {
      drained: () => events.drained(this),
      failed: (reason) => queueMicrotask(() => this.end(reason)),
    });
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
  open(limits: NetworkLimits, first: Uint8Array): void {
    const decoder = new FrameDecoder(limits.frameBytesMax, (bytes) => {
      if (!this.#ended) this.#events.frame(this, bytes);
    });
    const read = (chunk: Uint8Array): void => {
      if (!this.#ended && !decoder.push(chunk)) this.end('frame too long');
    };
    this.#stream.addEventListener('close', (event: StreamCloseEvent) => {
      this.#finish(event.error?.message ?? 'closed by the peer');
    });
    this.#stream.addEventListener('remoteCloseWrite', () => this.#finish('closed by the peer'));
    // The stream's own listener was first: by the next microtask it has written what it held.
    this.#stream.addEventListener('drain', () => queueMicrotask(() => this.#queue.flush()));
    this.#stream.addEventListener('idle', () => queueMicrotask(() => this.#queue.flush()));
    read(first);
    this.#stream.addEventListener('message', (event: StreamMessageEvent) => {
      const { data } = event;
      if (data instanceof Uint8Array) read(data);
      else for (const part of data) read(part);
    });
    if (hasEnded(this.#stream)) this.#finish('closed by the peer');
  }

  send(frame: Uint8Array): boolean {
    return this.#queue.push(frame);
  }

  /** Drops what is queued and ends at once. */
  end(reason: string): void {
    if (!this.#ended) this.#stream.abort(new Error(reason));
    this.#finish(reason);
  }

  /** Ends for the owner at once; what is queued may still leave for `graceMs`. */
  async close(reason: string, graceMs: number): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#lingering = true;
    this.#events.ended(this, reason);
    this.#queue.flush();
    const signal = AbortSignal.timeout(graceMs);
    try {
      while (this.#queue.bytes > 0) {
        // eslint-disable-next-line no-await-in-loop -- each turn waits until the stream takes more
        await this.#stream.onDrain({ signal });
        this.#queue.flush();
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
      }
      await this.#stream.close({ signal });
      // Closing the socket under bytes that the peer still sends would cost it those that we sent.
      await ended(this.#stream, signal);
    } catch (cause) {
      this.#stream.abort(cause instanceof Error ? cause : new Error(reason));
    } finally {
      this.#lingering = false;
      this.#queue.close();
    }
  }

  #finish(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue.close();
    this.#events.ended(this, reason);
  }
}

/** True for a stream from which nothing more can come. */
export function hasEnded(stream: Stream): boolean {
  if (stream.status !== 'open') return true;
  return stream.remoteWriteStatus === 'closed' && stream.readBufferLength === 0;
}

/** Resolves once both directions are closed. Throws the signal's reason. */
function ended(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.status !== 'open') resolve();
    stream.addEventListener('close', () => resolve(), { once: true });
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
