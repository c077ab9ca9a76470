// A store for swarms of thousands: it keeps the newest entries of each chain, which is all that live delivery reads.

import type { ChainKey, ChainRecord, Entry, RunQuery, Store, Write } from '@parley/core';

const ENTRIES_KEPT = 64;

interface Kept {
  record: ChainRecord;
  readonly entries: Map<number, Entry>;
}

export function createLeanStore(): Store {
  const chains = new Map<ChainKey, Kept>();
  let commits = 0;
  let arrivals = 0;
  const apply = (write: Write): void => {
    if (write.kind !== 'entries') return;
    const kept = chains.get(write.chain.chain) ?? { record: write.chain, entries: new Map() };
    chains.set(write.chain.chain, kept);
    kept.record = write.chain;
    for (const entry of write.entries) {
      kept.entries.set(entry.header.seq, entry);
      kept.entries.delete(entry.header.seq - ENTRIES_KEPT);
      arrivals += 1;
    }
  };
  return {
    chains: () => [...chains.values()].map(({ record }) => record),
    proofs: () => [],
    peers: () => [],
    meta: () => null,
    value: () => null,
    values: () => [],
    commit: (writes) => {
      writes.forEach(apply);
      commits += 1;
      return commits;
    },
    onSynced: () => undefined,
    run: (query) => runOf(chains.get(query.chain), query),
    oldest: () => null,
    nextParkedMs: () => null,
    entry: () => null,
    window: () => [],
    arrivals: () => [],
    lastArrival: () => arrivals,
    search: () => [],
    indexSome: () => 0,
    count: () => ({ entries: arrivals, lines: arrivals }),
    close: () => Promise.resolve(),
  };
}

/** Each entry by itself was signed, or came with the run that it ends: what was pushed one by one can be served so. */
function runOf(kept: Kept | undefined, { from, to, direction }: RunQuery): Entry[] {
  const found: Entry[] = [];
  for (let seq = from; seq < to; seq += 1) {
    const entry = kept?.entries.get(seq);
    if (entry !== undefined) found.push(entry);
    else if (direction === 'up' || found.length > 0) break;
  }
  while (found.length > 0 && found.at(-1)?.signature === null) found.pop();
  return found;
}
