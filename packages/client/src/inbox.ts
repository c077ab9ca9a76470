// What waits for its turn: ours first, then of each neighbour in turn, so that nobody waits behind another's flood.

import type { Input, PeerId } from '@parley/core';
import { LIMITS } from '@parley/core';

interface Waiting {
  readonly input: Input;
  readonly cameMs: number;
}

/** What came of one neighbour, in its order. */
interface Line {
  waiting: Waiting[];
  next: number;
}

/** Cutting an array only now and then keeps the cost of an input constant. */
const TAKEN_KEPT = 1_024;

export class Inbox {
  readonly #ours: Line = { waiting: [], next: 0 };
  /** Whose turn it is comes first. */
  readonly #lines: Map<PeerId, Line> = new Map();
  #size = 0;
  #bytes = 0;

  /** Inputs that wait. */
  get size(): number {
    return this.#size;
  }

  /** So much waits that some of it is to be taken before more is read. */
  get isFull(): boolean {
    return this.#size >= LIMITS.inputQueueMax || this.#bytes >= LIMITS.inputQueueBytesMax;
  }

  /** `nowMs`: monotonic. */
  push(input: Input, nowMs: number): void {
    this.#size += 1;
    this.#bytes += bytesOf(input);
    const peer = senderOf(input);
    const line = peer === null ? this.#ours : (this.#lines.get(peer) ?? { waiting: [], next: 0 });
    line.waiting.push({ input, cameMs: nowMs });
    if (peer !== null) this.#lines.set(peer, line);
  }

  /** The next one, with how long it waited if it came over the network; null where none waits. */
  take(nowMs: number): Input | null {
    if (this.#size === 0) return null;
    this.#size -= 1;
    const { input, cameMs } = hasMore(this.#ours) ? takeOf(this.#ours) : this.#takeOfNext();
    this.#bytes -= bytesOf(input);
    return input.kind === 'network' ? { ...input, waitedMs: nowMs - cameMs } : input;
  }

  #takeOfNext(): Waiting {
    const [peer, line] = this.#lines.entries().next().value as [PeerId, Line];
    const first = takeOf(line);
    this.#lines.delete(peer);
    if (hasMore(line)) this.#lines.set(peer, line);
    return first;
  }
}

function hasMore({ waiting, next }: Line): boolean {
  return next < waiting.length;
}

function takeOf(line: Line): Waiting {
  const first = line.waiting[line.next] as Waiting;
  line.next += 1;
  if (line.next >= TAKEN_KEPT || !hasMore(line)) {
    line.waiting = line.waiting.slice(line.next);
    line.next = 0;
  }
  return first;
}

/** Who sent it over a link; null for all else. */
function senderOf(input: Input): PeerId | null {
  if (input.kind !== 'network') return null;
  const { event } = input;
  return 'peer' in event ? event.peer : null;
}

function bytesOf(input: Input): number {
  return input.kind === 'network' && input.event.kind === 'frame' ? input.event.bytes.length : 0;
}
