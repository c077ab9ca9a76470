// What a memory store holds, and how to undo the last of it: a crash costs what it loses, not a
// copy of everything.

import { LIMITS, compareOrder, orderKeyOf } from '@parley/core';
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
  /** 0 while parked. */
  arrival: number;
  readonly arrivedMs: number;
  readonly late: boolean;
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

export class MemoryData {
  readonly chains: Map<ChainKey, Chain> = new Map();
  readonly rooms: Map<ConversationId, Room> = new Map();
  readonly byId: Map<EntryId, Row> = new Map();
  /** The row of arrival n stands at n − 1. */
  readonly arrivals: Row[] = [];
  readonly proofs: Map<ChainKey, StoredProof> = new Map();
  readonly peers: Map<PeerId, RememberedPeer> = new Map();
  readonly meta: Map<string, string> = new Map();
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

  apply(write: Write): void {
    switch (write.kind) {
      case 'entries':
        this.#entries(write);
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
      case 'proof':
        if (!this.proofs.has(write.proof.chain))
          this.#put(this.proofs, write.proof.chain, write.proof);
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

  #entries({ chain: record, entries, arrivedMs, late, parked }: EntriesWrite): void {
    const chain = this.#chain(record);
    const room = this.#room(record.conversation);
    for (const entry of entries) {
      const held = chain.rows.get(entry.header.seq);
      if (held !== undefined) {
        assertSame(held.entry, entry);
        continue;
      }
      const row: Row = { entry, arrival: 0, arrivedMs, late, chain };
      this.#put(chain.rows, entry.header.seq, row);
      this.#put(this.byId, entry.id, row);
      if (parked) this.#place(room.parked, row);
      else this.#arrive(room, row);
    }
  }

  #arrive(room: Room, row: Row): void {
    this.#place(room.visible, row);
    const { lineCount } = row.entry.header;
    row.arrival = this.arrivals.push(row);
    room.lines += lineCount;
    this.#undo.push(() => {
      row.arrival = 0;
      this.arrivals.pop();
      room.lines -= lineCount;
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

function assertSame(held: Entry, entry: Entry): void {
  if (held.id === entry.id) return;
  const { chain, seq } = entry.header;
  throw new Error(`another entry than ${entry.id} is stored as ${chain} ${seq}`);
}
