// How many lines an entry counts for.

import { decodeLines } from '@parley/core';
import type { StoredEntry } from '@parley/core';

/** As its header counts them; the header of what was opened counts something else. */
export function lineCountOf({ entry, opened }: Pick<StoredEntry, 'entry' | 'opened'>): number {
  return opened === null ? entry.header.lineCount : openedLineCount(opened);
}

/** Lines that cannot be read are none. */
export function openedLineCount(opened: Uint8Array): number {
  const lines = decodeLines(opened, null);
  return lines.ok ? lines.value.length : 0;
}
