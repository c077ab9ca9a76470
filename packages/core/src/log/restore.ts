// Makes entries again from what a store of one's own kept of them.

import type { EntryId } from '../brand.ts';
import type { Entry } from './entry.ts';
import { decodeHeader } from './header.ts';

export interface EntryRow {
  readonly id: EntryId;
  readonly headerBytes: Uint8Array;
  readonly signature: Uint8Array | null;
  readonly payload: Uint8Array | null;
}

/**
 * The entry of a row. It may be trusted without hashing or verifying again because nothing reaches a store
 * but entries that `verifyRun` or `sealEntry` made, and whoever can change the file can also read the keys.
 * Throws if the header does not decode: then the store is damaged.
 */
export function restoreEntry(row: EntryRow): Entry {
  const header = decodeHeader(row.headerBytes);
  if (!header.ok) throw new Error(`the stored header of ${row.id} is damaged: ${header.reason}`);
  const { id, signature, payload } = row;
  return { id, header: header.value, signature, payload } as Entry;
}
