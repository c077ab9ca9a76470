// Reads on in the group of someone else, entry by entry, each wholly or not at all (spec/session.md §4).

import type { Entry } from '../log/entry.ts';
import { LIMITS } from '../limits.ts';
import { GroupReader } from './group-reader.ts';
import type { WorkTools } from './work-tools.ts';
import type { Read, ReadThrough } from './work-types.ts';

export async function readOn(work: Read, tools: WorkTools): Promise<ReadThrough> {
  for (const certificate of work.certificates) tools.certify(certificate);
  const reader = new GroupReader(work, tools);
  let next = work.from;
  const through = (end: ReadThrough['end']): ReadThrough => {
    const { events, values } = reader;
    return { kind: 'read', next, events, end, writes: values.writes() };
  };
  for (const entry of entriesOf(work, tools.store)) {
    if (entry.header.hlc.ms > work.throughMs) return through('future');
    const outcome = await reader.readEntry(entry);
    if (outcome === 'psk') return through('psk');
    next = entry.header.seq + 1;
    if (outcome === 'broken') return through('broken');
    if (reader.tries >= LIMITS.welcomeTriesPerWork) break;
  }
  return through('all');
}

/** At most readEntriesPerWork; fewer where the store has no more. */
function* entriesOf({ chain, from, to }: Read, store: WorkTools['store']): Generator<Entry> {
  let next = from;
  const end = Math.min(to, from + LIMITS.readEntriesPerWork);
  while (next < end) {
    const bytesMax = LIMITS.runBytesTarget;
    const run = store.run({ chain, from: next, to: end, direction: 'up', bytesMax });
    if (run.length === 0) return;
    for (const entry of run) {
      if (entry.header.seq >= end) return;
      yield entry;
      next = entry.header.seq + 1;
    }
  }
}
