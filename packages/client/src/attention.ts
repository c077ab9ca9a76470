// Which session a person looks at, and how much came in the others meanwhile.

import type { Arrived, IdentityKey } from '@parley/core';
import type { SessionName } from './api.ts';
import type { SessionList } from './session-list.ts';

export class Attention {
  readonly #sessions: SessionList;
  #attended: SessionName = 'lobby';
  readonly #unread = new Map<SessionName, number>();

  constructor(sessions: SessionList) {
    this.#sessions = sessions;
  }

  attend(session: SessionName): void {
    this.#attended = session;
    this.#unread.delete(session);
  }

  unread(session: SessionName): number {
    return this.#unread.get(session) ?? 0;
  }

  /** Counts what others said where nobody looks. */
  arrived(entries: readonly Arrived[], self: IdentityKey): void {
    for (const { entry, identity, lines } of entries) {
      if (identity === self) continue;
      const session = this.#sessions.of(entry.header.conversation)?.name;
      if (session === undefined || session === this.#attended) continue;
      const said = lines.filter(({ type }) => type === 'say' || type === 'me').length;
      if (said > 0) this.#unread.set(session, this.unread(session) + said);
    }
  }
}
