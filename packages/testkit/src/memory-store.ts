// A store in memory with the semantics of a real one, crashes and full disks included, for tests
// and simulations.

import {
  LIMITS,
  StoreError,
  bytesOf as bytesHeld,
  compareOrder,
  decodeLines,
  orderKeyOf,
} from '@parley/core';
import type {
  ConversationId,
  Entry,
  OldEntries,
  OldQuery,
  EntryId,
  OrderKey,
  RunQuery,
  SearchHit,
  Store,
  StoredEntry,
  StoredValue,
  WindowQuery,
  Write,
} from '@parley/core';

import { MemoryData, firstIndex, newestPeers } from './memory-data.ts';
import type { Chain, Row } from './memory-data.ts';

export interface MemoryStore extends Store {
  /**
   * What a disk does 50 ms after a commit: makes all commits so far survive a power cut, and tells
   * the listener.
   */
  sync(): void;
  /** A disk that holds what this one holds now: what someone has who copied the folder. */
  copy(): MemoryDisk;
}

export interface MemoryDiskOptions {
  /**
   * 'soon': in a microtask after each commit; 'manual' (default): when `sync` is called, as in
   * virtual time.
   */
  readonly sync?: 'soon' | 'manual';
}

/** What outlives a process. One store at a time is open on it. */
export class MemoryDisk {
  readonly #data: MemoryData;
  readonly #syncsSoon: boolean;
  #open: Handle | null = null;
  #nextFailure: StoreError['code'] | null = null;

  constructor(options: MemoryDiskOptions = {}, data: MemoryData = new MemoryData()) {
    this.#data = data;
    this.#syncsSoon = options.sync === 'soon';
  }

  /** A store on what the disk holds; it throws once it has crashed or another one was opened. */
  open(): MemoryStore {
    const handle: Handle = { lost: null, commits: 0, synced: 0, indexedTo: 0, listener: () => {} };
    if (this.#open !== null) this.#open.lost ??= 'another store was opened on its disk';
    this.#open = handle;
    return storeOn(this.#data, handle, (writes) => this.#commit(handle, writes));
  }

  /**
   * 'kill' keeps every commit; 'power' loses those since the last sync. The open store is lost
   * either way.
   */
  crash(kind: 'kill' | 'power'): void {
    // What a killed process wrote lies in the system's memory: a power cut before the next sync
    // still loses it.
    if (kind === 'power') this.#data.undoTo(0);
    if (this.#open !== null) this.#open.lost ??= 'its process crashed';
    this.#open = null;
  }

  /** Makes the next commit throw a StoreError and keep nothing. */
  failNextCommit(code: StoreError['code'] = 'full'): void {
    this.#nextFailure = code;
  }

  #commit(handle: Handle, writes: readonly Write[]): number {
    const mark = this.#data.mark;
    try {
      for (const write of writes) this.#data.apply(write);
      if (writes.some(({ kind }) => kind === 'peer')) this.#data.forgetOldPeers();
      this.#fail();
    } catch (error) {
      this.#data.undoTo(mark);
      throw error;
    }
    handle.commits += 1;
    if (this.#syncsSoon) queueMicrotask(() => syncHandle(this.#data, handle));
    return handle.commits;
  }

  #fail(): void {
    const code = this.#nextFailure;
    this.#nextFailure = null;
    if (code !== null) throw new StoreError(code, `the disk was told to be ${code}`);
  }
}

/** One opening of a disk. */
interface Handle {
  /** Why it cannot be used any more. */
  lost: string | null;
  commits: number;
  synced: number;
  indexedTo: number;
  listener: (commit: number) => void;
}

function syncHandle(data: MemoryData, handle: Handle): void {
  if (handle.lost !== null) return;
  data.forgetUndo();
  if (handle.synced === handle.commits) return;
  handle.synced = handle.commits;
  handle.listener(handle.synced);
}

function storeOn(
  data: MemoryData,
  handle: Handle,
  commit: (writes: readonly Write[]) => number,
): MemoryStore {
  const alive = <Value>(value: () => Value): Value => {
    if (handle.lost !== null) throw new Error(`the store is gone: ${handle.lost}`);
    return value();
  };
  const sync = (): void => syncHandle(data, handle);
  const indexSome = (entriesMax: number): number => {
    handle.indexedTo = Math.min(data.arrivals.length, handle.indexedTo + entriesMax);
    return data.arrivals.length - handle.indexedTo;
  };
  return {
    sync,
    copy: () => alive(() => new MemoryDisk({}, data.copy())),
    chains: () => alive(() => [...data.chains.values()].map(({ record }) => record)),
    proofs: () => alive(() => [...data.proofs.values()]),
    peers: () => alive(() => newestPeers(data.peers)),
    meta: (key) => alive(() => data.meta.get(key) ?? null),
    value: (key) => alive(() => data.values.get(key)?.slice() ?? null),
    values: (prefix) => alive(() => valuesOf(data, prefix)),
    commit: (writes) => alive(() => commit(writes)),
    onSynced: (listener) => {
      handle.listener = listener;
    },
    run: (query) => alive(() => runOf(data.chains.get(query.chain), query)),
    oldest: (query) => alive(() => oldestOf(data.chains.get(query.chain), query)),
    nextParkedMs: (conversation) =>
      alive(() => data.rooms.get(conversation)?.parked[0]?.entry.header.hlc.ms ?? null),
    entry: (id) => alive(() => entryById(data, id)),
    window: (query) => alive(() => windowOf(data, query)),
    arrivals: (after, entriesMax) =>
      alive(() => arrivalsOf(data, Math.max(0, after), entriesMax).map(storedOf)),
    lastArrival: () => alive(() => data.arrivals.length),
    search: (query, conversation, hitsMax) =>
      alive(() => {
        indexSome(Number.MAX_SAFE_INTEGER);
        return searchIn(data, query, conversation).slice(0, hitsMax);
      }),
    indexSome: (entriesMax) => alive(() => indexSome(entriesMax)),
    count: (conversation) =>
      alive(() => {
        const room = data.rooms.get(conversation);
        return { entries: room?.visible.length ?? 0, lines: room?.lines ?? 0 };
      }),
    close: () => {
      sync();
      handle.lost ??= 'it was closed';
      return Promise.resolve();
    },
  };
}

function storedOf({ entry, opened, chain, arrival, arrivedMs, late }: Row): StoredEntry {
  return { entry, opened, identity: chain.record.identity, arrival, arrivedMs, late };
}

function arrivalsOf(data: MemoryData, after: number, entriesMax: number): Row[] {
  const found: Row[] = [];
  for (let at = after; at < data.arrivals.length && found.length < entriesMax; at += 1) {
    const row = data.arrivals[at] ?? null;
    if (row !== null) found.push(row);
  }
  return found;
}

/** In the order of the bytes of their keys, as on a disk. */
function valuesOf(data: MemoryData, prefix: string): StoredValue[] {
  return [...data.values]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => ({ key, value: value.slice() }))
    .toSorted((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)));
}

function entryById(data: MemoryData, id: EntryId): StoredEntry | null {
  const row = data.byId.get(id);
  return row === undefined ? null : storedOf(row);
}

// ---------------------------------------------------------------- Windows

function windowOf(data: MemoryData, query: WindowQuery): StoredEntry[] {
  const rows = data.rooms.get(query.conversation)?.visible ?? [];
  const { after, before, sinceMs, untilMs, entriesMax } = query;
  const begin = Math.max(
    after === undefined ? 0 : firstIndex(rows, (row) => order(row, after) > 0),
    sinceMs === undefined ? 0 : firstIndex(rows, (row) => row.entry.header.hlc.ms >= sinceMs),
  );
  const end = Math.min(
    before === undefined ? rows.length : firstIndex(rows, (row) => order(row, before) >= 0),
    untilMs === undefined
      ? rows.length
      : firstIndex(rows, (row) => row.entry.header.hlc.ms >= untilMs),
  );
  const first = after === undefined ? Math.max(begin, end - entriesMax) : begin;
  return rows.slice(first, Math.min(end, first + entriesMax)).map(storedOf);
}

function order(row: Row, key: OrderKey): number {
  return compareOrder(orderKeyOf(row.entry), key);
}

// ---------------------------------------------------------------- Runs

function runOf(chain: Chain | undefined, query: RunQuery): Entry[] {
  if (chain === undefined || query.from >= query.to) return [];
  return query.direction === 'up' ? upward(chain, query) : downward(chain, query);
}

function upward(chain: Chain, { from, to, bytesMax }: RunQuery): Entry[] {
  const run: Entry[] = [];
  let bytes = 0;
  let fitting = 0;
  for (let seq = from; run.length < LIMITS.runEntriesMax || fitting === 0; seq += 1) {
    const entry = chain.rows.get(seq)?.entry;
    if (entry === undefined) break;
    bytes += bytesOf(entry);
    const fits = seq < to && bytes <= bytesMax && run.length < LIMITS.runEntriesMax;
    if (!fits && fitting > 0) break;
    run.push(entry);
    if (entry.signature === null) continue;
    fitting = run.length;
    if (!fits) break;
  }
  return run.slice(0, fitting);
}

function downward(chain: Chain, { from, to, bytesMax }: RunQuery): Entry[] {
  const end = firstSigned(chain, to - 1);
  if (end === null) return [];
  const run: Entry[] = [];
  let bytes = 0;
  let reachedSigned = false;
  for (let seq = end; seq >= from && run.length < LIMITS.runEntriesMax; seq -= 1) {
    const entry = chain.rows.get(seq)?.entry;
    if (entry === undefined) break;
    bytes += bytesOf(entry);
    reachedSigned ||= seq < end && entry.signature !== null;
    if (bytes > bytesMax && reachedSigned) break;
    run.push(entry);
  }
  return run.toReversed();
}

function firstSigned(chain: Chain, from: number): number | null {
  for (let seq = from; ; seq += 1) {
    const row = chain.rows.get(seq);
    if (row === undefined) return null;
    if (row.entry.signature !== null) return seq;
  }
}

function bytesOf({ header, payload, signature }: Entry): number {
  return header.bytes.length + (signature?.length ?? 0) + (payload?.length ?? 0);
}

function oldestOf(chain: Chain | undefined, query: OldQuery): OldEntries | null {
  if (chain === undefined || chain.rows.size === 0) return null;
  const { beforeMs, below, entriesMax } = query;
  const from = Math.min(...chain.rows.keys());
  const old: Entry[] = [];
  for (let seq = from; seq < below && old.length < entriesMax; seq += 1) {
    const entry = chain.rows.get(seq)?.entry;
    if (entry === undefined || entry.header.hlc.ms >= beforeMs) break;
    old.push(entry);
  }
  const last = old.at(-1);
  if (last === undefined) return null;
  return { from, to: from + old.length, lastId: last.id, bytes: bytesHeld(old) };
}

// ---------------------------------------------------------------- Search

function searchIn(
  data: MemoryData,
  query: string,
  conversation: ConversationId | null,
): SearchHit[] {
  const wanted = wordsOf(query).slice(0, LIMITS.searchWordsMax);
  const hits: SearchHit[] = [];
  if (wanted.length === 0) return hits;
  for (const row of data.arrivals.toReversed()) {
    if (hits.length >= LIMITS.searchMatchesMax) break;
    if (row === null) continue;
    if (conversation !== null && row.entry.header.conversation !== conversation) continue;
    for (const index of matchingLines(row, wanted)) hits.push({ stored: storedOf(row), index });
  }
  return hits.slice(0, LIMITS.searchMatchesMax).toSorted(newestFirst);
}

/** Last line first. */
function matchingLines({ entry, opened }: Row, wanted: readonly string[]): number[] {
  const lines = opened === null ? plainLines(entry) : decodeLines(opened, null);
  if (lines?.ok !== true) return [];
  const found = lines.value.flatMap((line, index) => {
    if (line.type !== 'say' && line.type !== 'me') return [];
    return matches(wordsOf(line.text), wanted) ? [index] : [];
  });
  return found.toReversed();
}

function plainLines({ header, payload }: Entry): ReturnType<typeof decodeLines> | null {
  if (payload === null || header.keyId !== null) return null;
  return decodeLines(payload, header.lineCount);
}

/** Whether all wanted words are there, the last one perhaps only as a beginning. */
function matches(words: readonly string[], wanted: readonly string[]): boolean {
  const begun = wanted.at(-1) ?? '';
  const whole = wanted.slice(0, -1);
  return (
    whole.every((word) => words.includes(word)) && words.some((word) => word.startsWith(begun))
  );
}

/** Lower case, Latin letters without their accents. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replaceAll(/([a-z])\p{Mn}+/giu, '$1');
  return (
    plain
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu) ?? []
  );
}

function newestFirst(left: SearchHit, right: SearchHit): number {
  const byPlace = compareOrder(orderKeyOf(right.stored.entry), orderKeyOf(left.stored.entry));
  return byPlace === 0 ? right.index - left.index : byPlace;
}
