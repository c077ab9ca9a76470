// Writes batches: whatever is in one commit is stored in one transaction or not at all.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { LIMITS } from '@parley/core';
import type { ChainRecord, ConversationId, Entry, RememberedPeer, Write } from '@parley/core';

import type { Dropper } from './drop.ts';
import { toBlob } from './hex.ts';
import { openedLineCount } from './line-count.ts';
import type { Pruner } from './prune.ts';

type EntriesWrite = Extract<Write, { kind: 'entries' }>;
type Unpark = Extract<Write, { kind: 'unpark' }>;
type Opened = Extract<Write, { kind: 'opened' }>;
type SignatureWrite = Extract<Write, { kind: 'signature' }>;

interface ParkedRow {
  readonly chain: Uint8Array;
  readonly seq: number;
  readonly ms: number;
  readonly counter: number;
  readonly arrival: number;
  readonly prefix: Uint8Array;
  readonly lines: number;
}

interface SealedRow {
  readonly arrival: number;
  readonly prefix: Uint8Array;
  readonly conversation: number;
  readonly parked: number;
}

/** Exported for the test that asks SQLite for their plans. */
export const writerQueries = {
  conversation: `
    INSERT INTO conversations (conversation, entries, lines) VALUES (?, 0, 0)
    ON CONFLICT (conversation) DO UPDATE SET entries = entries RETURNING id`,
  count: 'UPDATE conversations SET entries = entries + ?, lines = lines + ? WHERE id = ?',
  chain: `
    INSERT INTO chains (conversation, chain, identity, certificate, floor, length, bytes,
      head_id, floor_prev, head_hlc_ms, head_hlc_counter, name, stopped)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (chain) DO UPDATE SET
      identity = excluded.identity, certificate = excluded.certificate, floor = excluded.floor,
      length = excluded.length, bytes = excluded.bytes, head_id = excluded.head_id, floor_prev = excluded.floor_prev,
      head_hlc_ms = excluded.head_hlc_ms, head_hlc_counter = excluded.head_hlc_counter,
      name = excluded.name, stopped = excluded.stopped
    RETURNING id, conversation`,
  entry: `
    INSERT INTO entries
      (arrival, chain, seq, id, hlc_ms, hlc_counter, arrived_ms, late, header, signature, payload, opened)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  // One statement for all entries of a write: a third of the time of one for each.
  places: `
    INSERT INTO places (conversation, hlc_ms, hlc_counter, chain, seq, arrival)
    SELECT ?, hlc_ms, hlc_counter, ?, seq, arrival FROM entries WHERE arrival BETWEEN ? AND ?`,
  place: `
    INSERT INTO places (conversation, hlc_ms, hlc_counter, chain, seq, arrival)
    VALUES (?, ?, ?, ?, ?, ?)`,
  park: `
    INSERT INTO parked (conversation, hlc_ms, hlc_counter, chain, seq, arrival, lines)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  hiddenIds: `
    INSERT INTO ids (prefix, arrival)
    SELECT substr(id, 1, 6), arrival FROM entries WHERE arrival BETWEEN ? AND ?`,
  shownId: 'DELETE FROM ids WHERE prefix = ? AND arrival = ?',
  held: 'SELECT seq, id FROM entries WHERE chain = ? AND seq BETWEEN ? AND ?',
  lastArrival: `
    SELECT max(arrival, (SELECT coalesce(max(arrival), 0) FROM entries)) AS arrival
    FROM dropped WHERE id = 1`,
  firstArrival: 'SELECT coalesce(min(arrival), 0) AS arrival FROM entries',
  parked: `
    SELECT chain, seq, hlc_ms AS ms, hlc_counter AS counter, arrival, lines,
      (SELECT substr(id, 1, 6) FROM entries WHERE entries.arrival = parked.arrival) AS prefix
    FROM parked WHERE conversation = ? AND hlc_ms <= ? ORDER BY hlc_ms, hlc_counter, chain, seq`,
  arrive: 'UPDATE entries SET arrival = ? WHERE arrival = ?',
  sealed: `
    SELECT entries.arrival, substr(entries.id, 1, 6) AS prefix, chains.conversation, EXISTS (
      SELECT 1 FROM parked
      WHERE parked.conversation = chains.conversation AND parked.hlc_ms = entries.hlc_ms
        AND parked.hlc_counter = entries.hlc_counter AND parked.chain = chains.chain
        AND parked.seq = entries.seq
    ) AS parked
    FROM chains CROSS JOIN entries ON entries.chain = chains.id
    WHERE chains.chain = ? AND entries.seq = ?`,
  open: 'UPDATE entries SET arrival = ?, opened = ?, arrived_ms = ?, late = ? WHERE arrival = ?',
  openedPlaces: `
    INSERT INTO places (conversation, hlc_ms, hlc_counter, chain, seq, arrival)
    SELECT chains.conversation, hlc_ms, hlc_counter, chains.chain, seq, arrival
    FROM entries CROSS JOIN chains ON chains.id = entries.chain
    WHERE arrival BETWEEN ? AND ?`,
  forgetParked: 'DELETE FROM parked WHERE conversation = ? AND hlc_ms <= ?',
  signature: `
    UPDATE entries SET signature = ?
    WHERE chain = (SELECT id FROM chains WHERE chain = ?) AND seq = ? AND id = ?
      AND signature IS NULL`,
  proof: 'INSERT INTO proofs (chain, bytes) VALUES (?, ?) ON CONFLICT (chain) DO NOTHING',
  peer: `
    INSERT INTO peers (peer, addresses, last_seen_ms) VALUES (?, ?, ?)
    ON CONFLICT (peer) DO UPDATE
    SET addresses = excluded.addresses, last_seen_ms = excluded.last_seen_ms`,
  forgetPeer: 'DELETE FROM peers WHERE peer = ?',
  forgetOldPeers: `
    DELETE FROM peers WHERE peer IN
      (SELECT peer FROM peers ORDER BY last_seen_ms DESC, peer DESC LIMIT -1 OFFSET ?)`,
  meta: `
    INSERT INTO meta (key, value) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  keep: `
    INSERT INTO kept (key, value) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  erase: 'DELETE FROM kept WHERE key = ?',
} as const;

type Statements = Readonly<Record<keyof typeof writerQueries, StatementSync>>;

export class Writer {
  readonly #statements: Statements;
  readonly #dropper: Dropper;
  readonly #pruner: Pruner;
  #conversations: Map<ConversationId, number> = new Map();
  #lastArrival = 0;
  /** Parked and sealed entries are numbered downwards from −1. */
  #firstArrival = 0;

  constructor(database: DatabaseSync, dropper: Dropper, pruner: Pruner) {
    this.#dropper = dropper;
    this.#pruner = pruner;
    const prepared = Object.entries(writerQueries).map(([name, sql]) => [
      name,
      database.prepare(sql),
    ]);
    this.#statements = Object.fromEntries(prepared) as Statements;
  }

  /**
   * Reads what is kept in memory from the disk: when opening, and after a transaction that was
   * rolled back.
   */
  refresh(): void {
    this.#conversations = new Map();
    const { lastArrival, firstArrival } = this.#statements;
    this.#lastArrival = Number(lastArrival.get()?.['arrival']);
    this.#firstArrival = Math.min(0, Number(firstArrival.get()?.['arrival']));
  }

  get lastArrival(): number {
    return this.#lastArrival;
  }

  /** To be called inside a transaction. */
  apply(writes: readonly Write[]): void {
    let opened: Opened[] = [];
    for (const write of writes) {
      if (write.kind === 'opened') {
        opened.push(write);
        continue;
      }
      this.#opened(opened);
      opened = [];
      this.#write(write);
    }
    this.#opened(opened);
    if (writes.some(({ kind }) => kind === 'peer'))
      this.#statements.forgetOldPeers.run(LIMITS.rememberedPeersMax);
  }

  #write(write: Exclude<Write, Opened>): void {
    const { forgetPeer, meta, proof } = this.#statements;
    switch (write.kind) {
      case 'entries':
        this.#entries(write);
        break;
      case 'unpark':
        this.#unpark(write);
        break;
      case 'drop':
        this.#conversations.delete(write.conversation);
        this.#dropper.drop(write.conversation, this.#lastArrival);
        break;
      case 'prune':
        this.#pruner.prune(this.#chain(write.chain), write.chain, this.#lastArrival);
        break;
      case 'value':
        this.#value(write.key, write.value);
        break;
      case 'signature':
        this.#signature(write);
        break;
      case 'chain':
        this.#chain(write.chain);
        break;
      case 'proof':
        proof.run(toBlob(write.proof.chain), write.proof.bytes);
        break;
      case 'peer':
        this.#peer(write.peer);
        break;
      case 'forgetPeer':
        forgetPeer.run(write.peer);
        break;
      case 'meta':
        meta.run(write.key, write.value);
        break;
    }
  }

  #conversation(id: ConversationId): number {
    const known = this.#conversations.get(id);
    if (known !== undefined) return known;
    const row = this.#statements.conversation.get(toBlob(id));
    const key = Number(row?.['id']);
    this.#conversations.set(id, key);
    return key;
  }

  /** Stores the record and returns the key of its row. */
  #chain(record: ChainRecord): number {
    const conversation = this.#conversation(record.conversation);
    const row = this.#statements.chain.get(
      conversation,
      toBlob(record.chain),
      toBlob(record.identity),
      record.certificate,
      record.floor,
      record.length,
      record.bytes,
      toBlob(record.headId),
      toBlob(record.floorPrev),
      record.headHlc.ms,
      record.headHlc.counter,
      record.name,
      record.stopped,
    );
    if (row?.['conversation'] !== conversation) {
      throw new Error(`chain ${record.chain} is in another conversation already`);
    }
    return Number(row['id']);
  }

  #entries(write: EntriesWrite): void {
    const chain = this.#chain(write.chain);
    const fresh = this.#notHeld(chain, write.entries);
    if (fresh.length === 0) return;
    if (write.parked || write.sealed === true) this.#hide(chain, fresh, write);
    else this.#show(chain, fresh, write);
  }

  #show(chain: number, fresh: readonly Entry[], write: EntriesWrite): void {
    const conversation = this.#conversation(write.chain.conversation);
    const chainName = toBlob(write.chain.chain);
    const first = this.#lastArrival + 1;
    let lines = 0;
    for (const entry of fresh) {
      this.#lastArrival += 1;
      this.#insert(this.#lastArrival, chain, entry, write);
      lines += entry.header.lineCount;
    }
    this.#statements.places.run(conversation, chainName, first, this.#lastArrival);
    this.#statements.count.run(fresh.length, lines, conversation);
  }

  /** Those that are not stored yet. Throws where another entry has the place of one. */
  #notHeld(chain: number, entries: readonly Entry[]): readonly Entry[] {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return [];
    const rows = this.#statements.held.all(chain, first.header.seq, last.header.seq);
    if (rows.length === 0) return entries;
    const held = new Map(rows.map((row) => [row['seq'], row['id'] as Uint8Array]));
    return entries.filter(({ header, id }) => {
      const heldId = held.get(header.seq);
      if (heldId === undefined) return true;
      if (Buffer.compare(heldId, toBlob(id)) === 0) return false;
      throw new Error(`another entry than ${id} is stored as ${header.chain} ${header.seq}`);
    });
  }

  #insert(arrival: number, chain: number, entry: Entry, write: EntriesWrite): void {
    const { arrivedMs, late, entries, opened } = write;
    const { bytes, hlc, seq } = entry.header;
    const first = entries[0]?.header.seq ?? seq;
    this.#statements.entry.run(
      arrival,
      chain,
      seq,
      toBlob(entry.id),
      hlc.ms,
      hlc.counter,
      arrivedMs,
      late ? 1 : 0,
      bytes,
      entry.signature,
      entry.payload,
      opened?.[seq - first] ?? null,
    );
  }

  /** Kept out of everything that goes by arrival or place; found by id at once. */
  #hide(chain: number, fresh: readonly Entry[], write: EntriesWrite): void {
    if (write.parked && write.sealed === true) throw new Error('what is sealed is not parked');
    if (write.opened !== undefined && write.sealed === true)
      throw new Error('what is sealed is not opened');
    const last = this.#firstArrival - 1;
    for (const entry of fresh) {
      this.#firstArrival -= 1;
      this.#insert(this.#firstArrival, chain, entry, write);
      if (write.parked) this.#park(entry, write.chain);
    }
    this.#statements.hiddenIds.run(this.#firstArrival, last);
  }

  #park({ header: { hlc, lineCount, seq } }: Entry, { chain, conversation }: ChainRecord): void {
    this.#statements.park.run(
      this.#conversation(conversation),
      hlc.ms,
      hlc.counter,
      toBlob(chain),
      seq,
      this.#firstArrival,
      lineCount,
    );
  }

  /** One after another, but with one statement for all their places. */
  #opened(writes: readonly Opened[]): void {
    if (writes.length === 0) return;
    const { count, openedPlaces } = this.#statements;
    const counts = new Map<number, { entries: number; lines: number }>();
    const first = this.#lastArrival + 1;
    for (const write of writes) {
      const conversation = this.#open(write);
      if (conversation === null) continue;
      const { entries, lines } = counts.get(conversation) ?? { entries: 0, lines: 0 };
      counts.set(conversation, {
        entries: entries + 1,
        lines: lines + openedLineCount(write.lines),
      });
    }
    openedPlaces.run(first, this.#lastArrival);
    for (const [conversation, { entries, lines }] of counts) {
      count.run(entries, lines, conversation);
    }
  }

  /** The conversation's key; null where the entry is not held. */
  #open({ chain, seq, lines, arrivedMs, late }: Opened): number | null {
    const { open, sealed, shownId } = this.#statements;
    const row = sealed.get(toBlob(chain), seq) as unknown as SealedRow | undefined;
    if (row === undefined) return null;
    if (row.arrival > 0 || row.parked === 1) throw new Error(`${chain} ${seq} is not sealed`);
    this.#lastArrival += 1;
    shownId.run(row.prefix, row.arrival);
    open.run(this.#lastArrival, lines, arrivedMs, late ? 1 : 0, row.arrival);
    return row.conversation;
  }

  #unpark({ conversation, throughMs }: Unpark): void {
    const key = this.#conversation(conversation);
    const { arrive, count, forgetParked, parked, place, shownId } = this.#statements;
    const rows = parked.all(key, throughMs) as unknown as ParkedRow[];
    for (const row of rows) {
      this.#lastArrival += 1;
      shownId.run(row.prefix, row.arrival);
      arrive.run(this.#lastArrival, row.arrival);
      place.run(key, row.ms, row.counter, row.chain, row.seq, this.#lastArrival);
    }
    forgetParked.run(key, throughMs);
    const lines = rows.reduce((sum, row) => sum + row.lines, 0);
    if (rows.length > 0) count.run(rows.length, lines, key);
  }

  #value(key: string, value: Uint8Array | null): void {
    const { erase, keep } = this.#statements;
    if (value === null) erase.run(key);
    else keep.run(key, value);
  }

  #signature({ chain, seq, id, signature }: SignatureWrite): void {
    this.#statements.signature.run(signature, toBlob(chain), seq, toBlob(id));
  }

  #peer({ peer, addresses, lastSeenMs }: RememberedPeer): void {
    this.#statements.peer.run(peer, JSON.stringify(addresses), lastSeenMs);
  }
}
