// Values of a store with changes that are not committed yet: what one piece of work reads, and what it leaves behind.

import type { Store, StoredValue, Write } from '../ports.ts';

type Values = Pick<Store, 'value' | 'values'>;

export class ValueDraft {
  readonly #store: Values;
  readonly #changes: Map<string, Uint8Array | null>;

  constructor(store: Values, changes: ReadonlyMap<string, Uint8Array | null> = new Map()) {
    this.#store = store;
    this.#changes = new Map(changes);
  }

  value(key: string): Uint8Array | null {
    const changed = this.#changes.get(key);
    return changed === undefined ? this.#store.value(key) : changed;
  }

  /** All whose keys begin so, in the order of their keys. */
  values(prefix: string): StoredValue[] {
    const found = new Map(this.#store.values(prefix).map(({ key, value }) => [key, value]));
    for (const [key, value] of this.#changes) {
      if (!key.startsWith(prefix)) continue;
      if (value === null) found.delete(key);
      else found.set(key, value);
    }
    return [...found]
      .map(([key, value]) => ({ key, value }))
      .toSorted((left, right) => (left.key < right.key ? -1 : 1));
  }

  /** Keeps, replaces or (null) erases. */
  set(key: string, value: Uint8Array | null): void {
    this.#changes.set(key, value);
  }

  /** Another draft with the changes so far. */
  copy(): ValueDraft {
    return new ValueDraft(this.#store, this.#changes);
  }

  writes(): Write[] {
    return [...this.#changes].map(([key, value]) => ({ kind: 'value', key, value }));
  }
}
