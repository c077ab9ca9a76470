// What waits to be written to one stream: frames of one tick leave together, and a full stream makes the rest wait.

import { encodeFrames, encodeMark, wireBytes } from './frames.ts';
import type { NetworkLimits } from './limits.ts';

/** The part of a libp2p stream that the queue needs. */
export interface Sink {
  send(data: Uint8Array): boolean;
  readonly writableNeedsDrain: boolean;
  readonly writeBufferLength: number;
}

export interface SendQueueEvents {
  readonly drained: () => void;
  readonly failed: (reason: string) => void;
}

export class SendQueue {
  #sink: Sink;
  readonly #limits: NetworkLimits;
  readonly #events: SendQueueEvents;
  #frames: Uint8Array[] = [];
  #next = 0;
  #bytes = 0;
  #scheduled: NodeJS.Immediate | null = null;
  #full = false;
  #held = false;
  #closed = false;

  constructor(sink: Sink, limits: NetworkLimits, events: SendQueueEvents) {
    this.#sink = sink;
    this.#limits = limits;
    this.#events = events;
  }

  /** Bytes that have not left for the connection yet. */
  get bytes(): number {
    return this.#bytes + this.#sink.writeBufferLength;
  }

  /** False above the high mark; over the hard limit the queue fails. */
  push(frame: Uint8Array): boolean {
    if (this.#closed) return false;
    const bytes = this.bytes + wireBytes(frame);
    if (bytes > this.#limits.sendQueueBytesMax) {
      this.close();
      this.#events.failed('too slow');
      return false;
    }
    this.#frames.push(frame);
    this.#bytes += wireBytes(frame);
    if (!this.#held && !this.#sink.writableNeedsDrain) this.#schedule();
    if (bytes > this.#limits.sendQueueBytesHigh) this.#full = true;
    return !this.#full;
  }

  /** Writes as much as the stream takes; to be called whenever it can take more. */
  flush(): void {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled);
    this.#scheduled = null;
    if (this.#held) return;
    try {
      while (!this.#closed && this.#bytes > 0 && !this.#sink.writableNeedsDrain) {
        this.#sink.send(this.#take());
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    // Half of the high mark, so that a queue at its brink does not announce every frame.
    if (this.#full && !this.#closed && this.bytes * 2 <= this.#limits.sendQueueBytesHigh) {
      this.#full = false;
      this.#events.drained();
    }
  }

  /** Writes the mark that ends this stream; what waits, waits until there is another one. */
  hold(): void {
    if (this.#closed) return;
    this.#held = true;
    try {
      this.#sink.send(encodeMark('moved'));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Goes on on another stream. */
  resume(sink: Sink): void {
    this.#sink = sink;
    this.#held = false;
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    if (this.#scheduled !== null) clearImmediate(this.#scheduled);
    this.#scheduled = null;
    this.#frames = [];
    this.#next = 0;
    this.#bytes = 0;
  }

  #fail(error: unknown): void {
    this.close();
    this.#events.failed(error instanceof Error ? error.message : String(error));
  }

  #schedule(): void {
    this.#scheduled ??= setImmediate(() => this.flush());
  }

  #take(): Uint8Array {
    const first = this.#next;
    let bytes = 0;
    while (this.#next < this.#frames.length && bytes < this.#limits.writeBytesTarget) {
      bytes += wireBytes(this.#frames[this.#next] as Uint8Array);
      this.#next += 1;
    }
    const out = encodeFrames(this.#frames.slice(first, this.#next), bytes);
    this.#bytes -= bytes;
    // Cutting the array only now and then keeps the cost of a frame constant.
    if (this.#next === this.#frames.length || this.#next > 1_024) {
      this.#frames = this.#frames.slice(this.#next);
      this.#next = 0;
    }
    return out;
  }
}
