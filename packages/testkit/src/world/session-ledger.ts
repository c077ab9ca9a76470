// What was said in private sessions, and to whom: by the roster that the speaker went by when its words were encrypted.

import type { ChainKey, ConversationId, DeviceKey, EntryId, IdentityKey, Line } from '@parley/core';
import { decodeLines, presentIn } from '@parley/core';
import type { PeerState, Speak, Spoken, Write } from '@parley/core';
import type { SessionEvent } from './session-plan.ts';

/** One line in an entry that its author committed. */
export interface SaidLine {
  readonly text: string;
  readonly session: ConversationId;
  readonly author: IdentityKey;
  readonly entry: EntryId;
  readonly chain: ChainKey;
  readonly seq: number;
  readonly atMs: number;
  /** By the clock of its author. */
  readonly hlcMs: number;
  readonly audience: Audience;
}

/** Whom words are said to. */
interface Audience {
  /** Who is in the session, as far as the speaker knows, itself included. */
  readonly readers: ReadonlySet<IdentityKey>;
  /** Who has the keys. */
  readonly devices: ReadonlySet<DeviceKey>;
  /** For whose keys lines waited in vain. */
  readonly givenUp: ReadonlySet<IdentityKey>;
  readonly atMs: number;
}

export interface Author {
  readonly identity: IdentityKey;
  /** Of one machine: copies of a profile share the rest. */
  readonly peer: string;
}

/** The speaker as it begins to encrypt, the time by its own clock, and virtual time. */
interface SpeakerNow {
  readonly state: PeerState;
  readonly nowMs: number;
  readonly atMs: number;
}

export class SessionLedger {
  readonly lines: SaidLine[] = [];
  readonly happened: Set<SessionEvent> = new Set();
  /** Who was taken out or left, and when last, of each session. */
  readonly #gone = new Map<ConversationId, Map<IdentityKey, number>>();
  /** The lines of each entry. */
  readonly #byPlace = new Map<string, SaidLine[]>();
  /** Of what is being encrypted, by speaker and session. */
  readonly #audiences = new Map<string, Audience>();

  /** Words are being encrypted for those who are in the roster now. */
  began(
    { peer }: Author,
    { session: id, begins, remove }: Speak,
    { state, nowMs, atMs }: SpeakerNow,
  ): void {
    const session = state.sessions.get(id);
    if (session === undefined || session.roster === null) return;
    const { roster, own, awaited } = session;
    const devices = new Set(begins ? [] : own?.members);
    for (const device of remove) devices.delete(device);
    const overdue = [...awaited].filter(([, untilMs]) => untilMs <= nowMs);
    const givenUp = new Set(overdue.map(([identity]) => identity));
    const readers = new Set(presentIn(roster));
    this.#audiences.set(`${peer} ${id}`, { readers, devices, givenUp, atMs });
  }

  /** They are encrypted, for these newcomers too. */
  spoke({ peer }: Author, { session }: Speak, { added }: Spoken): void {
    const key = `${peer} ${session}`;
    const audience = this.#audiences.get(key);
    if (audience === undefined) return;
    const devices = new Set([...audience.devices, ...added]);
    this.#audiences.set(key, { ...audience, devices });
  }

  noteGone(session: ConversationId, identity: IdentityKey, atMs: number): void {
    const gone = this.#gone.get(session) ?? new Map<IdentityKey, number>();
    this.#gone.set(session, gone.set(identity, atMs));
  }

  /** How many people were ever taken out or left. */
  goneFrom(session: ConversationId): number {
    return this.#gone.get(session)?.size ?? 0;
  }

  wasGone(session: ConversationId, identity: IdentityKey): boolean {
    return this.#gone.get(session)?.has(identity) === true;
  }

  /** Whether a line was for someone, or they were taken out no sooner than it was being encrypted. */
  isFor({ session, audience }: SaidLine, identity: IdentityKey): boolean {
    const goneMs = this.#gone.get(session)?.get(identity) ?? -Infinity;
    return audience.readers.has(identity) || goneMs >= audience.atMs;
  }

  /** An author committed entries that nobody had before. */
  said(author: Author, writes: readonly Write[], fresh: ReadonlySet<EntryId>, atMs: number): void {
    for (const write of writes) {
      if (write.kind !== 'entries' || write.sealed !== true) continue;
      const session = write.chain.conversation;
      const audience = this.#audiences.get(`${author.peer} ${session}`);
      if (audience === undefined) continue;
      for (const { id, header } of write.entries) {
        if (!fresh.has(id)) continue;
        const { chain, seq, hlc } = header;
        const when = { atMs, hlcMs: hlc.ms };
        const place = {
          session,
          author: author.identity,
          entry: id,
          chain,
          seq,
          ...when,
          audience,
        };
        for (const text of textsIn(openedIn(writes, chain, seq))) this.#note({ text, ...place });
      }
    }
  }

  linesAt(chain: ChainKey, seq: number): readonly SaidLine[] {
    return this.#byPlace.get(`${chain}/${seq}`) ?? [];
  }

  #note(line: SaidLine): void {
    const key = `${line.chain}/${line.seq}`;
    this.lines.push(line);
    this.#byPlace.set(key, [...(this.#byPlace.get(key) ?? []), line]);
  }
}

function openedIn(writes: readonly Write[], chain: ChainKey, seq: number): Uint8Array | null {
  const opened = writes.find(
    (write) => write.kind === 'opened' && write.chain === chain && write.seq === seq,
  );
  return opened?.kind === 'opened' ? opened.lines : null;
}

/** What people said in a payload of lines. */
export function textsIn(payload: Uint8Array | null): readonly string[] {
  if (payload === null) return [];
  const lines = decodeLines(payload, null);
  if (!lines.ok) throw new Error(`what was opened does not decode: ${lines.reason}`);
  return lines.value.flatMap((line: Line) => (line.type === 'say' ? [line.text] : []));
}
