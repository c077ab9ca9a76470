// Reads entries: by id, by arrival, in the order on screen, and as runs of a chain to hand to
// someone.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { LIMITS, SIGNATURE_BYTES, restoreEntry } from '@parley/core';
import type {
  ConversationCount,
  ConversationId,
  Entry,
  EntryId,
  IdentityKey,
  OldEntries,
  OldQuery,
  RunQuery,
  StoredEntry,
  WindowQuery,
} from '@parley/core';

import { toBlob, toName } from './hex.ts';

interface EntryRow {
  readonly id: Uint8Array;
  readonly header: Uint8Array;
  readonly signature: Uint8Array | null;
  readonly payload: Uint8Array | null;
}

export interface StoredRow extends EntryRow {
  readonly opened: Uint8Array | null;
  readonly arrival: number;
  readonly arrivedMs: number;
  readonly late: number;
  readonly identity: Uint8Array;
}

/** What a run needs to know of an entry before its bytes are read. */
interface Step {
  readonly seq: number;
  readonly bytes: number;
  readonly signed: number;
}

interface OldRow {
  readonly seq: number;
  readonly id: Uint8Array;
  readonly ms: number;
  readonly bytes: number;
}

type Bound = readonly [hlcMs: number, hlcCounter: number, chain: Uint8Array, seq: number];

const entryColumns = 'entries.id, header, signature, payload';
export const storedColumns: string = `${entryColumns}, opened, entries.arrival, arrived_ms AS arrivedMs, late, identity`;
const stepColumns = `
  seq, length(header) + coalesce(length(signature), 0) + coalesce(length(payload), 0) AS bytes,
  signature IS NOT NULL AS signed`;

/** CROSS JOIN, because SQLite then keeps the order of the tables and needs no sorting. */
function windowQuery(direction: 'ASC' | 'DESC'): string {
  return `
    SELECT ${storedColumns}
    FROM places
    CROSS JOIN entries ON entries.arrival = places.arrival
    CROSS JOIN chains ON chains.id = entries.chain
    WHERE places.conversation = ?
      AND (places.hlc_ms, places.hlc_counter, places.chain, places.seq) > (?, ?, ?, ?)
      AND (places.hlc_ms, places.hlc_counter, places.chain, places.seq) < (?, ?, ?, ?)
    ORDER BY places.hlc_ms ${direction}, places.hlc_counter ${direction},
      places.chain ${direction}, places.seq ${direction}
    LIMIT ?`;
}

type Name =
  | 'up'
  | 'down'
  | 'signedFrom'
  | 'range'
  | 'byId'
  | 'byIdOfLate'
  | 'idsIndexed'
  | 'byArrival'
  | 'windowUp'
  | 'windowDown'
  | 'lastArrival'
  | 'nextParked'
  | 'conversation'
  | 'chain'
  | 'oldest';

/** Exported for the test that asks SQLite for their plans. */
export const readerQueries: Readonly<Record<Name, string>> = {
  up: `
    SELECT ${stepColumns} FROM entries WHERE chain = ? AND seq >= ? AND seq < ?
    ORDER BY seq LIMIT ?`,
  down: `
    SELECT ${stepColumns} FROM entries WHERE chain = ? AND seq >= ? AND seq <= ?
    ORDER BY seq DESC LIMIT ?`,
  signedFrom: `
    SELECT seq FROM entries WHERE chain = ? AND seq >= ? AND signature IS NOT NULL
    ORDER BY seq LIMIT 1`,
  range: `
    SELECT ${entryColumns} FROM entries WHERE chain = ? AND seq >= ? AND seq <= ?
    ORDER BY seq`,
  byId: `
    SELECT ${storedColumns} FROM entries CROSS JOIN chains ON chains.id = entries.chain
    WHERE entries.arrival IN (SELECT arrival FROM ids WHERE prefix = substr(?1, 1, 6))
      AND entries.id = ?1`,
  byIdOfLate: `
    SELECT ${storedColumns} FROM entries CROSS JOIN chains ON chains.id = entries.chain
    WHERE entries.arrival > ? AND entries.id = ?`,
  idsIndexed: "SELECT arrival FROM indexed WHERE name = 'ids'",
  byArrival: `
    SELECT ${storedColumns} FROM entries CROSS JOIN chains ON chains.id = entries.chain
    WHERE entries.arrival > ? ORDER BY entries.arrival LIMIT ?`,
  windowUp: windowQuery('ASC'),
  windowDown: windowQuery('DESC'),
  lastArrival: `
    SELECT max(arrival, (SELECT coalesce(max(arrival), 0) FROM entries)) AS arrival
    FROM dropped WHERE id = 1`,
  nextParked: 'SELECT hlc_ms AS ms FROM parked WHERE conversation = ? ORDER BY hlc_ms LIMIT 1',
  conversation: 'SELECT id, entries, lines FROM conversations WHERE conversation = ?',
  chain: 'SELECT id FROM chains WHERE chain = ?',
  oldest: `
    SELECT seq, id, hlc_ms AS ms, length(header) + coalesce(length(payload), 0) AS bytes
    FROM entries WHERE chain = ? AND seq < ? ORDER BY seq LIMIT ?`,
};

type Statements = Readonly<Record<Name, StatementSync>>;

export class Reader {
  readonly #statements: Statements;

  constructor(database: DatabaseSync) {
    const prepared = Object.entries(readerQueries).map(([name, sql]) => [
      name,
      database.prepare(sql),
    ]);
    this.#statements = Object.fromEntries(prepared) as Statements;
  }

  run(query: RunQuery): Entry[] {
    const row = this.#statements.chain.get(toBlob(query.chain));
    if (row === undefined || query.from >= query.to) return [];
    const chain = Number(row['id']);
    const range =
      query.direction === 'up' ? this.#upward(chain, query) : this.#downward(chain, query);
    if (range === null) return [];
    const rows = this.#statements.range.all(chain, ...range) as unknown as EntryRow[];
    return rows.map(entryOf);
  }

  oldest({ chain, beforeMs, below, entriesMax }: OldQuery): OldEntries | null {
    const found = this.#statements.chain.get(toBlob(chain));
    if (found === undefined) return null;
    const key = Number(found['id']);
    const old: OldRow[] = [];
    // Row by row, because times rise along a chain: nothing after the first that is young is read.
    for (const row of this.#statements.oldest.iterate(key, below, entriesMax)) {
      const one = row as unknown as OldRow;
      if (one.ms >= beforeMs) break;
      old.push(one);
    }
    const [first, last] = [old[0], old.at(-1)];
    if (first === undefined || last === undefined) return null;
    const bytes = old.reduce((sum, each) => sum + each.bytes + SIGNATURE_BYTES, 0);
    return { from: first.seq, to: last.seq + 1, lastId: toName(last.id) as EntryId, bytes };
  }

  entry(id: EntryId): StoredEntry | null {
    const { byId, byIdOfLate, idsIndexed } = this.#statements;
    const blob = toBlob(id);
    const indexed = Number(idsIndexed.get()?.['arrival']);
    const row = byId.get(blob) ?? byIdOfLate.get(indexed, blob);
    return row === undefined ? null : storedOf(row as unknown as StoredRow);
  }

  window(query: WindowQuery): StoredEntry[] {
    const conversation = this.#statements.conversation.get(toBlob(query.conversation));
    if (conversation === undefined) return [];
    const upward = query.after !== undefined;
    const statement = upward ? this.#statements.windowUp : this.#statements.windowDown;
    const bounds = [...lowerBound(query), ...upperBound(query)];
    const id = Number(conversation['id']);
    const rows = statement.all(id, ...bounds, query.entriesMax) as unknown as StoredRow[];
    return (upward ? rows : rows.toReversed()).map(storedOf);
  }

  arrivals(after: number, entriesMax: number): StoredEntry[] {
    // Parked and sealed entries have negative numbers.
    const rows = this.#statements.byArrival.all(Math.max(0, after), entriesMax);
    return (rows as unknown as StoredRow[]).map(storedOf);
  }

  lastArrival(): number {
    return Number(this.#statements.lastArrival.get()?.['arrival']);
  }

  nextParkedMs(conversation: ConversationId): number | null {
    const found = this.#statements.conversation.get(toBlob(conversation));
    if (found === undefined) return null;
    const row = this.#statements.nextParked.get(Number(found['id']));
    return row === undefined ? null : Number(row['ms']);
  }

  count(conversation: ConversationId): ConversationCount {
    const row = this.#statements.conversation.get(toBlob(conversation));
    return { entries: Number(row?.['entries'] ?? 0), lines: Number(row?.['lines'] ?? 0) };
  }

  /**
   * First and last seq of an upward run, or null where there is none that ends with a signature.
   */
  #upward(chain: number, { from, to, bytesMax }: RunQuery): [number, number] | null {
    const rows = this.#statements.up.all(chain, from, to, LIMITS.runEntriesMax);
    const steps = contiguous(rows as unknown as Step[], from, 1);
    if (steps.length === 0) return null;
    const last = fitting(steps, bytesMax).findLast((step) => step.signed === 1);
    const end = last?.seq ?? this.#signedFrom(chain, from);
    return end === null ? null : [from, end];
  }

  /**
   * First and last seq of a downward run, or null where there is none that ends with a signature.
   */
  #downward(chain: number, { from, to, bytesMax }: RunQuery): [number, number] | null {
    const end = this.#signedFrom(chain, to - 1);
    if (end === null) return null;
    const rows = this.#statements.down.all(chain, from, end, LIMITS.runEntriesMax);
    const steps = contiguous(rows as unknown as Step[], end, -1);
    if (!steps.some(({ seq }) => seq < to)) return null;
    const signedBelow = steps.findIndex((step, index) => index > 0 && step.signed === 1);
    const owed = signedBelow === -1 ? steps.length : signedBelow;
    const length = Math.max(owed, fitting(steps, bytesMax).length);
    return [end - length + 1, end];
  }

  #signedFrom(chain: number, seq: number): number | null {
    const row = this.#statements.signedFrom.get(chain, seq);
    return row === undefined ? null : Number(row['seq']);
  }
}

/** The rows up to the first gap; the first must be `start`. */
function contiguous(steps: readonly Step[], start: number, direction: 1 | -1): readonly Step[] {
  const gap = steps.findIndex((step, index) => step.seq !== start + index * direction);
  return gap === -1 ? steps : steps.slice(0, gap);
}

function fitting(steps: readonly Step[], bytesMax: number): readonly Step[] {
  let bytes = 0;
  const tooMany = steps.findIndex((step) => {
    bytes += step.bytes;
    return bytes > bytesMax;
  });
  return tooMany === -1 ? steps : steps.slice(0, tooMany);
}

const noChain = new Uint8Array();

/** Strictly above this place: the later of `after` and the time it begins. */
function lowerBound({ after, sinceMs }: WindowQuery): Bound {
  const since: Bound = [sinceMs ?? -1, -1, noChain, -1];
  if (after === undefined || (sinceMs !== undefined && after.hlc.ms < sinceMs)) return since;
  return [after.hlc.ms, after.hlc.counter, toBlob(after.chain), after.seq];
}

/** Strictly below this place: the earlier of `before` and the time it ends. */
function upperBound({ before, untilMs }: WindowQuery): Bound {
  const until: Bound = [untilMs ?? Number.MAX_SAFE_INTEGER, -1, noChain, -1];
  if (before === undefined || (untilMs !== undefined && before.hlc.ms >= untilMs)) return until;
  return [before.hlc.ms, before.hlc.counter, toBlob(before.chain), before.seq];
}

function entryOf(row: EntryRow): Entry {
  const { header: headerBytes, signature, payload } = row;
  return restoreEntry({ id: toName(row.id) as EntryId, headerBytes, signature, payload });
}

export function storedOf(row: StoredRow): StoredEntry {
  return {
    entry: entryOf(row),
    opened: row.opened,
    identity: toName(row.identity) as IdentityKey,
    // A parked or sealed entry has not arrived yet for those who read.
    arrival: Math.max(0, row.arrival),
    arrivedMs: row.arrivedMs,
    late: row.late === 1,
  };
}
