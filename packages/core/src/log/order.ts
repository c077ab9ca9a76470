// The order of entries on every screen (spec/log.md §5).

import type { ChainKey } from '../brand.ts';
import type { Entry, Hlc } from './entry.ts';
import { compareHlc } from './hlc.ts';

/** Place of an entry in the order on screen: hlc, then chain (author first), then seq. Total, the same for everyone. */
export interface OrderKey {
  readonly hlc: Hlc;
  readonly chain: ChainKey;
  readonly seq: number;
}

/** Negative, zero or positive; zero only for one and the same place. */
export function compareOrder(left: OrderKey, right: OrderKey): number {
  const byTime = compareHlc(left.hlc, right.hlc);
  if (byTime !== 0) return byTime;
  if (left.chain !== right.chain) return left.chain < right.chain ? -1 : 1;
  return left.seq - right.seq;
}

export function orderKeyOf(entry: Entry): OrderKey {
  const { hlc, chain, seq } = entry.header;
  return { hlc, chain, seq };
}
