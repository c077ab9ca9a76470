// What a stored entry says to a reader.

import type { Line } from '../log/entry.ts';
import { decodeLines } from '../log/line.ts';
import type { StoredEntry } from '../ports.ts';

/** None where it is encrypted still, or pruned. */
export function linesOf({ entry, opened }: StoredEntry): readonly Line[] {
  const { header, payload } = entry;
  if (opened === null && (payload === null || header.keyId !== null)) return [];
  const lines =
    opened === null
      ? decodeLines(payload ?? new Uint8Array(0), header.lineCount)
      : decodeLines(opened, null);
  // It was decoded before it was stored.
  if (!lines.ok) throw new Error(`a stored payload does not decode: ${lines.reason}`);
  return lines.value;
}
