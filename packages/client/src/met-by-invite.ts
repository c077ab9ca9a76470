// Whom we met through an invite: their key came with it, so nobody else can pass for them unnoticed.

import type { IdentityKey, Store } from '@parley/core';
import { LIMITS, encodeUtf8, skeletonOf } from '@parley/core';

const PREFIX = 'met/';

export class MetByInvite {
  readonly #store: Store;
  /** By key, the name that stood in the invite. */
  readonly #names: Map<IdentityKey, string>;

  constructor(store: Store) {
    this.#store = store;
    const decoder = new TextDecoder();
    this.#names = new Map(
      store
        .values(PREFIX)
        .map(({ key, value }) => [key.slice(PREFIX.length) as IdentityKey, decoder.decode(value)]),
    );
  }

  /** Keeps it for good; beyond invitersMax nobody more. */
  add(identity: IdentityKey, name: string): void {
    if (!this.#names.has(identity) && this.#names.size >= LIMITS.invitersMax) return;
    this.#names.set(identity, name);
    const value = encodeUtf8(name);
    this.#store.commit([{ kind: 'value', key: `${PREFIX}${identity}`, value }]);
  }

  has(identity: IdentityKey): boolean {
    return this.#names.has(identity);
  }

  /** Whose name somebody bears whose key is another, as far as eyes can tell; null where that is nobody we met so. */
  impersonated(identity: IdentityKey, name: string): IdentityKey | null {
    if (this.#names.has(identity)) return null;
    const skeleton = skeletonOf(name);
    for (const [other, known] of this.#names) if (skeletonOf(known) === skeleton) return other;
    return null;
  }
}
