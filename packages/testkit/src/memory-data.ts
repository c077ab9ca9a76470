// What a memory store holds, and how to undo the last of it: a crash costs what it loses, not a
// copy of everything.

import { LIMITS, compareOrder, decodeLines, orderKeyOf } from '@parley/core';
import type {
  ChainKey,
  ChainRecord,
  ConversationId,
  Entry,
  EntryId,
  PeerId,
  RememberedPeer,
  StoredProof,
  Write,
} from '@parley/core';

export interface Row {
  entry: Entry;
  /** 0 while parked or sealed. */
  arrival: number;
  arrivedMs: number;
  late: boolean;
  sealed: boolean;
  opened: Uint8Array | null;
  readonly chain: Chain;
}

export interface Chain {
  record: ChainRecord;
  readonly rows: Map<number, Row>;
}

export interface Room {
  /** In the order on screen. */
  readonly visible: Row[];
  readonly parked: Row[];
  lines: number;
}

type EntriesWrite = Extract<Write, { kind: 'entries' }>;
type SignatureWrite = Extract<Write, { kind: 'signature' }>;
type Unpark = Extract<Write, { kind: 'unpark' }>;
type Opened = Extract<Write, { kind: 'opened' }>;
type ValueWrite = Extract<Write, { kind: 'value' }>;

export class MemoryData {
  readonly chains: Map<ChainKey, Chain> = new Map();
  readonly rooms: Map<ConversationId, Room> = new Map();
  readonly byId: Map<EntryId, Row> = new Map();
  /** The row of arrival n stands at n − 1; null stands for one that was dropped, whose number is not given again. */
  readonly arrivals: (Row | null)[] = [];
  readonly proofs: Map<ChainKey, StoredProof> = new Map();
  readonly peers: Map<PeerId, RememberedPeer> = new Map();
  readonly meta: Map<string, string> = new Map();
  readonly values: Map<string, Uint8Array> = new Map();
  /** Undoes, last first, what was done since `forgetUndo`. */
  readonly #undo: (() => void)[] = [];

  /** How much could be undone now; to be given to `undoTo`. */
  get mark(): number {
    return this.#undo.length;
  }

  undoTo(mark: number): void {
    for (let done = this.#undo.length; done > mark; done -= 1) this.#undo.pop()?.();
  }

  forgetUndo(): void {
    this.#undo.length = 0;
  }

  /** The same on another disk, all of it synced. */
  copy(): MemoryData {
    const copy = new MemoryData();
    const rows = new Map<Row, Row>();
    for (const [key, { record, rows: own }] of this.chains) {
      const chain: Chain = { record, rows: new Map() };
      copy.chains.set(key, chain);
      for (const [seq, row] of own) {
        const same = { ...row, chain };
        rows.set(row, same);
        chain.rows.set(seq, same);
        copy.byId.set(row.entry.id, same);
      }
    }
    const sameOf = (row: Row | null): Row | null => (row && rows.get(row)) ?? null;
    const samesOf = (own: readonly Row[]): Row[] => own.flatMap((row) => rows.get(row) ?? []);
    for (const [key, { visible, parked, lines }] of this.rooms) {
      copy.rooms.set(key, { visible: samesOf(visible), parked: samesOf(parked), lines });
    }
    for (const row of this.arrivals) copy.arrivals.push(sameOf(row));
    for (const [key, proof] of this.proofs) copy.proofs.set(key, proof);
    for (const [key, peer] of this.peers) copy.peers.set(key, peer);
    for (const [key, value] of this.meta) copy.meta.set(key, value);
    for (const [key, value] of this.values) copy.values.set(key, value);
    return copy;
  }

  apply(write: Write): void {
    switch (write.kind) {
      case 'entries':
        this.#entries(write);
        break;
      case 'opened':
        this.#opened(write);
        break;
      case 'drop':
        this.#dropConversation(write.conversation);
        break;
      case 'prune':
        this.#prune(write.chain);
        break;
      case 'value':
        this.#value(write);
        break;
      case 'unpark':
        this.#unpark(write);
        break;
      case 'signature':
        this.#signature(write);
        break;
      case 'chain':
        this.#chain(write.chain);
        break;
      default:
        this.#beside(write);
    }
  }

  /** What is remembered beside entries. */
  #beside(write: Extract<Write, { kind: 'proof' | 'peer' | 'forgetPeer' | 'meta' }>): void {
    switch (write.kind) {
      case 'proof':
        this.#proof(write.proof);
        break;
      case 'peer':
        this.#put(this.peers, write.peer.peer, write.peer);
        break;
      case 'forgetPeer':
        this.#drop(this.peers, write.peer);
        break;
      case 'meta':
        this.#put(this.meta, write.key, write.value);
        break;
    }
  }

  /** Forgets the peers seen longest ago, beyond rememberedPeersMax. */
  forgetOldPeers(): void {
    const oldest = newestPeers(this.peers).slice(LIMITS.rememberedPeersMax);
    for (const { peer } of oldest) this.#drop(this.peers, peer);
  }

  #put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
    const before = map.get(key);
    map.set(key, value);
    this.#undo.push(() => {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    });
  }

  #drop<Key, Value>(map: Map<Key, Value>, key: Key): void {
    const before = map.get(key);
    if (before === undefined) return;
    map.delete(key);
    this.#undo.push(() => map.set(key, before));
  }

  #room(conversation: ConversationId): Room {
    const known = this.rooms.get(conversation);
    if (known !== undefined) return known;
    const room: Room = { visible: [], parked: [], lines: 0 };
    this.#put(this.rooms, conversation, room);
    return room;
  }

  #chain(record: ChainRecord): Chain {
    const known = this.chains.get(record.chain);
    if (known === undefined) {
      const chain: Chain = { record, rows: new Map() };
      this.#put(this.chains, record.chain, chain);
      return chain;
    }
    const before = known.record;
    if (before.conversation !== record.conversation) {
      throw new Error(`chain ${record.chain} is in another conversation already`);
    }
    known.record = record;
    this.#undo.push(() => {
      known.record = before;
    });
    return known;
  }

  #entries(write: EntriesWrite): void {
    const { chain: record, entries, arrivedMs, late, parked, sealed = false } = write;
    assertFate(write);
    const chain = this.#chain(record);
    const room = this.#room(record.conversation);
    for (const [index, entry] of entries.entries()) {
      const held = chain.rows.get(entry.header.seq);
      if (held !== undefined) {
        assertSame(held.entry, entry);
        continue;
      }
      const opened = write.opened?.[index]?.slice() ?? null;
      const row: Row = { entry, arrival: 0, arrivedMs, late, sealed, opened, chain };
      this.#put(chain.rows, entry.header.seq, row);
      this.#put(this.byId, entry.id, row);
      if (sealed) continue;
      if (parked) this.#place(room.parked, row);
      else this.#arrive(room, row);
    }
  }

  #opened({ chain, seq, lines, arrivedMs, late }: Opened): void {
    const row = this.chains.get(chain)?.rows.get(seq);
    if (row === undefined) return;
    if (!row.sealed) throw new Error(`${chain} ${seq} is not sealed`);
    const before = { ...row };
    Object.assign(row, { sealed: false, opened: lines.slice(), arrivedMs, late });
    this.#undo.push(() => Object.assign(row, before));
    this.#arrive(this.#room(row.entry.header.conversation), row);
  }

  #dropConversation(conversation: ConversationId): void {
    const dropped = [...this.chains.values()].filter(
      ({ record }) => record.conversation === conversation,
    );
    // Not one by one: put back, each would stand at the end.
    const before = [...this.chains];
    this.#undo.push(() => {
      this.chains.clear();
      for (const [key, chain] of before) this.chains.set(key, chain);
    });
    for (const { record, rows } of dropped) {
      this.chains.delete(record.chain);
      for (const row of rows.values()) this.#forget(row);
    }
    this.#drop(this.rooms, conversation);
  }

  #prune(record: ChainRecord): void {
    const { rows } = this.#chain(record);
    const room = this.#room(record.conversation);
    for (const [seq, row] of rows) {
      if (seq >= record.floor) continue;
      this.#drop(rows, seq);
      if (row.arrival > 0) this.#unplace(room, row);
      else this.#remove(room.parked, row);
      this.#forget(row);
    }
  }

  #unplace(room: Room, row: Row): void {
    const lines = lineCountOf(row);
    this.#remove(room.visible, row);
    room.lines -= lines;
    this.#undo.push(() => {
      room.lines += lines;
    });
  }

  #remove(rows: Row[], row: Row): void {
    const at = rows.indexOf(row);
    if (at < 0) return;
    rows.splice(at, 1);
    this.#undo.push(() => rows.splice(at, 0, row));
  }

  #forget(row: Row): void {
    this.#drop(this.byId, row.entry.id);
    const at = row.arrival - 1;
    if (at < 0) return;
    this.arrivals[at] = null;
    this.#undo.push(() => {
      this.arrivals[at] = row;
    });
  }

  #proof(proof: StoredProof): void {
    if (!this.proofs.has(proof.chain)) this.#put(this.proofs, proof.chain, proof);
  }

  /** Keeps bytes of its own, as a disk does: secrets are wiped where they were made. */
  #value({ key, value }: ValueWrite): void {
    if (value === null) this.#drop(this.values, key);
    else this.#put(this.values, key, value.slice());
  }

  #arrive(room: Room, row: Row): void {
    this.#place(room.visible, row);
    const lines = lineCountOf(row);
    row.arrival = this.arrivals.push(row);
    room.lines += lines;
    this.#undo.push(() => {
      row.arrival = 0;
      this.arrivals.pop();
      room.lines -= lines;
    });
  }

  /** Puts a row where it belongs in the order on screen; nearly always that is the end. */
  #place(rows: Row[], row: Row): void {
    const key = orderKeyOf(row.entry);
    const at = firstIndex(rows, (other) => compareOrder(orderKeyOf(other.entry), key) > 0);
    rows.splice(at, 0, row);
    this.#undo.push(() => rows.splice(at, 1));
  }

  #unpark({ conversation, throughMs }: Unpark): void {
    const room = this.#room(conversation);
    const count = firstIndex(room.parked, (row) => row.entry.header.hlc.ms > throughMs);
    const due = room.parked.splice(0, count);
    this.#undo.push(() => room.parked.unshift(...due));
    for (const row of due) this.#arrive(room, row);
  }

  #signature({ chain, seq, id, signature }: SignatureWrite): void {
    const row = this.chains.get(chain)?.rows.get(seq);
    if (row?.entry.id !== id || row.entry.signature !== null) return;
    const before = row.entry;
    row.entry = { ...before, signature };
    this.#undo.push(() => {
      row.entry = before;
    });
  }
}

/** As the header counts them; the header of what was opened counts something else. */
function lineCountOf({ entry, opened }: Row): number {
  if (opened === null) return entry.header.lineCount;
  const lines = decodeLines(opened, null);
  return lines.ok ? lines.value.length : 0;
}

/** The peers seen last, first. */
export function newestPeers(peers: ReadonlyMap<PeerId, RememberedPeer>): RememberedPeer[] {
  return [...peers.values()].toSorted((left, right) => {
    if (left.lastSeenMs !== right.lastSeenMs) return right.lastSeenMs - left.lastSeenMs;
    return left.peer < right.peer ? 1 : -1;
  });
}

/**
 * Index of the first row for which `isBeyond` holds, in rows where it holds for all after it; their
 * number for none.
 */
export function firstIndex(rows: readonly Row[], isBeyond: (row: Row) => boolean): number {
  let low = 0;
  let high = rows.length;
  const last = rows.at(-1);
  if (last === undefined || !isBeyond(last)) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && isBeyond(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function assertFate({ parked, sealed = false, opened }: EntriesWrite): void {
  if (parked && sealed) throw new Error('what is sealed is not parked');
  if (sealed && opened !== undefined) throw new Error('what is sealed is not opened');
}

function assertSame(held: Entry, entry: Entry): void {
  if (held.id === entry.id) return;
  const { chain, seq } = entry.header;
  throw new Error(`another entry than ${entry.id} is stored as ${chain} ${seq}`);
}
