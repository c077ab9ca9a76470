// Reads what a peer remembers beside entries: its chains, proofs, neighbours and settings.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type {
  ChainKey,
  ChainRecord,
  ConversationId,
  EntryId,
  IdentityKey,
  PeerId,
  RememberedPeer,
  StoredProof,
  StoredValue,
} from '@parley/core';

import { toName } from './hex.ts';

interface ChainRow {
  readonly conversation: Uint8Array;
  readonly chain: Uint8Array;
  readonly identity: Uint8Array;
  readonly certificate: Uint8Array;
  readonly floor: number;
  readonly length: number;
  readonly bytes: number;
  readonly headId: Uint8Array;
  readonly floorPrev: Uint8Array;
  readonly headMs: number;
  readonly headCounter: number;
  readonly name: string;
  readonly stopped: 'forked' | 'refused' | null;
}

export const recordQueries = {
  chains: `
    SELECT conversations.conversation, chain, identity, certificate, floor, length, bytes,
      head_id AS headId, floor_prev AS floorPrev, head_hlc_ms AS headMs, head_hlc_counter AS headCounter,
      name, stopped
    FROM chains JOIN conversations ON conversations.id = chains.conversation ORDER BY chains.id`,
  proofs: 'SELECT chain, bytes FROM proofs ORDER BY chain',
  peers: `
    SELECT peer, addresses, last_seen_ms AS lastSeenMs FROM peers
    ORDER BY last_seen_ms DESC, peer DESC`,
  meta: 'SELECT value FROM meta WHERE key = ?',
  value: 'SELECT value FROM kept WHERE key = ?',
  // No text has a byte of 255: it comes after all that begin so.
  values: `
    SELECT key, value FROM kept WHERE key >= ?1 AND key < ?1 || CAST(x'ff' AS TEXT)
    ORDER BY key`,
} as const;

export class Records {
  readonly #chains: StatementSync;
  readonly #proofs: StatementSync;
  readonly #peers: StatementSync;
  readonly #meta: StatementSync;
  readonly #value: StatementSync;
  readonly #values: StatementSync;

  constructor(database: DatabaseSync) {
    this.#chains = database.prepare(recordQueries.chains);
    this.#proofs = database.prepare(recordQueries.proofs);
    this.#peers = database.prepare(recordQueries.peers);
    this.#meta = database.prepare(recordQueries.meta);
    this.#value = database.prepare(recordQueries.value);
    this.#values = database.prepare(recordQueries.values);
  }

  chains(): ChainRecord[] {
    return (this.#chains.all() as unknown as ChainRow[]).map(chainOf);
  }

  proofs(): StoredProof[] {
    const rows = this.#proofs.all() as { chain: Uint8Array; bytes: Uint8Array }[];
    return rows.map(({ chain, bytes }) => ({ chain: toName(chain) as ChainKey, bytes }));
  }

  peers(): RememberedPeer[] {
    const rows = this.#peers.all() as { peer: PeerId; addresses: string; lastSeenMs: number }[];
    return rows.map(({ peer, addresses, lastSeenMs }) => ({
      peer,
      addresses: JSON.parse(addresses) as string[],
      lastSeenMs,
    }));
  }

  meta(key: string): string | null {
    const row = this.#meta.get(key) as { value: string } | undefined;
    return row === undefined ? null : row.value;
  }

  value(key: string): Uint8Array | null {
    const row = this.#value.get(key) as { value: Uint8Array } | undefined;
    return row === undefined ? null : row.value;
  }

  values(prefix: string): StoredValue[] {
    const rows = this.#values.all(prefix) as { key: string; value: Uint8Array }[];
    return rows.map(({ key, value }) => ({ key, value }));
  }
}

function chainOf(row: ChainRow): ChainRecord {
  return {
    conversation: toName(row.conversation) as ConversationId,
    chain: toName(row.chain) as ChainKey,
    identity: toName(row.identity) as IdentityKey,
    certificate: row.certificate,
    floor: row.floor,
    length: row.length,
    bytes: row.bytes,
    headId: toName(row.headId) as EntryId,
    floorPrev: toName(row.floorPrev),
    headHlc: { ms: row.headMs, counter: row.headCounter },
    name: row.name,
    stopped: row.stopped,
  };
}
