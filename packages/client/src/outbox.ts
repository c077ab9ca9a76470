// What was said and waits to be written: gathered per conversation, handed to the loop in batches, bounded.

import type { ConversationId, Input, Line } from '@parley/core';
import { LIMITS } from '@parley/core';

/** Lines handed over in one turn, so that the network gets its turn too. */
const LINES_PER_TURN_MAX = 2_048;

export class Outbox {
  readonly #lines = new Map<ConversationId, Line[]>();
  #lineCount = 0;
  #units = 0;
  #waiting: (() => void)[] = [];

  get hasRoom(): boolean {
    return this.#lineCount < LIMITS.pendingSayLinesMax && this.#units < LIMITS.pendingSayUnitsMax;
  }

  get isEmpty(): boolean {
    return this.#lineCount === 0;
  }

  add(conversation: ConversationId, line: Extract<Line, { text: string }>): void {
    const lines = this.#lines.get(conversation);
    if (lines === undefined) this.#lines.set(conversation, [line]);
    else lines.push(line);
    this.#lineCount += 1;
    this.#units += line.text.length;
  }

  /** The next batch of each conversation that can take more now, as inputs for step. */
  take(hasRoom: (conversation: ConversationId) => boolean): readonly Input[] {
    const inputs: Input[] = [];
    for (const [conversation, waiting] of this.#lines) {
      if (!hasRoom(conversation)) continue;
      const lines = waiting.splice(0, LINES_PER_TURN_MAX);
      if (waiting.length === 0) this.#lines.delete(conversation);
      this.#forget(lines);
      inputs.push({ kind: 'say', conversation, lines });
    }
    if (this.hasRoom) this.#release();
    return inputs;
  }

  /** Resolves when there is room. */
  ready(): Promise<void> {
    if (this.hasRoom) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #forget(lines: readonly Line[]): void {
    this.#lineCount -= lines.length;
    for (const line of lines) if ('text' in line) this.#units -= line.text.length;
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
