// One of the process's own streams, written without ever blocking the loop or piling up what nobody reads.

import type { Writable } from 'node:stream';
import { isSystemError } from '../failure.ts';
import { CLI_LIMITS } from '../limits.ts';

/** What faces write to: one of our streams, or one that shares its terminal with a prompt. */
export interface TextSink {
  /** True when nobody reads any more. */
  readonly closed: boolean;
  /** False while the reader is behind: whoever can wait should, until `ready`. */
  readonly hasRoom: boolean;
  /** Resolves when there is room, or nobody who reads. */
  ready(): Promise<void>;
  /** Writes, or drops and counts where the reader is far behind and this writer did not wait. */
  write(text: string): void;
  /** How many writes were dropped since the last call. */
  takeDropped(): number;
}

/** One whose end can be waited for. */
export interface FlushedSink extends TextSink {
  /** Resolves when the reader's end has all of it, or nobody reads. */
  flush(): Promise<void>;
}

/** What writing to a reader that left fails with; EIO: a terminal that was closed. */
const gone: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'EIO']);

export class Output implements FlushedSink {
  readonly #stream: Writable;
  readonly #waiting: (() => void)[] = [];
  #dropped = 0;
  #closed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Begins to notice that the reader left; `onClosed` is told once, with what failed or null. */
  open(onClosed: (failure: Error | null) => void): void {
    unblock(this.#stream);
    this.#stream.on('drain', () => this.#wake());
    const close = (failure: Error | null): void => {
      if (this.#closed) return;
      this.#closed = true;
      this.#wake();
      onClosed(failure);
    };
    this.#stream.on('close', () => close(null));
    this.#stream.on('error', (error) => {
      close(isSystemError(error) && gone.has(error.code ?? '') ? null : error);
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  get hasRoom(): boolean {
    return this.#closed || !this.#stream.writableNeedDrain;
  }

  ready(): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  write(text: string): void {
    if (this.#closed || text === '') return;
    if (this.#stream.writableLength > CLI_LIMITS.heldCharactersMax) this.#dropped += 1;
    else this.#stream.write(text);
  }

  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Resolves when the reader's end has all of it, or nobody reads. */
  flush(): Promise<void> {
    if (this.#closed || this.#stream.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      // An empty write is called back after all that was written before it.
      this.#stream.write('', () => resolve());
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

interface BlockingHandle {
  readonly setBlocking?: (blocking: boolean) => unknown;
}

/** Node blocks on terminals; a stopped one (ctrl-s) would stop the whole peer, Ctrl-C included. */
function unblock(stream: Writable): void {
  if (!('isTTY' in stream) || stream.isTTY !== true) return;
  const { _handle: handle } = stream as { _handle?: BlockingHandle | null };
  handle?.setBlocking?.(false);
}
