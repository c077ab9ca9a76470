// When a frame is drawn: soon after a key, else at most 30 times a second, and never while the terminal is behind.

import { difference } from '../output/difference.ts';
import type { Frame } from '../output/frame.ts';
import type { Terminal } from '../output/terminal.ts';
import { TUI_LIMITS } from '../limits.ts';

export class Drawer {
  readonly #terminal: Terminal;
  readonly #make: () => Frame;
  readonly #now: () => number;
  #last: Frame | null = null;
  #drawnMs = -Infinity;
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Infinity;
  #waits = false;
  #stopped = true;

  /** `now` in milliseconds, of a clock that never goes back. */
  constructor(terminal: Terminal, make: () => Frame, now: () => number) {
    this.#terminal = terminal;
    this.#make = make;
    this.#now = now;
  }

  /** The screen is ours, and nothing is known of what it shows. */
  start(): void {
    this.#stopped = false;
    this.#last = null;
    this.draw();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueMs = Infinity;
  }

  /** Something changed. `isUrgent`: a key asked for it. */
  request(isUrgent: boolean): void {
    if (this.#stopped) return;
    const interval = isUrgent ? TUI_LIMITS.echoIntervalMs : TUI_LIMITS.frameIntervalMs;
    const dueMs = this.#drawnMs + interval;
    if (dueMs >= this.#dueMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.draw(), Math.max(0, dueMs - this.#now()));
  }

  /** What the terminal shows may be anything. */
  redraw(): void {
    this.#last = null;
    this.draw();
  }

  draw(): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueMs = Infinity;
    if (!this.#terminal.hasRoom) {
      this.#drawWhenRoom();
      return;
    }
    const frame = this.#make();
    const bytes = difference(this.#last, frame);
    this.#last = frame;
    this.#drawnMs = this.#now();
    if (bytes !== '') this.#terminal.write(bytes);
  }

  async #drawLater(ready: Promise<void>): Promise<void> {
    await ready;
    this.#waits = false;
    this.draw();
  }

  #drawWhenRoom(): void {
    if (this.#waits) return;
    this.#waits = true;
    void this.#drawLater(this.#terminal.ready());
  }
}
