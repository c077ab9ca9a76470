// What is held of a conversation as signed runs, to be kept in a file and imported elsewhere.

import type { ChainRecord, Conversation, Entry, Store } from '@parley/core';
import { encodeRun } from '@parley/core';

/** Fits into one object of the local socket, however far it has to go on to the next signature. */
const RUN_BYTES_TARGET = 65_536;

interface SignedRun {
  readonly record: ChainRecord;
  readonly entries: readonly Entry[];
  readonly bytes: Uint8Array;
}

/** Run by run, chain by chain, each chain from the first entry that is held. */
export function* runsOf(store: Store, { table }: Conversation): Generator<SignedRun> {
  for (const record of table.values()) yield* runsIn(store, record);
}

function* runsIn(store: Store, record: ChainRecord): Generator<SignedRun> {
  const { chain, certificate, floor, length: to } = record;
  for (let from = floor; from < to; ) {
    const entries = store.run({ chain, from, to, direction: 'up', bytesMax: RUN_BYTES_TARGET });
    if (entries.length === 0) return;
    yield { record, entries, bytes: encodeRun(certificate, entries) };
    from += entries.length;
  }
}
