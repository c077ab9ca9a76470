// A network key as its 32 bytes and as the text that libp2p prints of it (spec/invites.md §2).

import type { PeerId } from '../brand.ts';
import { fromBase58, toBase58 } from '../bytes/base58.ts';
import { concatBytes, equalBytes } from '../bytes/compare.ts';
import { LIMITS } from '../limits.ts';

/** An identity multihash of 36 bytes, which hold a key of type Ed25519 with 32 bytes: "12D3Koo…" in base58. */
const prefix = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);
const keyBytes = 32;

export function peerOfKey(key: Uint8Array): PeerId {
  return toBase58(concatBytes(prefix, key)) as PeerId;
}

/** The Ed25519 key of a peer; null for a PeerId of another kind. */
export function keyOfPeer(peer: PeerId): Uint8Array | null {
  if (peer.length > LIMITS.peerIdBytesMax) return null;
  const bytes = fromBase58(peer);
  if (!bytes.ok || bytes.value.length !== prefix.length + keyBytes) return null;
  const isKey = equalBytes(bytes.value.subarray(0, prefix.length), prefix);
  return isKey ? bytes.value.slice(prefix.length) : null;
}
