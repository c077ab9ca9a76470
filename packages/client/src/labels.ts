// Names as they are shown: with a key suffix where two people share one.

import type { Conversation, IdentityKey, PeerState } from '@parley/core';
import { labelOf, nameFromKey, namesIn } from '@parley/core';

export interface Label {
  readonly name: string;
  readonly label: string;
}

/** Remembers labels until someone comes or is renamed. */
export class Labels {
  readonly #state: PeerState;
  readonly #conversation: Conversation;
  #names: ReadonlyMap<IdentityKey, string> | null = null;
  readonly #labels = new Map<IdentityKey, Label>();

  constructor(state: PeerState, conversation: Conversation) {
    this.#state = state;
    this.#conversation = conversation;
  }

  of(identity: IdentityKey): Label {
    const known = this.#labels.get(identity);
    if (known !== undefined) return known;
    const names = this.names();
    const name = names.get(identity) ?? nameFromKey(identity);
    const label = { name, label: labelOf(identity, name, names) };
    this.#labels.set(identity, label);
    return label;
  }

  names(): ReadonlyMap<IdentityKey, string> {
    this.#names ??= namesIn(this.#state, this.#conversation);
    return this.#names;
  }

  /** Someone new was heard of, or a name changed. */
  forget(): void {
    this.#names = null;
    this.#labels.clear();
  }
}
