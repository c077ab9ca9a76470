// Which session a person looks at in each face, how far each was read, and how much came in the others meanwhile.

import type { Arrived, Store, Write } from '@parley/core';
import { LIMITS, encodeUtf8 } from '@parley/core';
import type { SessionName, View } from './api.ts';
import type { Listed, SessionList } from './session-list.ts';

const PREFIX = 'read/';
const LINES_PER_READ = 512;

export interface AttentionSources {
  readonly sessions: SessionList;
  readonly store: Store;
  readonly view: () => Pick<View, 'linesAfter' | 'newest'>;
}

export class Attention {
  readonly #sources: AttentionSources;
  /** By face. */
  readonly #attended = new Map<string, SessionName>();
  /** Null until it is first asked for: then what came while we were away is counted. */
  #unread: Map<SessionName, number> | null = null;

  constructor(sources: AttentionSources) {
    this.#sources = sources;
  }

  attend(session: SessionName | null, face: string): void {
    const counts = this.#counts();
    this.save();
    if (session === null) {
      this.#attended.delete(face);
      return;
    }
    this.#attended.set(face, session);
    counts.delete(session);
  }

  /** Writes down that what is looked at is read up to now. */
  save(): void {
    const { sessions, store, view } = this.#sources;
    const attended = new Set(this.#attended.values());
    const value = encodeUtf8(String(view().newest()));
    const writes = [...attended].flatMap((session): Write[] => {
      const listed = sessions.find(session);
      return listed === undefined ? [] : [{ kind: 'value', key: keyOf(listed), value }];
    });
    if (writes.length > 0) store.commit(writes);
  }

  #isAttended(session: SessionName): boolean {
    for (const attended of this.#attended.values()) if (attended === session) return true;
    return false;
  }

  unread(session: SessionName): number {
    return this.#counts().get(session) ?? 0;
  }

  /** Counts what others said where nobody looks; `entries` are of those who are listened to. */
  arrived(entries: readonly Arrived[]): void {
    // Counting what is in the store counts these too.
    if (this.#unread === null) return;
    for (const { entry, lines } of entries) {
      const session = this.#sources.sessions.of(entry.header.conversation)?.name;
      if (session === undefined || this.#isAttended(session)) continue;
      const said = lines.filter(({ type }) => type === 'say' || type === 'me').length;
      if (said > 0) this.#unread.set(session, (this.#unread.get(session) ?? 0) + said);
    }
  }

  /** Whose lines count has changed. */
  recount(): void {
    this.#unread = null;
  }

  #counts(): Map<SessionName, number> {
    this.#unread ??= this.#countAll();
    return this.#unread;
  }

  /** Of the newest entries, as many as can be looked at quickly. */
  #countAll(): Map<SessionName, number> {
    const view = this.#sources.view();
    const marks = this.#marks(view.newest());
    const counts = new Map<SessionName, number>();
    let after = Math.max(Math.min(...marks.values()), view.newest() - LIMITS.unreadEntriesMax);
    for (let end = false; !end; ) {
      const page = view.linesAfter(after, LINES_PER_READ);
      for (const { session, own, arrival } of page.lines) {
        const isNew = !own && !this.#isAttended(session) && arrival > (marks.get(session) ?? 0);
        if (isNew) counts.set(session, (counts.get(session) ?? 0) + 1);
      }
      end = page.end || page.through === after;
      after = page.through;
    }
    return counts;
  }

  /** How far each session is read, as an arrival number; a lobby that nobody ever looked at is as good as read. */
  #marks(newest: number): ReadonlyMap<SessionName, number> {
    const { sessions, store } = this.#sources;
    const marks = new Map<SessionName, number>();
    for (const listed of sessions.all()) {
      const unknown = listed.kind === 'lobby' ? newest : 0;
      // It may have been read before two crossing forks turned out to be one.
      const kept = listed.conversations.flatMap(({ id }) => markIn(store.value(PREFIX + id)));
      marks.set(listed.name, kept.length === 0 ? unknown : Math.max(...kept));
    }
    return marks;
  }
}

function markIn(value: Uint8Array | null): readonly number[] {
  const mark = value === null ? null : Number(new TextDecoder().decode(value));
  return mark !== null && Number.isSafeInteger(mark) ? [mark] : [];
}

function keyOf({ conversation }: Listed): string {
  return PREFIX + conversation.id;
}
