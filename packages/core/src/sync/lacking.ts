// Chains someone may hold more of than we do, by how much their authors took lately, each kind in the order of its turns.

import type { ChainKey } from '../brand.ts';

/**
 * How much an author took of us lately: next to nothing, some (or nobody knows), or so much that all others go first. Of
 * the questions that a holder may have of us so many are left for those of less weight.
 */
export type Weight = 0 | 1 | 2;
export const WEIGHTS: readonly Weight[] = [0, 1, 2];

/** Each chain with the earliest time to ask (monotonic): the tree may bring it before. */
export class Lacking {
  readonly #byWeight: Readonly<Record<Weight, Map<ChainKey, number>>> = {
    0: new Map(),
    1: new Map(),
    2: new Map(),
  };

  get size(): number {
    let size = 0;
    for (const weight of WEIGHTS) size += this.#byWeight[weight].size;
    return size;
  }

  get(chain: ChainKey): number | undefined {
    for (const weight of WEIGHTS) {
      const atMs = this.#byWeight[weight].get(chain);
      if (atMs !== undefined) return atMs;
    }
    return undefined;
  }

  /** Keeps its place in line, unless its weight is another now. */
  set(chain: ChainKey, atMs: number, weight: Weight): void {
    for (const other of WEIGHTS) if (other !== weight) this.#byWeight[other].delete(chain);
    this.#byWeight[weight].set(chain, atMs);
  }

  delete(chain: ChainKey): void {
    for (const weight of WEIGHTS) this.#byWeight[weight].delete(chain);
  }

  /** Those that were given this weight, whose turn it is first; it may be changed meanwhile. */
  of(weight: Weight): IterableIterator<[ChainKey, number]> {
    return this.#byWeight[weight].entries();
  }

  /** The earliest time after this one at which one of them may be asked for; Infinity for never. Asked at each turn. */
  nextMs(afterMs: number): number {
    let next = Infinity;
    for (const weight of WEIGHTS)
      for (const atMs of this.#byWeight[weight].values())
        if (atMs > afterMs) next = Math.min(next, atMs);
    return next;
  }

  *all(): IterableIterator<[ChainKey, number]> {
    for (const weight of WEIGHTS) yield* this.#byWeight[weight];
  }
}
