// All that a store holds, as text.

import { bytesOf } from '@parley/core';
import type { ChainRecord, Store } from '@parley/core';

/**
 * All that a store holds, with bytes as hex, fit to be compared and written to a file. What the
 * first schemas did not have is left out where there is none of it, so that their dumps stay as they
 * were frozen.
 */
export function dump(store: Store): unknown {
  const chains = store.chains();
  const conversations = [...new Set(chains.map(({ conversation }) => conversation))];
  const content = {
    chains: chains.map((record) => frozenOf(store, record)),
    arrivals: store.arrivals(0, Number.MAX_SAFE_INTEGER),
    lastArrival: store.lastArrival(),
    runs: chains.map(({ chain, floor, length }) =>
      store.run({ chain, from: floor, to: length, direction: 'up', bytesMax: 2 ** 30 }),
    ),
    conversations: conversations.map((conversation) => ({
      conversation,
      window: store.window({ conversation, entriesMax: 1_000 }).map(({ entry }) => entry.id),
      nextParkedMs: store.nextParkedMs(conversation),
      count: store.count(conversation),
    })),
    hits: store.search('quick', null, 100).map(({ stored, index }) => [stored.arrival, index]),
    proofs: store.proofs(),
    peers: store.peers(),
    version: store.meta('version'),
  };
  const values = store.values('');
  return JSON.parse(JSON.stringify(values.length > 0 ? { ...content, values } : content, asText));
}

/** Without its bytes, which the first schemas did not have, if they are those of its entries. */
function frozenOf(store: Store, record: ChainRecord): Partial<ChainRecord> {
  const { bytes, ...rest } = record;
  const { chain, floor, length } = record;
  const entries = store.run({ chain, from: floor, to: length, direction: 'up', bytesMax: 2 ** 30 });
  return bytes === bytesOf(entries) ? rest : record;
}

function asText(key: string, value: unknown): unknown {
  if (key === 'opened' && value === null) return undefined;
  return value instanceof Uint8Array ? `hex ${Buffer.from(value).toString('hex')}` : value;
}
