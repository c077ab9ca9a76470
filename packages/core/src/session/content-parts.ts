// As few messages as say all that there is to say, each within its limit (spec/session.md §3).

import { LIMITS } from '../limits.ts';
import type { Line } from '../log/entry.ts';
import { encodeContent } from './content.ts';
import type { Content } from './content.ts';
import { splitRoster } from './roster-codec.ts';
import type { SessionRoster } from './roster.ts';
import type { Ask } from './work-types.ts';

const bytesMax = LIMITS.groupPlaintextBytesMax;
/** What a content with nothing in it takes, rounded up. */
const emptyBytesMax = 64;
/** So many asks with the longest packages fit. */
const asksTogether = Math.floor((bytesMax - emptyBytesMax) / (LIMITS.keyPackageBytesMax + 64));
const nothing: Content = { roster: null, asks: [], lines: [] };

/** The lines of one batch stay together; roster and asks go with the first, or before it if they are long. */
export function contentsOf(said: {
  readonly roster: SessionRoster | null;
  readonly asks: readonly Ask[];
  readonly batches: readonly (readonly Line[])[];
}): Content[] {
  const { roster, asks } = said;
  const batches = said.batches.filter((lines) => lines.length > 0);
  if (roster === null && asks.length === 0) return batches.map((lines) => ({ ...nothing, lines }));
  const [lines = [], ...others] = batches;
  const first = { roster, asks, lines };
  if (encodeContent(first).length <= bytesMax) return [first, ...contentsOf(onlySaying(others))];
  const rosters = roster === null ? [] : splitRoster(roster, bytesMax - emptyBytesMax);
  return [
    ...rosters.map((part) => ({ ...nothing, roster: part })),
    ...chunksOf(asks, asksTogether).map((part) => ({ ...nothing, asks: part })),
    ...contentsOf(onlySaying(batches)),
  ];
}

function onlySaying(batches: readonly (readonly Line[])[]): Parameters<typeof contentsOf>[0] {
  return { roster: null, asks: [], batches };
}

function chunksOf<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  const chunks: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
