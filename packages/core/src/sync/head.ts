// A head says what a peer holds of one chain: the entries floor ≤ seq < length, and the id of the newest (spec/sync.md §2).

import { fromHex, toHex } from '../bytes/hex.ts';
import type { ChainKey, EntryId } from '../brand.ts';
import { isBytes, isUint } from '../codec/fields.ts';
import type { CborValue } from '../codec/cbor.ts';

export interface Head {
  readonly chain: ChainKey;
  readonly floor: number;
  /** 0 where nothing is held. */
  readonly length: number;
  /** Id of entry length − 1; 64 zeros where nothing is held. */
  readonly headId: EntryId;
  /** 'forked' for a chain whose author equivocated: told by FORKED_HEAD_ID in place of the id. */
  readonly stopped?: 'forked' | 'refused' | null;
}

export const CHAIN_KEY_BYTES = 40;
const HEAD_ID_BYTES = 32;
export const NO_HEAD_ID = '0'.repeat(64) as EntryId;

/** What is told in place of the head's id by who has stopped the chain and can prove why. */
export const FORKED_HEAD_ID = 'f'.repeat(64) as EntryId;

export function sameHead(a: Head, b: Head): boolean {
  return a.floor === b.floor && a.length === b.length && toldId(a) === toldId(b);
}

function toldId(head: Head): EntryId {
  return head.stopped === 'forked' ? FORKED_HEAD_ID : head.headId;
}

const FINGERPRINTED_BYTES = 88;

/** What a fingerprint is made over, a head after the other: 40 of the chain key, 8 of floor, 8 of length, 32 of the id. */
export function headsBytes(heads: readonly Head[]): Uint8Array {
  const bytes = new Uint8Array(heads.length * FINGERPRINTED_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, head] of heads.entries()) {
    const at = index * FINGERPRINTED_BYTES;
    bytes.set(fromHex(head.chain), at);
    view.setBigUint64(at + 40, BigInt(head.floor));
    view.setBigUint64(at + 48, BigInt(head.length));
    bytes.set(fromHex(toldId(head)), at + 56);
  }
  return bytes;
}

export function headToCbor(head: Head): CborValue {
  return [fromHex(head.chain), head.floor, head.length, fromHex(toldId(head))];
}

/** null for anything but a head, one with floor > length included. */
export function headFromCbor(value: CborValue | undefined): Head | null {
  if (!Array.isArray(value) || value.length !== 4) return null;
  const [chain, floor, length, headId] = value as readonly CborValue[];
  if (!isBytes(chain, CHAIN_KEY_BYTES) || !isBytes(headId, HEAD_ID_BYTES)) return null;
  if (!isUint(floor) || !isUint(length) || floor > length) return null;
  const id = toHex(headId) as EntryId;
  const stopped = id === FORKED_HEAD_ID ? 'forked' : null;
  return { chain: toHex(chain) as ChainKey, floor, length, headId: id, stopped };
}

/** Heads of one conversation, sorted by chain key, so that ranges of them can be compared. */
export class HeadTable<Kept extends Head = Head> {
  readonly #heads = new Map<ChainKey, Kept>();
  readonly #sorted: ChainKey[] = [];

  get size(): number {
    return this.#sorted.length;
  }

  get(chain: ChainKey): Kept | undefined {
    return this.#heads.get(chain);
  }

  set(head: Kept): void {
    if (!this.#heads.has(head.chain)) {
      this.#sorted.splice(this.#indexOf(head.chain), 0, head.chain);
    }
    this.#heads.set(head.chain, head);
  }

  values(): IterableIterator<Kept> {
    return this.#heads.values();
  }

  /** Heads with lower ≤ chain < upper in ascending order; null bounds are open. */
  range(lower: ChainKey | null, upper: ChainKey | null): readonly Kept[] {
    const from = lower === null ? 0 : this.#indexOf(lower);
    const to = upper === null ? this.#sorted.length : this.#indexOf(upper);
    const heads: Kept[] = [];
    for (let index = from; index < to; index += 1) {
      const head = this.#heads.get(this.#sorted[index] as ChainKey);
      if (head !== undefined) heads.push(head);
    }
    return heads;
  }

  /** Index of the first chain that is not before `chain`. */
  #indexOf(chain: ChainKey): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as ChainKey) < chain) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
