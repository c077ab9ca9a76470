// The face of one simulated process: keeps what it was shown, and objects to what it should not have been.

import type { Audience } from '@parley/client';
import type { Arrived, ConversationId, EntryId, PeerEvent, Store } from '@parley/core';

export interface FaceHooks {
  readonly told: (event: PeerEvent) => void;
  readonly failed: (error: unknown) => void;
  readonly object: (text: string) => void;
}

const EVERYTHING = Number.MAX_SAFE_INTEGER;

export class Face implements Audience {
  readonly shown: Map<EntryId, ConversationId> = new Map();
  readonly #store: Store;
  readonly #hooks: FaceHooks;
  readonly #firstArrival: number;

  constructor(store: Store, hooks: FaceHooks) {
    this.#store = store;
    this.#hooks = hooks;
    this.#firstArrival = store.lastArrival();
  }

  arrived(entries: readonly Arrived[], firstArrival: number): void {
    for (const [index, { entry }] of entries.entries()) {
      const stored = this.#store.entry(entry.id);
      // Its room was left in the same turn.
      if (stored === null) continue;
      if (stored.arrival !== firstArrival + index) {
        this.#hooks.object(`entry ${nameOf(entry)} was shown as arrival ${firstArrival + index}`);
      }
      this.#show(entry);
    }
  }

  unparked(after: number): void {
    for (const { entry } of this.#store.arrivals(after, EVERYTHING)) this.#show(entry);
  }

  told(event: PeerEvent): void {
    // What is forgotten may be shown anew, should we come back.
    if (event.kind === 'session' && event.event === 'left') this.#forget(event.conversation);
    this.#hooks.told(event);
  }

  failed(error: unknown): void {
    this.#hooks.failed(error);
  }

  /** They were pruned, and may be shown again should they be kept after all. */
  forget(ids: readonly EntryId[]): void {
    for (const id of ids) this.shown.delete(id);
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
    this.shown.set(entry.id, entry.header.conversation);
  }

  #forget(conversation: ConversationId): void {
    if (this.#store.chains().some((record) => record.conversation === conversation)) return;
    for (const [id, where] of this.shown) if (where === conversation) this.shown.delete(id);
  }
}

/** An entry for a reader of failures: the beginning of its chain, and its number. */
export function nameOf({ header }: Arrived['entry']): string {
  return `${header.chain.slice(0, 6)}…${header.chain.slice(-4)}/${header.seq}`;
}
