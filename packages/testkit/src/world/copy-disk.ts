// A profile as it is at one moment, on a disk of its own: what someone has who copied the folder.

import type { Store, Write } from '@parley/core';
import { ownChainMeta } from '@parley/core';
import { MemoryDisk } from '../memory-store.ts';

const EVERYTHING = Number.MAX_SAFE_INTEGER;

export function copyDisk(store: Store): MemoryDisk {
  const disk = new MemoryDisk();
  const copy = disk.open();
  const writes: Write[] = [];
  const visible = new Map(store.arrivals(0, EVERYTHING).map((stored) => [stored.entry.id, stored]));
  for (const chain of store.chains()) {
    writes.push({ kind: 'chain', chain });
    const key = ownChainMeta(chain.conversation);
    writes.push({ kind: 'meta', key, value: store.meta(key) ?? '' });
    for (let seq = chain.floor; seq < chain.length; ) {
      const query = {
        chain: chain.chain,
        from: seq,
        to: chain.length,
        direction: 'up',
        bytesMax: EVERYTHING,
      } as const;
      const entries = store.run(query);
      if (entries.length === 0) throw new Error('a chain has a hole');
      seq += entries.length;
      for (const entry of entries) {
        const { arrivedMs, late } = visible.get(entry.id) ?? { arrivedMs: 0, late: false };
        writes.push({
          kind: 'entries',
          chain,
          entries: [entry],
          arrivedMs,
          late,
          parked: !visible.has(entry.id),
        });
      }
    }
  }
  for (const proof of store.proofs()) writes.push({ kind: 'proof', proof });
  for (const peer of store.peers()) writes.push({ kind: 'peer', peer });
  copy.commit(writes);
  copy.sync();
  return disk;
}
