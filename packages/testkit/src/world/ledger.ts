// The whole history of a world: which entries were ever committed, by whom, and what authors were promised.

import type { ChainKey, ChainRecord, DeviceKey, EntryId, PeerId, Write } from '@parley/core';
import { deviceOf } from '@parley/core';

/** Two different entries under one number of one chain. */
export interface Reuse {
  readonly chain: ChainKey;
  readonly seq: number;
}

/** Who commits. */
export interface Writer {
  readonly peer: PeerId;
  readonly device: DeviceKey;
}

interface Promised {
  readonly chain: ChainKey;
  readonly seq: number;
  /** Synced by its author, who has not lost it on purpose. */
  synced: boolean;
  readonly heldBy: Set<PeerId>;
}

export class Ledger {
  /** Ids by number, of every chain ever seen; the first id that was given to a number. */
  readonly chains: Map<ChainKey, EntryId[]> = new Map();
  readonly reused: Reuse[] = [];
  readonly promised: Map<EntryId, Promised> = new Map();
  /** Whose a key is that was made for one conversation only. */
  readonly #authors = new Map<DeviceKey, DeviceKey>();
  /** The longest that each peer held of each chain, from its beginning. */
  readonly #held = new Map<PeerId, Map<ChainKey, number>>();
  /** The longest that each peer's part of each chain was, from wherever. */
  readonly #reached = new Map<string, number>();

  /** A peer commits; returns the ids of entries that nobody had before. */
  note({ peer, device }: Writer, writes: readonly Write[]): EntryId[] {
    const fresh: EntryId[] = [];
    for (const write of writes) {
      if (write.kind !== 'entries') continue;
      for (const { id, header } of write.entries) {
        const ids = this.#idsOf(header.chain);
        const known = ids[header.seq];
        this.#noteAuthor(header.chain, device);
        if (known === undefined) fresh.push(id);
        else if (known !== id) this.reused.push({ chain: header.chain, seq: header.seq });
        ids[header.seq] ??= id;
      }
      this.#noteHeld(peer, write.chain);
    }
    return fresh;
  }

  /** The device of the member who has that chain: whoever committed something of its key first. */
  authorOf(chain: ChainKey): DeviceKey {
    const device = deviceOf(chain);
    return this.#authors.get(device) ?? device;
  }

  /** A peer begins with what a copied disk holds. */
  noteCopy(peer: PeerId, records: readonly ChainRecord[]): void {
    for (const record of records) this.#noteHeld(peer, record);
  }

  /** True if that peer ever held the first `length` entries of the chain. */
  everHeld(peer: PeerId, chain: ChainKey, length: number): boolean {
    return (this.#held.get(peer)?.get(chain) ?? 0) >= length;
  }

  /** True if that peer ever held the entry below `length`: who carries for others need not keep what all have. */
  everReached(peer: PeerId, chain: ChainKey, length: number): boolean {
    return (this.#reached.get(`${peer} ${chain}`) ?? 0) >= length;
  }

  /** Its author was told that `peer` holds the first `length` entries. */
  promiseHeld(chain: ChainKey, length: number, peer: PeerId): void {
    const ids = this.#idsOf(chain);
    // What lies below was promised before, unless by others.
    for (let seq = length - 1; seq >= 0; seq -= 1) {
      const id = ids[seq];
      const promised = id === undefined ? null : this.#promisedOf(id, chain, seq);
      if (promised === null || promised.heldBy.has(peer)) return;
      promised.heldBy.add(peer);
    }
  }

  promiseSynced(id: EntryId, chain: ChainKey, seq: number): void {
    this.#promisedOf(id, chain, seq).synced = true;
  }

  /** A profile was put back as it was: what its disk promised counts no more. */
  forgetSynced(isOf: (chain: ChainKey) => boolean): void {
    for (const promised of this.promised.values()) {
      if (isOf(promised.chain)) promised.synced = false;
    }
  }

  #noteAuthor(chain: ChainKey, device: DeviceKey): void {
    const key = deviceOf(chain);
    if (!this.#authors.has(key)) this.#authors.set(key, device);
  }

  #idsOf(chain: ChainKey): EntryId[] {
    let ids = this.chains.get(chain);
    if (ids === undefined) {
      ids = [];
      this.chains.set(chain, ids);
    }
    return ids;
  }

  #promisedOf(id: EntryId, chain: ChainKey, seq: number): Promised {
    let promised = this.promised.get(id);
    if (promised === undefined) {
      promised = { chain, seq, synced: false, heldBy: new Set() };
      this.promised.set(id, promised);
    }
    return promised;
  }

  #noteHeld(peer: PeerId, { chain, floor, length }: ChainRecord): void {
    const key = `${peer} ${chain}`;
    this.#reached.set(key, Math.max(length, this.#reached.get(key) ?? 0));
    if (floor > 0) return;
    let held = this.#held.get(peer);
    if (held === undefined) {
      held = new Map();
      this.#held.set(peer, held);
    }
    held.set(chain, Math.max(length, held.get(chain) ?? 0));
  }
}
