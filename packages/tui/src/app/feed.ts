// From the view to the scrollbacks: what arrived since the last look, page by page, so that keys come in between.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ShownLine, View } from '@parley/client';
import { TUI_LIMITS } from '../limits.ts';

export interface FeedOptions {
  readonly view: Pick<View, 'linesAfter'>;
  /** Arrival number after which to begin. */
  readonly after: number;
  readonly take: (lines: readonly ShownLine[]) => void;
  readonly onError: (error: unknown) => void;
}

export class Feed {
  readonly #options: FeedOptions;
  #after: number;
  #running = false;
  #poked = false;
  #stopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#after = options.after;
  }

  /** There may be something new. */
  poke(): void {
    this.#poked = true;
    if (this.#running || this.#stopped) return;
    this.#running = true;
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    try {
      while (this.#poked && !this.#stopped) {
        await nextTurn();
        this.#poked = false;
        if (this.#stopped) break;
        const page = this.#options.view.linesAfter(this.#after, TUI_LIMITS.arrivalLines);
        this.#after = page.through;
        if (page.lines.length > 0) this.#options.take(page.lines);
        if (!page.end) this.#poked = true;
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#running = false;
    }
  }
}
