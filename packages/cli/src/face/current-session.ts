// Where a face is: the one place from which the client hears which session a person looks at.

import { lobbyName, purposeOf } from '@parley/client';
import type { Client, CommandOutcome, SessionName } from '@parley/client';

/** A person looks at this session now, and at no other in this face; null: at none. */
export type Attend = (session: SessionName | null) => void;

/**
 * Only what the person types moves it. A session that closes or goes under them does not, so that what they type for a
 * few is never said to all.
 */
export class CurrentSession {
  readonly #client: Client;
  readonly #attend: Attend;
  #name: SessionName = lobbyName;
  /** The command that was to lead elsewhere and did not. */
  #missed: string | null = null;

  constructor(client: Client, attend: Attend) {
    this.#client = client;
    this.#attend = attend;
  }

  get name(): SessionName {
    return this.#name;
  }

  /** What a person calls it. */
  get title(): string {
    const summary = this.#client.view.sessions().find(({ session }) => session === this.#name);
    return summary?.title ?? this.#name;
  }

  /**
   * Why nothing is done here that nobody typed with the last answer before their eyes, or null: a program sends
   * "\fork bobby" and what bobby alone shall read in one go, and where the fork fails that is not said in the lobby.
   */
  get astray(): string | null {
    if (this.#missed === null) return null;
    return `not done in ${this.title}, since ${this.#missed} failed: first go where it belongs, with \\lobby, \\switch or \\fork`;
  }

  /** What became of something typed in the session `from`. */
  tried(typed: string, from: SessionName, outcome: CommandOutcome): void {
    if (purposeOf(typed) === 'move')
      this.#missed = outcome.kind === 'error' ? shortened(typed) : null;
    if (outcome.kind === 'done') this.moved(from, outcome.session);
  }

  begin(): void {
    this.#attend(this.#name);
  }

  /** A command that was run in the session `from` ended in `to`. */
  moved(from: SessionName, to: SessionName): void {
    // Leaving another session than the one looked at leads nowhere.
    const isElsewhere = to === from || (from !== this.#name && !this.#isListed(from));
    if (isElsewhere || to === this.#name) return;
    this.#name = to;
    this.#attend(to);
  }

  #isListed(session: SessionName): boolean {
    return this.#client.view.sessions().some((summary) => summary.session === session);
  }
}

const shownCharactersMax = 40;

function shortened(typed: string): string {
  const characters = Array.from(typed);
  if (characters.length <= shownCharactersMax) return typed;
  return `${characters.slice(0, shownCharactersMax).join('')}…`;
}
