// Where a face is: the one place from which the client hears which session a person looks at.

import { lobbyName } from '@parley/client';
import type { Client, SessionName } from '@parley/client';

/**
 * Only what the person types moves it. A session that closes or goes under them does not, so that what they type for a
 * few is never said to all.
 */
export class CurrentSession {
  readonly #client: Client;
  #name: SessionName = lobbyName;

  constructor(client: Client) {
    this.#client = client;
  }

  get name(): SessionName {
    return this.#name;
  }

  /** What a person calls it. */
  get title(): string {
    const summary = this.#client.view.sessions().find(({ session }) => session === this.#name);
    return summary?.title ?? this.#name;
  }

  begin(): void {
    this.#client.attend(this.#name);
  }

  /** A command that was run in the session `from` ended in `to`. */
  moved(from: SessionName, to: SessionName): void {
    // Leaving another session than the one looked at leads nowhere.
    const isElsewhere = to === from || (from !== this.#name && !this.#isListed(from));
    if (isElsewhere || to === this.#name) return;
    this.#name = to;
    this.#client.attend(to);
  }

  #isListed(session: SessionName): boolean {
    return this.#client.view.sessions().some((summary) => summary.session === session);
  }
}
