// Signed peer records: the addresses of a peer, vouched for by its own key.

import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { LIMITS } from '@parley/core';
import type { PeerId } from '@parley/core';
import type { Multiaddr } from '@multiformats/multiaddr';
import { formatAddress, peerAddress } from './address.ts';

/** The addresses in a record that can be dialled. Throws if it is not signed by `peer`, or about another one. */
export async function openRecord(record: Uint8Array, peer: PeerId): Promise<Multiaddr[]> {
  if (record.byteLength > LIMITS.peerRecordBytesMax) throw new Error('the record is too long');
  const envelope = await RecordEnvelope.openAndCertify(record, PeerRecord.DOMAIN);
  const content = PeerRecord.createFromProtobuf(envelope.payload);
  const signer = peerIdFromPublicKey(envelope.publicKey);
  if (signer.toString() !== peer || !content.peerId.equals(signer)) {
    throw new Error('the record is not signed by the peer');
  }
  return content.multiaddrs.flatMap((address) => peerAddress(address)?.multiaddr ?? []);
}

/** Notices when a peer's record says something new. */
export class KnownRecords {
  readonly #addresses = new Map<PeerId, string>();

  /** The addresses, if they differ from those this peer had before. */
  news(peer: PeerId, addresses: readonly Multiaddr[]): string[] | null {
    const texts = addresses.map(formatAddress);
    const key = texts.toSorted().join(' ');
    if (this.#addresses.get(peer) === key) return null;
    this.#addresses.set(peer, key);
    return texts;
  }

  forget(peer: PeerId): void {
    this.#addresses.delete(peer);
  }
}
