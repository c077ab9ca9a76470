// What was said and waits to be written: gathered per conversation, handed to the loop in batches, bounded.

import type { ConversationId, Input, Line } from '@parley/core';
import { LIMITS } from '@parley/core';

/** Lines handed over in one turn, so that the network gets its turn too. */
const LINES_PER_TURN_MAX = 2_048;

/** What is to be done between two lines. */
interface Order {
  readonly type: 'order';
  readonly input: Input;
}

function isOrder(item: Line | Order): item is Order {
  return item.type === 'order';
}

/** As many as fit into a turn, up to the next order. */
function takeLines(waiting: (Line | Order)[]): readonly Line[] {
  const lines: Line[] = [];
  for (const item of waiting) {
    if (isOrder(item) || lines.length === LINES_PER_TURN_MAX) break;
    lines.push(item);
  }
  waiting.splice(0, lines.length);
  return lines;
}

export class Outbox {
  readonly #lines = new Map<ConversationId, (Line | Order)[]>();
  #lineCount = 0;
  #units = 0;
  #waiting: (() => void)[] = [];

  get hasRoom(): boolean {
    return this.#lineCount < LIMITS.pendingSayLinesMax && this.#units < LIMITS.pendingSayUnitsMax;
  }

  get lineCount(): number {
    return this.#lineCount;
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  add(conversation: ConversationId, line: Line): void {
    const lines = this.#lines.get(conversation);
    if (lines === undefined) this.#lines.set(conversation, [line]);
    else lines.push(line);
    this.#lineCount += 1;
    if ('text' in line) this.#units += line.text.length;
  }

  /** Something to be done after the lines said so far, and before those said from now on. */
  order(conversation: ConversationId, input: Input): void {
    const waiting = this.#lines.get(conversation);
    const order: Order = { type: 'order', input };
    if (waiting === undefined) this.#lines.set(conversation, [order]);
    else waiting.push(order);
  }

  /** The next batch of each conversation that can take more now, as inputs for step. */
  take(hasRoom: (conversation: ConversationId) => boolean): readonly Input[] {
    const inputs: Input[] = [];
    for (const [conversation, waiting] of this.#lines) {
      if (!hasRoom(conversation)) continue;
      const lines = takeLines(waiting);
      this.#forget(lines);
      if (lines.length > 0) inputs.push({ kind: 'say', conversation, lines });
      const next = waiting[0];
      if (next !== undefined && isOrder(next)) {
        waiting.shift();
        inputs.push(next.input);
      }
      if (waiting.length === 0) this.#lines.delete(conversation);
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
