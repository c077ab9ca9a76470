// The terminal of a process that attached, as the faces here see it.

import { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Terminal } from '../context.ts';
import type { FlushedSink } from '../io/output.ts';
import type { InputFrame, TerminalMode } from './frames.ts';
import type { Wire } from './wire.ts';

/** What is typed there, or piped in. */
export class RemoteInput extends Readable {
  readonly isTTY: boolean;
  readonly #wire: Wire;
  #wanted = Promise.withResolvers<void>();
  #isFull = false;
  #isEnded = false;

  constructor(wire: Wire, isTerminal: boolean) {
    super();
    this.#wire = wire;
    this.isTTY = isTerminal;
  }

  /** To wait for before the next bytes are taken; null to go on. */
  get gate(): Promise<void> | null {
    return this.#isFull ? this.#wanted.promise : null;
  }

  typed(data: Buffer): void {
    if (this.#isEnded || data.length === 0 || this.push(data)) return;
    this.#isFull = true;
    this.#wanted = Promise.withResolvers();
  }

  /** Idempotent. */
  endInput(): void {
    this.#letIn();
    if (!this.#isEnded) this.push(null);
    this.#isEnded = true;
  }

  /** As Node's own terminals have it: keys come one by one. */
  setRawMode(isRaw: boolean): this {
    this.#wire.frame({ type: 'mode', mode: isRaw ? 'raw' : 'cooked' });
    return this;
  }

  override _read(): void {
    this.#letIn();
  }

  #letIn(): void {
    this.#isFull = false;
    this.#wanted.resolve();
  }
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Its error output as a stream, for a prompt. */
export class RemoteOutput extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly #sink: FlushedSink;

  constructor(sink: FlushedSink, { columns, rows }: Size) {
    super({ decodeStrings: false });
    this.#sink = sink;
    this.columns = columns;
    this.rows = rows;
  }

  resize({ columns, rows }: Size): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }

  override _write(text: string | Buffer, _encoding: string, done: () => void): void {
    this.#sink.write(text.toString());
    done();
  }
}

/** Its whole screen. */
export class RemoteTerminal implements Terminal {
  columns: number;
  rows: number;
  readonly #wire: Wire;
  readonly #sink: FlushedSink;
  readonly #input: Readable;
  readonly #onResize = new Set<() => void>();
  readonly #onContinue = new Set<() => void>();
  #goOn: (() => void) | null = null;
  #isTaken = false;

  constructor(wire: Wire, input: Readable, { columns, rows }: Size) {
    this.#wire = wire;
    this.#sink = wire.to('out');
    this.#input = input;
    this.columns = columns;
    this.rows = rows;
  }

  get hasRoom(): boolean {
    return this.#sink.hasRoom;
  }

  ready(): Promise<void> {
    return this.#sink.ready();
  }

  write(text: string): void {
    if (this.#isTaken) this.#sink.write(text);
  }

  take(): void {
    this.#isTaken = true;
    this.#mode('screen');
    this.#input.resume();
  }

  giveBack(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    this.#mode('cooked');
  }

  onInput(listener: (text: string) => void): () => void {
    const decoder = new StringDecoder('utf8');
    const take = (chunk: Buffer): void => listener(decoder.write(chunk));
    this.#input.on('data', take);
    return () => this.#input.off('data', take);
  }

  onResize(listener: () => void): () => void {
    this.#onResize.add(listener);
    return () => this.#onResize.delete(listener);
  }

  onContinue(listener: () => void): () => void {
    this.#onContinue.add(listener);
    return () => this.#onContinue.delete(listener);
  }

  suspend(): Promise<void> {
    this.#wire.frame({ type: 'suspend' });
    return new Promise((resolve) => {
      this.#goOn = resolve;
    });
  }

  resized({ columns, rows, isResumed }: Extract<InputFrame, { type: 'resize' }>): void {
    this.columns = columns;
    this.rows = rows;
    const goOn = isResumed ? this.#goOn : null;
    if (goOn === null) {
      for (const listener of isResumed ? this.#onContinue : this.#onResize) listener();
      return;
    }
    this.#goOn = null;
    goOn();
  }

  #mode(mode: TerminalMode): void {
    this.#wire.frame({ type: 'mode', mode });
  }
}
