// Keys as people read and type them (spec/identity.md §1).

import type { IdentityKey } from '../brand.ts';
import { toBase32 } from '../bytes/base32.ts';
import { fromHex } from '../bytes/hex.ts';

/** The whole key in base32: 52 characters. */
export function shortKey(identity: IdentityKey): string {
  return toBase32(fromHex(identity));
}

/** What stands behind a name to tell two keys apart: the first `length` characters of the short key. */
export function shortKeySuffix(identity: IdentityKey, length: number): string {
  // Five bits a character: more of the key than these bytes is not looked at.
  const digits = Math.min(identity.length, Math.ceil((length * 5) / 8) * 2);
  return toBase32(fromHex(identity.slice(0, digits))).slice(0, length);
}
