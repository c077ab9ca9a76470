// Names as they are shown: with a key suffix where two people share one.

import type { Conversation, IdentityKey, PeerState } from '@parley/core';
import { labelOf, nameFromKey, namesIn } from '@parley/core';

export interface Label {
  readonly name: string;
  readonly label: string;
}

/**
 * Remembers labels until someone comes or is renamed. Who has a namesake in the lobby is told from them in private
 * sessions too: else nobody could see which of two bobbys they are alone with.
 */
export class Labels {
  readonly #state: PeerState;
  readonly #conversation: Conversation;
  readonly #lobby: Labels | null;
  #names: ReadonlyMap<IdentityKey, string> | null = null;
  readonly #labels = new Map<IdentityKey, Label>();

  /** `lobby` is null for the lobby itself. */
  constructor(state: PeerState, conversation: Conversation, lobby: Labels | null) {
    this.#state = state;
    this.#conversation = conversation;
    this.#lobby = lobby;
  }

  of(identity: IdentityKey): Label {
    const known = this.#labels.get(identity);
    if (known !== undefined) return known;
    const names = this.names();
    if (names === this.#lobby?.names()) return this.#lobby.of(identity);
    const name = names.get(identity) ?? nameFromKey(identity);
    const label = { name, label: labelOf(identity, name, names) };
    this.#labels.set(identity, label);
    return label;
  }

  names(): ReadonlyMap<IdentityKey, string> {
    this.#names ??= this.#namesNow();
    return this.#names;
  }

  /** The names of the lobby themselves where nobody else is in it, so that labels are made once for all sessions. */
  #namesNow(): ReadonlyMap<IdentityKey, string> {
    const own = namesIn(this.#state, this.#conversation);
    const around = this.#lobby?.names();
    if (around === undefined) return own;
    const isKnown = [...own.keys()].every((identity) => around.has(identity));
    return isKnown ? around : new Map([...own, ...around]);
  }

  /** Someone new was heard of, or a name changed. */
  forget(): void {
    this.#names = null;
    this.#labels.clear();
  }
}

/** As people look for each other, so that a session is called the same by everyone else in it. */
export function byLabel<Labelled extends { readonly label: string }>(
  people: readonly Labelled[],
): readonly Labelled[] {
  return people.toSorted(({ label: left }, { label: right }) => left.localeCompare(right));
}
