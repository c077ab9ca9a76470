// What faces read: lines from the ring or the store, everything else from the peer's state of this moment.

import type {
  ChainKey,
  Conversation,
  IdentityKey,
  Neighbour,
  OrderKey,
  PeerId,
  PeerState,
  Store,
  StoredEntry,
  WindowQuery,
} from '@parley/core';
import { compareOrder, gapsOf, holdersOf, isBlocked, linesOf } from '@parley/core';
import { orderKeyOf, shortKey } from '@parley/core';
import type {
  Attempt,
  Connection,
  ExportedRun,
  Gap,
  HistoryPage,
  HistoryRange,
  LinePage,
  PageRange,
  Person,
  SessionName,
  SessionStatus,
  SessionSummary,
  ShownLine,
  View,
} from './api.ts';
import type { Attention } from './attention.ts';
import { runsOf } from './exporting.ts';
import { PeopleView } from './people-view.ts';
import type { MetByInvite } from './met-by-invite.ts';
import { ENTRIES_AT_FIRST, ENTRIES_PER_READ, entriesFor, foundLines, readPage } from './pages.ts';
import type { PageSources } from './pages.ts';
import type { ReadEntry, RecentEntries } from './recent.ts';
import type { Listed, SessionList } from './session-list.ts';
import { forkedByOf } from './session-list.ts';

export interface ViewSources {
  readonly state: PeerState;
  readonly store: Store;
  readonly recent: RecentEntries;
  readonly sessions: SessionList;
  readonly attention: Attention;
  readonly met: MetByInvite;
  /** Arrival number of the newest entry that was shown. */
  readonly lastArrival: () => number;
  /** Has what was said so far be stored, as far as that is done at once. */
  readonly storeSaid: () => void;
}

export class ClientView implements View {
  readonly #sources: ViewSources;
  /** Who is where; the client tells it of changes. */
  readonly who: PeopleView;

  constructor(sources: ViewSources) {
    this.#sources = sources;
    this.who = new PeopleView(sources);
  }

  get self(): View['self'] {
    const { identity, name, peer } = this.#sources.state.self;
    return { identity, name, peer };
  }

  listening(): readonly string[] {
    return this.#sources.state.listening;
  }

  newest(): number {
    return this.#sources.lastArrival();
  }

  linesAfter(arrival: number, linesMax: number): LinePage {
    const lines: ShownLine[] = [];
    let through = arrival;
    let [read, entriesMax] = [0, ENTRIES_AT_FIRST];
    // What is not shown is not read: under load an entry has hundreds of lines, and a page is full after a few.
    while (lines.length < linesMax && read < ENTRIES_PER_READ) {
      const entries = this.#entriesAfter(through, entriesMax);
      for (const entry of entries) {
        if (lines.length >= linesMax) break;
        this.#show(entry, lines);
        through = entry.arrival;
        read += 1;
      }
      if (entries.length === 0) {
        // What was newer is gone with the room that it was said in.
        through = Math.max(through, this.newest());
        break;
      }
      entriesMax = entriesFor(linesMax - lines.length, lines.length / read);
    }
    return { lines, through, end: through >= this.newest() };
  }

  history(session: SessionName, range: HistoryRange): readonly ShownLine[] {
    const listed = this.#find(session);
    if (listed === undefined) return [];
    const { linesMax, ...times } = range;
    return times.sinceMs === undefined
      ? this.#lastLines(listed, times.untilMs, linesMax)
      : this.#firstLines(listed, { ...times, sinceMs: times.sinceMs }, linesMax);
  }

  page(session: SessionName, range: PageRange): HistoryPage {
    const listed = this.#find(session);
    if (listed === undefined) return { lines: [], end: true };
    const window: PageSources['window'] = (query) => this.#window(listed, query);
    return readPage({ window, show: (stored) => this.#linesOf(stored) }, range);
  }

  search(query: string, session: SessionName | null, hitsMax: number): readonly ShownLine[] {
    const { store, storeSaid } = this.#sources;
    // Whoever said it may look for it in the same breath.
    storeSaid();
    const listed = session === null ? null : this.#find(session);
    const ids = session === null ? [null] : (listed?.conversations ?? []).map(({ id }) => id);
    const hits = ids.flatMap((id) => store.search(query, id, hitsMax));
    return foundLines(hits, (stored) => this.#linesOf(stored)).slice(0, hitsMax);
  }

  *runs(session: SessionName): Generator<ExportedRun, void, undefined> {
    const listed = this.#find(session);
    if (listed === undefined || listed.session !== null) return;
    const { store } = this.#sources;
    for (const { record, entries, bytes } of runsOf(store, listed.conversation)) {
      const { identity, name, chain } = record;
      const first = entries[0]?.header.seq ?? 0;
      const stored = entries.flatMap(({ id }) => store.entry(id) ?? []);
      const lines = stored.flatMap((each) => this.#linesOf(each));
      yield { identity, name, chain, first, entries: entries.length, bytes, lines };
    }
  }

  sessions(): readonly SessionSummary[] {
    return this.#sources.sessions.all().map((listed) => this.who.summary(listed));
  }

  status(session: SessionName): SessionStatus {
    const listed = this.#find(session);
    return listed === undefined
      ? { session, held: 0, missing: 0, peers: 0 }
      : this.who.status(listed);
  }

  people(session: SessionName): readonly Person[] {
    const listed = this.#find(session);
    return listed === undefined ? [] : this.who.people(listed);
  }

  blocked(): readonly Person[] {
    return this.who.blocked();
  }

  connections(): readonly Connection[] {
    const errors = new Map<PeerId, string>();
    for (const { peer, lastError } of this.#sources.state.links.targets.values())
      if (peer !== null && lastError !== null) errors.set(peer, lastError);
    return Array.from(this.#sources.state.neighbours.values(), (neighbour): Connection => {
      const { peer, direction, address, path, latencyMs, connectedMs, hello } = neighbour;
      const label = hello === null ? null : this.#labelAnywhere(neighbour);
      const identity = hello?.identity ?? null;
      const lastError = errors.get(peer) ?? null;
      const who = { peer, identity, label };
      return { ...who, direction, address, path, latencyMs, sinceMs: connectedMs, lastError };
    });
  }

  attempts(): readonly Attempt[] {
    const { links, neighbours } = this.#sources.state;
    const open = [...links.targets.values()].filter(
      ({ peer }) => peer === null || !neighbours.has(peer),
    );
    return open.map(({ dial, key, failures, lastError, dialingMs, nextMs }): Attempt => {
      const address = dial.addresses[0] ?? key;
      return { address, failures, lastError, nextMs: dialingMs === null ? nextMs : null };
    });
  }

  gaps(session: SessionName): readonly Gap[] {
    return (this.#find(session)?.conversations ?? []).flatMap((each) => this.#gapsIn(each));
  }

  #gapsIn(conversation: Conversation): readonly Gap[] {
    const { state } = this.#sources;
    const labels = this.who.labelsOf(conversation);
    return gapsOf(state, conversation).map(({ chain, identity, missing, bar }): Gap => {
      const holders = holdersOf(state, conversation, chain).map((peer) => {
        const neighbour = state.neighbours.get(peer);
        return neighbour === undefined ? peer : this.#labelAnywhere(neighbour);
      });
      const author =
        identity === null
          ? `key ${shortKey(chain.slice(0, 64) as IdentityKey).slice(0, 8)}`
          : labels.of(identity).label;
      return { author, missing, holders, bar };
    });
  }

  /** From the ring; from the store what the ring has no more, or never had because it was parked. */
  #entriesAfter(arrival: number, entriesMax: number): readonly ReadEntry[] {
    const recent = this.#sources.recent.after(arrival);
    const isBehind = recent?.length === 0 && arrival < this.newest();
    return recent === null || isBehind ? this.#readArrivals(arrival, entriesMax) : recent;
  }

  #readArrivals(after: number, entriesMax: number): readonly ReadEntry[] {
    return this.#sources.store.arrivals(after, entriesMax).map(readStored);
  }

  #show({ arrival, stored, lines }: ReadEntry, into: ShownLine[]): void {
    const { header, id } = stored.entry;
    const listed = this.#sources.sessions.of(header.conversation);
    if (listed === undefined) return;
    const { state } = this.#sources;
    const { identity, late } = stored;
    // In the store still, for when they are not blocked any more.
    if (isBlocked(state, identity)) return;
    const from = { identity, ...this.who.labelsOf(listed.conversation).of(identity) };
    const own = identity === state.self.identity;
    const forkedBy = forkedByOf(state, listed);
    const place = { session: listed.name, forkedBy };
    const shared = { arrival, ...place, from, timeMs: header.hlc.ms, own, late };
    const order = orderKeyOf(stored.entry);
    for (const [index, line] of lines.entries()) {
      if (line.type !== 'say' && line.type !== 'me') continue;
      const { type: kind, text } = line;
      into.push({ ...shared, id: `${id}.${index}`, place: { ...order, index }, kind, text });
    }
  }

  #linesOf(stored: StoredEntry): readonly ShownLine[] {
    const lines: ShownLine[] = [];
    this.#show(readStored(stored), lines);
    return lines;
  }

  #lastLines(listed: Listed, untilMs: number | undefined, linesMax: number): readonly ShownLine[] {
    let lines: ShownLine[] = [];
    let before: StoredEntry | undefined;
    while (lines.length < linesMax) {
      const page = this.#window(listed, {
        ...(before === undefined ? {} : { before: orderKeyOf(before.entry) }),
        ...(untilMs === undefined ? {} : { untilMs }),
        entriesMax: ENTRIES_PER_READ,
      });
      const shown: ShownLine[] = [];
      for (const stored of page) this.#show(readStored(stored), shown);
      lines = [...shown, ...lines];
      before = page[0];
      if (before === undefined) break;
    }
    return lines.slice(-linesMax);
  }

  /** What two crossing forks say is one session: the pages of both, in one order. */
  #window(
    { conversations }: Listed,
    query: Omit<WindowQuery, 'conversation'>,
  ): readonly StoredEntry[] {
    const { store } = this.#sources;
    const pages = conversations.map(({ id }) => store.window({ ...query, conversation: id }));
    if (pages.length === 1) return pages[0] ?? [];
    const all = pages
      .flat()
      .toSorted((left, right) => compareOrder(orderKeyOf(left.entry), orderKeyOf(right.entry)));
    return query.after === undefined
      ? all.slice(-query.entriesMax)
      : all.slice(0, query.entriesMax);
  }

  #firstLines(
    listed: Listed,
    times: { readonly sinceMs: number; readonly untilMs?: number },
    linesMax: number,
  ): readonly ShownLine[] {
    const lines: ShownLine[] = [];
    let after: StoredEntry | undefined;
    while (lines.length < linesMax) {
      // Before anything there is: windows with `after` begin at the old end.
      const place = after === undefined ? FIRST_PLACE : orderKeyOf(after.entry);
      const page = this.#window(listed, {
        after: place,
        ...times,
        entriesMax: ENTRIES_PER_READ,
      });
      for (const stored of page) this.#show(readStored(stored), lines);
      after = page.at(-1);
      if (after === undefined) break;
    }
    return lines.slice(0, linesMax);
  }

  #labelAnywhere({ hello, peer }: Neighbour): string {
    return hello === null ? peer : this.who.labelOf(hello.identity);
  }

  #find(session: SessionName): Listed | undefined {
    return this.#sources.sessions.find(session);
  }
}

/** Before every entry there can be. */
const FIRST_PLACE: OrderKey = {
  hlc: { ms: 0, counter: 0 },
  chain: '0'.repeat(80) as ChainKey,
  seq: 0,
};

/** An entry of the store with its lines; none where it is encrypted or pruned. */
function readStored(stored: StoredEntry): ReadEntry {
  return { arrival: stored.arrival, stored, lines: linesOf(stored) };
}
