// What faces read: lines from the ring or the store, everything else from the peer's state of this moment.

import type {
  Arrived,
  ChainKey,
  ConversationId,
  Conversation,
  IdentityKey,
  Line,
  Neighbour,
  OrderKey,
  PeerState,
  Store,
  StoredEntry,
} from '@parley/core';
import {
  decodeLines,
  gapsOf,
  holdersOf,
  namesIn,
  neighboursIn,
  orderKeyOf,
  shortKey,
  statusOf,
} from '@parley/core';
import type {
  Attempt,
  Connection,
  Gap,
  HistoryRange,
  LinePage,
  Person,
  SessionName,
  SessionStatus,
  SessionSummary,
  ShownLine,
  View,
} from './api.ts';
import { Labels } from './labels.ts';
import type { ReadEntry, RecentEntries } from './recent.ts';

const ENTRIES_PER_READ = 64;

export interface ViewSources {
  readonly state: PeerState;
  readonly store: Store;
  readonly recent: RecentEntries;
  /** Arrival number of the newest entry that was shown. */
  readonly lastArrival: () => number;
}

export class ClientView implements View {
  readonly #sources: ViewSources;
  readonly #labels = new Map<ConversationId, Labels>();
  readonly #known = new Set<IdentityKey>();

  constructor(sources: ViewSources) {
    this.#sources = sources;
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
    const entries = this.#entriesAfter(arrival);
    const lines: ShownLine[] = [];
    let through = arrival;
    for (const entry of entries) {
      if (lines.length >= linesMax) break;
      this.#show(entry, lines);
      through = entry.arrival;
    }
    return { lines, through, end: through >= this.newest() };
  }

  history(session: SessionName, range: HistoryRange): readonly ShownLine[] {
    const conversation = this.#find(session);
    if (conversation === undefined) return [];
    const { linesMax, ...times } = range;
    return times.sinceMs === undefined
      ? this.#lastLines(conversation, times.untilMs, linesMax)
      : this.#firstLines(conversation, { ...times, sinceMs: times.sinceMs }, linesMax);
  }

  sessions(): readonly SessionSummary[] {
    return Array.from(this.#sources.state.conversations.values(), (conversation, number) => ({
      ...this.#status(conversation),
      number,
      kind: number === 0 ? 'lobby' : 'room',
      people: this.#here(conversation).size + 1,
    }));
  }

  status(session: SessionName): SessionStatus {
    const conversation = this.#find(session);
    return conversation === undefined
      ? { session, held: 0, missing: 0, peers: 0 }
      : this.#status(conversation);
  }

  people(session: SessionName): readonly Person[] {
    const conversation = this.#find(session);
    if (conversation === undefined) return [];
    const { state } = this.#sources;
    const here = this.#here(conversation);
    const labels = this.#labelsOf(conversation);
    return Array.from(namesIn(state, conversation).keys(), (identity): Person => {
      const neighbour = here.get(identity);
      const seenMs = state.acquaintances.get(identity)?.seenMs ?? null;
      return {
        identity,
        ...labels.of(identity),
        you: identity === state.self.identity,
        path: neighbour?.path ?? null,
        lastSeenMs: seenMs,
      };
    });
  }

  connections(): readonly Connection[] {
    return Array.from(this.#sources.state.neighbours.values(), (neighbour): Connection => {
      const { peer, direction, address, path, latencyMs, connectedMs, hello } = neighbour;
      const label = hello === null ? null : this.#labelAnywhere(neighbour);
      const identity = hello?.identity ?? null;
      return { peer, identity, label, direction, address, path, latencyMs, sinceMs: connectedMs };
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
    const conversation = this.#find(session);
    if (conversation === undefined) return [];
    const { state } = this.#sources;
    const labels = this.#labelsOf(conversation);
    return gapsOf(conversation).map(({ chain, identity, missing }): Gap => {
      const holders = holdersOf(state, conversation, chain).map((peer) => {
        const neighbour = state.neighbours.get(peer);
        return neighbour === undefined ? peer : this.#labelAnywhere(neighbour);
      });
      const author =
        identity === null
          ? `key ${shortKey(chain.slice(0, 64) as IdentityKey).slice(0, 8)}`
          : labels.of(identity).label;
      return { author, missing, holders };
    });
  }

  /** Names changed: labels are made anew when next asked for. */
  forgetLabels(): void {
    for (const labels of this.#labels.values()) labels.forget();
  }

  /** A new author may share a name with someone. */
  noteArrived(entries: readonly Arrived[]): void {
    for (const { identity } of entries) {
      if (this.#known.has(identity)) continue;
      this.#known.add(identity);
      this.forgetLabels();
    }
  }

  /** From the ring; from the store what the ring has no more, or never had because it was parked. */
  #entriesAfter(arrival: number): readonly ReadEntry[] {
    const recent = this.#sources.recent.after(arrival);
    const isBehind = recent?.length === 0 && arrival < this.newest();
    return recent === null || isBehind ? this.#readArrivals(arrival) : recent;
  }

  #readArrivals(after: number): readonly ReadEntry[] {
    return this.#sources.store.arrivals(after, ENTRIES_PER_READ).map(readStored);
  }

  #show({ arrival, stored, lines }: ReadEntry, into: ShownLine[]): void {
    const { header, id } = stored.entry;
    const conversation = this.#sources.state.conversations.get(header.conversation);
    if (conversation === undefined) return;
    const { identity, late } = stored;
    const from = { identity, ...this.#labelsOf(conversation).of(identity) };
    const own = identity === this.#sources.state.self.identity;
    const shared = { arrival, session: conversation.name, from, timeMs: header.hlc.ms, own, late };
    for (const [index, line] of lines.entries()) {
      if (line.type !== 'say' && line.type !== 'me') continue;
      into.push({ ...shared, id: `${id}.${index}`, kind: line.type, text: line.text });
    }
  }

  #lastLines(
    conversation: Conversation,
    untilMs: number | undefined,
    linesMax: number,
  ): readonly ShownLine[] {
    let lines: ShownLine[] = [];
    let before: StoredEntry | undefined;
    while (lines.length < linesMax) {
      const page = this.#sources.store.window({
        conversation: conversation.id,
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

  #firstLines(
    conversation: Conversation,
    times: { readonly sinceMs: number; readonly untilMs?: number },
    linesMax: number,
  ): readonly ShownLine[] {
    const lines: ShownLine[] = [];
    let after: StoredEntry | undefined;
    while (lines.length < linesMax) {
      // Before anything there is: windows with `after` begin at the old end.
      const place = after === undefined ? FIRST_PLACE : orderKeyOf(after.entry);
      const query = {
        conversation: conversation.id,
        after: place,
        ...times,
        entriesMax: ENTRIES_PER_READ,
      };
      const page = this.#sources.store.window(query);
      for (const stored of page) this.#show(readStored(stored), lines);
      after = page.at(-1);
      if (after === undefined) break;
    }
    return lines.slice(0, linesMax);
  }

  #status(conversation: Conversation): SessionStatus {
    return { session: conversation.name, ...statusOf(this.#sources.state, conversation) };
  }

  /** Who is connected to us in a conversation, ourselves left out. */
  #here(conversation: Conversation): ReadonlyMap<IdentityKey, Neighbour> {
    const { state } = this.#sources;
    const here = new Map<IdentityKey, Neighbour>();
    for (const neighbour of neighboursIn(state, conversation)) {
      const identity = neighbour.hello?.identity;
      if (identity !== undefined && identity !== state.self.identity) here.set(identity, neighbour);
    }
    return here;
  }

  #labelAnywhere(neighbour: Neighbour): string {
    const first = this.#sources.state.conversations.values().next().value;
    const { hello } = neighbour;
    if (hello === null) return neighbour.peer;
    return first === undefined ? hello.name : this.#labelsOf(first).of(hello.identity).label;
  }

  #labelsOf(conversation: Conversation): Labels {
    const known = this.#labels.get(conversation.id);
    if (known !== undefined) return known;
    const labels = new Labels(this.#sources.state, conversation);
    this.#labels.set(conversation.id, labels);
    return labels;
  }

  #find(session: SessionName): Conversation | undefined {
    return findConversation(this.#sources.state, session);
  }
}

/** Before every entry there can be. */
const FIRST_PLACE: OrderKey = {
  hlc: { ms: 0, counter: 0 },
  chain: '0'.repeat(80) as ChainKey,
  seq: 0,
};

/** By name or by number. */
export function findConversation(state: PeerState, session: SessionName): Conversation | undefined {
  const all = [...state.conversations.values()];
  return (
    all.find(({ name }) => name === session) ??
    (/^\d+$/u.test(session) ? all[Number(session)] : undefined)
  );
}

/** An entry of the store with its lines; none where it is encrypted or pruned. */
function readStored(stored: StoredEntry): ReadEntry {
  return { arrival: stored.arrival, stored, lines: linesOf(stored) };
}

function linesOf({ entry }: StoredEntry): readonly Line[] {
  const { header, payload } = entry;
  if (payload === null || header.keyId !== null) return [];
  const lines = decodeLines(payload, header.lineCount);
  // It was decoded before it was stored.
  if (!lines.ok) throw new Error(`a stored payload does not decode: ${lines.reason}`);
  return lines.value;
}
