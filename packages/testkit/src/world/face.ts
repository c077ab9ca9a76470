// The face of one simulated process: keeps what it was shown, and objects to what it should not have been.

import type { Audience } from '@parley/client';
import type { Arrived, EntryId, PeerEvent, Store } from '@parley/core';

export interface FaceHooks {
  readonly told: (event: PeerEvent) => void;
  readonly failed: (error: unknown) => void;
  readonly object: (text: string) => void;
}

const EVERYTHING = Number.MAX_SAFE_INTEGER;

export class Face implements Audience {
  readonly shown: Set<EntryId> = new Set();
  readonly #store: Store;
  readonly #hooks: FaceHooks;
  readonly #firstArrival: number;

  constructor(store: Store, hooks: FaceHooks) {
    this.#store = store;
    this.#hooks = hooks;
    this.#firstArrival = store.lastArrival();
  }

  arrived(entries: readonly Arrived[], firstArrival: number): void {
    const stored = this.#store.arrivals(firstArrival - 1, entries.length);
    for (const [index, { entry }] of entries.entries()) {
      if (stored[index]?.entry.id !== entry.id) {
        this.#hooks.object(`entry ${nameOf(entry)} was shown as arrival ${firstArrival + index}`);
      }
      this.#show(entry);
    }
  }

  unparked(after: number): void {
    for (const { entry } of this.#store.arrivals(after, EVERYTHING)) this.#show(entry);
  }

  told(event: PeerEvent): void {
    this.#hooks.told(event);
  }

  failed(error: unknown): void {
    this.#hooks.failed(error);
  }

  /** What arrived while this process ran and was not shown. */
  unshown(): readonly string[] {
    return this.#store
      .arrivals(this.#firstArrival, EVERYTHING)
      .filter(({ entry }) => !this.shown.has(entry.id))
      .map(({ entry }) => nameOf(entry));
  }

  #show(entry: Arrived['entry']): void {
    if (this.shown.has(entry.id)) this.#hooks.object(`entry ${nameOf(entry)} was shown twice`);
    this.shown.add(entry.id);
  }
}

/** An entry for a reader of failures: the beginning of its chain, and its number. */
export function nameOf({ header }: Arrived['entry']): string {
  return `${header.chain.slice(0, 6)}…${header.chain.slice(-4)}/${header.seq}`;
}
