// What goes out over one connection, by everyone who writes to it: a reader that never reads is dropped.

import type { Duplex } from 'node:stream';
import { jsonLine } from '../face/json-objects.ts';
import { Output } from '../io/output.ts';
import type { FlushedSink } from '../io/output.ts';
import type { OutputFrame } from './frames.ts';
import { piecesOf } from './frames.ts';

export class Wire {
  readonly #stream: Duplex;
  readonly #output: Output;
  readonly #onFlooded: () => void;
  #isFlooded = false;

  /** `onFlooded` is called once, when what is written is not read for too long. */
  constructor(stream: Duplex, onFlooded: () => void) {
    this.#stream = stream;
    this.#output = new Output(stream);
    this.#onFlooded = onFlooded;
  }

  open(): void {
    this.#output.open(() => undefined);
  }

  /** Text as it is. */
  get plain(): FlushedSink {
    return this.#sink((text) => this.#write(text));
  }

  /** Text in frames, for one of the two outputs of a terminal. */
  to(output: 'out' | 'err'): FlushedSink {
    return this.#sink((text) => {
      for (const piece of piecesOf(text)) this.frame({ type: 'print', to: output, text: piece });
    });
  }

  frame(frame: OutputFrame): void {
    this.#write(jsonLine(frame));
  }

  /** Frames or objects that are told however much is unread before them; then no more. */
  end(...last: readonly object[]): void {
    if (!this.#output.closed) this.#stream.end(last.map(jsonLine).join(''));
  }

  flush(): Promise<void> {
    return this.#output.flush();
  }

  #write(text: string): void {
    this.#output.write(text);
    if (this.#isFlooded || this.#output.takeDropped() === 0) return;
    this.#isFlooded = true;
    this.#onFlooded();
  }

  #sink(write: (text: string) => void): FlushedSink {
    const output = this.#output;
    return {
      get closed() {
        return output.closed;
      },
      get hasRoom() {
        return output.hasRoom;
      },
      ready: () => output.ready(),
      flush: () => output.flush(),
      // It is dropped rather than kept from knowing.
      takeDropped: () => 0,
      write: (text) => {
        if (text !== '') write(text);
      },
    };
  }
}
