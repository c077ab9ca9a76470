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
} from '@parley/core';

import { toName } from './hex.ts';

interface ChainRow {
  readonly conversation: Uint8Array;
  readonly chain: Uint8Array;
  readonly identity: Uint8Array;
  readonly certificate: Uint8Array;
  readonly floor: number;
  readonly length: number;
  readonly headId: Uint8Array;
  readonly floorPrev: Uint8Array;
  readonly headMs: number;
  readonly headCounter: number;
  readonly name: string;
  readonly stopped: 'forked' | 'refused' | null;
}

export const recordQueries = {
  chains: `
    SELECT conversations.conversation, chain, identity, certificate, floor, length,
      head_id AS headId, floor_prev AS floorPrev, head_hlc_ms AS headMs, head_hlc_counter AS headCounter,
      name, stopped
    FROM chains JOIN conversations ON conversations.id = chains.conversation ORDER BY chains.id`,
  proofs: 'SELECT chain, bytes FROM proofs ORDER BY chain',
  peers: `
    SELECT peer, addresses, last_seen_ms AS lastSeenMs FROM peers
    ORDER BY last_seen_ms DESC, peer DESC`,
  meta: 'SELECT value FROM meta WHERE key = ?',
} as const;

export class Records {
  readonly #chains: StatementSync;
  readonly #proofs: StatementSync;
  readonly #peers: StatementSync;
  readonly #meta: StatementSync;

  constructor(database: DatabaseSync) {
    this.#chains = database.prepare(recordQueries.chains);
    this.#proofs = database.prepare(recordQueries.proofs);
    this.#peers = database.prepare(recordQueries.peers);
    this.#meta = database.prepare(recordQueries.meta);
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
}

function chainOf(row: ChainRow): ChainRecord {
  return {
    conversation: toName(row.conversation) as ConversationId,
    chain: toName(row.chain) as ChainKey,
    identity: toName(row.identity) as IdentityKey,
    certificate: row.certificate,
    floor: row.floor,
    length: row.length,
    headId: toName(row.headId) as EntryId,
    floorPrev: toName(row.floorPrev),
    headHlc: { ms: row.headMs, counter: row.headCounter },
    name: row.name,
    stopped: row.stopped,
  };
}
