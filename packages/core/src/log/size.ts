// How much an entry takes: what quotas are counted in.

import type { Entry } from './entry.ts';

export const SIGNATURE_BYTES = 64;

/** Bytes of headers, signatures and payloads; every entry counts with a signature, since it may get one. */
export function bytesOf(entries: readonly Pick<Entry, 'header' | 'payload'>[]): number {
  let bytes = 0;
  for (const { header, payload } of entries)
    bytes += header.bytes.length + SIGNATURE_BYTES + (payload?.length ?? 0);
  return bytes;
}
