// From what the terminal sends, in pieces of any length, to events.

import { StdinBuffer } from '@earendil-works/pi-tui/dist/stdin-buffer.js';
import { TUI_LIMITS } from '../limits.ts';
import { decode } from './decode.ts';
import type { InputEvent } from './decode.ts';

export class InputReader {
  readonly #sequences: StdinBuffer;
  readonly #onEvent: (event: InputEvent) => void;
  /** Text that goes on: characters of a paste without marks come one by one. */
  #text = '';

  /** `escapeWaitMs`: how long a lone escape may be the beginning of a longer sequence. */
  constructor(escapeWaitMs: number, onEvent: (event: InputEvent) => void) {
    this.#onEvent = onEvent;
    this.#sequences = new StdinBuffer({ escapeTimeout: escapeWaitMs });
    this.#sequences.on('data', (sequence) => this.#take(sequence));
    this.#sequences.on('paste', (text) => this.#paste(text));
  }

  push(chunk: string): void {
    this.#sequences.process(chunk);
    this.#endText();
  }

  stop(): void {
    this.#sequences.destroy();
  }

  #take(sequence: string): void {
    // Halves of one character come in turn, so that text must be put together before it is looked at.
    if (sequence !== '' && !/^\p{Cc}/u.test(sequence)) {
      this.#text += sequence;
      return;
    }
    this.#endText();
    const event = decode(sequence);
    if (event !== null) this.#onEvent(event);
  }

  #paste(text: string): void {
    this.#endText();
    const kept = text.slice(0, TUI_LIMITS.pasteCharactersMax);
    this.#onEvent({ kind: 'paste', text: kept.replaceAll(/\r\n?/gu, '\n').toWellFormed() });
  }

  #endText(): void {
    if (this.#text === '') return;
    const text = this.#text.toWellFormed();
    this.#text = '';
    this.#onEvent({ kind: 'text', text });
  }
}
