// The terminal this process runs in.

import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream, WriteStream } from 'node:tty';
import { enterScreen, leaveScreen } from './modes.ts';
import type { Terminal } from './terminal.ts';

/** A stream written without blocking, whose owner watches its errors. */
export interface TextOutput {
  readonly hasRoom: boolean;
  ready(): Promise<void>;
  write(text: string): void;
}

/** Standard output. */
export type Screen = WriteStream & { readonly fd: number };

export class NodeTerminal implements Terminal {
  readonly #input: ReadStream;
  readonly #screen: Screen;
  readonly #output: TextOutput;
  #isTaken = false;

  constructor(input: ReadStream, screen: Screen, output: TextOutput) {
    this.#input = input;
    this.#screen = screen;
    this.#output = output;
  }

  get columns(): number {
    return this.#screen.columns || 80;
  }

  get rows(): number {
    return this.#screen.rows || 24;
  }

  get hasRoom(): boolean {
    return this.#output.hasRoom;
  }

  ready(): Promise<void> {
    return this.#output.ready();
  }

  write(text: string): void {
    if (this.#isTaken) this.#output.write(text);
  }

  take(): void {
    this.#isTaken = true;
    this.#input.setRawMode(true);
    this.#input.resume();
    this.write(enterScreen);
  }

  giveBack(): void {
    if (!this.#isTaken) return;
    this.write(leaveScreen);
    this.#isTaken = false;
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  onInput(listener: (text: string) => void): () => void {
    // Halves of a character come in two chunks at times.
    const decoder = new StringDecoder('utf8');
    const take = (chunk: Uint8Array): void => listener(decoder.write(Buffer.from(chunk)));
    this.#input.on('data', take);
    return () => this.#input.off('data', take);
  }

  onResize(listener: () => void): () => void {
    this.#screen.on('resize', listener);
    return () => this.#screen.off('resize', listener);
  }

  onContinue(listener: () => void): () => void {
    const goOn = (): void => {
      // What ctrl-z stopped is taken up again by `suspend`.
      if (!this.#isTaken) return;
      this.#input.setRawMode(false);
      this.take();
      listener();
    };
    process.on('SIGCONT', goOn);
    return () => process.off('SIGCONT', goOn);
  }

  suspend(): Promise<void> {
    return new Promise((resolve) => {
      process.once('SIGCONT', () => {
        // Who is stopped in the background is not told of a new size: Node looks at this signal alone.
        process.kill(process.pid, 'SIGWINCH');
        resolve();
      });
      // The whole job, as the terminal itself would stop it.
      process.kill(0, 'SIGTSTP');
    });
  }

  /** The same at once: for the very end of the process, and before an error is told. */
  giveBackNow(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    try {
      this.#input.setRawMode(false);
      writeSync(this.#screen.fd, leaveScreen);
    } catch (error) {
      // The terminal is gone, or does not take anything: there is nothing left to restore.
      if (!isGone(error)) throw error;
    }
  }
}

const gone: ReadonlySet<number> = new Set([
  constants.errno.EIO,
  constants.errno.EAGAIN,
  constants.errno.EBADF,
  constants.errno.EPIPE,
  constants.errno.ENOTTY,
]);

function isGone(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && gone.has(-Number(error.errno));
}
