// A line to type in at the foot of the terminal, which lines that arrive do not break.

import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { sanitise } from '@parley/client';
import type { TextSink } from '../io/output.ts';
import { shownOn } from '../io/screen.ts';
import type { Screen } from '../io/screen.ts';
import type { Completion } from './complete.ts';
import { CLI_LIMITS } from '../limits.ts';

/** "[bobby] ": what a session is called, cut where so many are in it that nothing could be typed beside it. */
export function promptText(title: string, screen: Screen): string {
  const shown = Array.from(shownOn(screen, sanitise(title)));
  const { promptTitleCharacters: charactersMax } = CLI_LIMITS;
  if (shown.length <= charactersMax) return `[${shown.join('')}] `;
  return `[${shown.slice(0, charactersMax).join('')}...] `;
}

export interface PromptOptions {
  readonly input: Readable;
  /** The terminal. */
  readonly output: Writable;
  readonly text: () => string;
  readonly complete: (typed: string) => Completion;
  readonly onLine: (line: string) => void;
  /** Ctrl-D on an empty line. */
  readonly onEnd: () => void;
  readonly onInterrupt: () => void;
}

export class Prompt {
  readonly #output: Writable;
  readonly #text: () => string;
  readonly #lines: Interface;
  #closed = false;
  /** False until the first show: what is printed before has no prompt to make room. */
  #shown = false;

  constructor(options: PromptOptions) {
    const { input, output, text, complete, onLine, onEnd, onInterrupt } = options;
    this.#output = output;
    this.#text = text;
    const settings = {
      input,
      output,
      terminal: true,
      historySize: CLI_LIMITS.promptHistoryLines,
    } as const;
    const completer = (typed: string): Completion => complete(typed);
    this.#lines = createInterface({ ...settings, completer, removeHistoryDuplicates: true });
    this.#lines.on('line', (line) => {
      onLine(line);
      this.show();
    });
    this.#lines.on('SIGINT', onInterrupt);
    this.#lines.on('close', () => {
      const isOurs = this.#closed;
      this.#closed = true;
      if (!isOurs) onEnd();
    });
  }

  show(): void {
    if (this.#closed) return;
    this.#shown = true;
    this.#lines.setPrompt(this.#text());
    this.#lines.prompt(true);
  }

  /** Stops reading while a producer is too fast. */
  async pauseFor(ready: Promise<void>): Promise<void> {
    this.#lines.pause();
    await ready;
    if (!this.#closed) this.#lines.resume();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (this.#closed) return;
    this.#erase();
    this.#closed = true;
    this.#lines.close();
  }

  /** A sink on the same terminal: what it writes goes above the prompt. */
  above(sink: TextSink): TextSink {
    const write = (text: string): void => {
      if (text === '') return;
      this.#erase();
      sink.write(text);
      if (this.#shown) this.show();
    };
    return {
      get closed() {
        return sink.closed;
      },
      get hasRoom() {
        return sink.hasRoom;
      },
      ready: () => sink.ready(),
      takeDropped: () => sink.takeDropped(),
      write,
    };
  }

  #erase(): void {
    if (this.#closed || !this.#shown) return;
    const { rows } = this.#lines.getCursorPos();
    if (rows > 0) moveCursor(this.#output, 0, -rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
    // Else readline goes up again by what is erased already.
    (this.#lines as Interface & { prevRows?: number }).prevRows = 0;
  }
}
