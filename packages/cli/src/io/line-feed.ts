// From the view to stdout: what arrived since the last look, in pages, at the pace of whoever reads.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ShownLine, View } from '@parley/client';
import type { TextSink } from './output.ts';
import { CLI_LIMITS } from '../limits.ts';

export interface FeedOptions {
  readonly view: Pick<View, 'linesAfter'>;
  readonly output: TextSink;
  /** A page as text; empty where nothing of it is to be shown. */
  readonly format: (lines: readonly ShownLine[]) => string;
  /** Arrival number after which to begin. */
  readonly after: number;
  /** Told when the store failed. */
  readonly onError: (error: unknown) => void;
}

/** Only a hint starts it and only the view feeds it, so no hint that gets lost loses a line. */
export class LineFeed {
  readonly #options: FeedOptions;
  #after: number;
  #running: Promise<void> | null = null;
  #poked = false;
  #stopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#after = options.after;
  }

  /** There may be something new. */
  poke(): void {
    if (this.#stopped) return;
    this.#poked = true;
    this.#running ??= this.#run();
  }

  /** Resolves when all that was there is written, or at once when stopped. */
  async caughtUp(): Promise<void> {
    this.poke();
    await this.#running;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    try {
      do {
        // What arrives in one turn of the loop becomes one page.
        await nextTurn();
        this.#poked = false;
      } while (((await this.#page()) || this.#poked) && !this.#stopped);
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#running = null;
    }
  }

  /** True if there is more. */
  async #page(): Promise<boolean> {
    const { view, output, format } = this.#options;
    await output.ready();
    if (this.#stopped || output.closed) return false;
    const page = view.linesAfter(this.#after, CLI_LIMITS.pageLines);
    this.#after = page.through;
    output.write(format(page.lines));
    return !page.end;
  }
}
