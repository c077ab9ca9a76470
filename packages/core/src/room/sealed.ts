// What is said in a secret room, encrypted under the secret of its invite (spec/rooms.md §3).

import type { ChainKey, ConversationId } from '../brand.ts';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex } from '../bytes/hex.ts';
import type { AeadKey, Suite } from '../crypto/suite.ts';
import { TAGS, taggedHash } from '../crypto/tagged.ts';

/** Marks the payload of an entry as sealed by the secret of its room. */
export const ROOM_KEY_ID = 2;

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const SEQ_BYTES = 8;

/** Where an entry stands: its payload means something there and nowhere else. */
export interface SealedPlace {
  readonly conversation: ConversationId;
  readonly chain: ChainKey;
  readonly seq: number;
}

/**
 * A salt (16 bytes) for one payload. It is chance mixed with what is said: should a machine be put back to an earlier
 * moment and draw the same chance again, two texts still are under two keys.
 */
export function roomSalt(suite: Suite, chance: Uint8Array, plain: Uint8Array): Uint8Array {
  return taggedHash(suite, TAGS.roomSalt, chance, plain).subarray(0, SALT_BYTES);
}

/** The payload: salt, ciphertext, tag. `secret` is the room's, `salt` has 16 bytes. */
export function sealPayload(
  suite: Suite,
  secret: Uint8Array,
  place: SealedPlace,
  { salt, plain }: { readonly salt: Uint8Array; readonly plain: Uint8Array },
): Uint8Array {
  const key = keyOf(suite, secret, place, salt);
  return concatBytes(salt, suite.seal(key, plain, aadOf(place)));
}

/** The plain payload; null for one that was not sealed with this secret for this place. */
export function openPayload(
  suite: Suite,
  secret: Uint8Array,
  place: SealedPlace,
  payload: Uint8Array,
): Uint8Array | null {
  if (payload.length < SALT_BYTES) return null;
  const key = keyOf(suite, secret, place, payload.subarray(0, SALT_BYTES));
  return suite.open(key, payload.subarray(SALT_BYTES), aadOf(place));
}

function keyOf(
  suite: Suite,
  secret: Uint8Array,
  { conversation }: SealedPlace,
  salt: Uint8Array,
): AeadKey {
  const info = concatBytes(TAGS.roomKey, fromHex(conversation));
  const bytes = suite.hkdf(secret, salt, info, KEY_BYTES + NONCE_BYTES);
  return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
}

function aadOf({ chain, seq }: SealedPlace): Uint8Array {
  const number = new Uint8Array(SEQ_BYTES);
  new DataView(number.buffer).setBigUint64(0, BigInt(seq));
  return concatBytes(fromHex(chain), number);
}
