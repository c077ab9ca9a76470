// Where the other end of a connection is: as its address says, and of one made with WebRTC as that found out.

import type { Connection } from '@libp2p/interface';
import type { NetworkPath, PeerId } from '@parley/core';
import { formatAddress, isNear, pathOf } from './address.ts';
import type { Link } from './link.ts';

interface FarEnd {
  /** host:port where it is one. */
  readonly address: string;
  readonly path: NetworkPath;
}

/** What libp2p has below a connection, and node-datachannel below that. */
interface Punched {
  readonly maConn?: {
    readonly peerConnection?: {
      selectedCandidatePair?(): { readonly remote: Candidate } | null;
    };
  };
}

interface Candidate {
  readonly address: string;
  readonly port: number;
}

/** What was told of where each link goes: WebRTC changes its mind while both ends still try their addresses. */
export class FarEnds {
  readonly #told = new Map<PeerId, string>();

  /** Null where that has been told. */
  news({ peer, connection }: Pick<Link, 'peer' | 'connection'>): FarEnd | null {
    const end = farEndOf(connection);
    if (this.#told.get(peer) === end.address) return null;
    this.#told.set(peer, end.address);
    return end;
  }

  forget(peer: PeerId): void {
    this.#told.delete(peer);
  }
}

export function farEndOf(connection: Connection): FarEnd {
  const { remoteAddr } = connection;
  const { maConn } = connection as unknown as Punched;
  const remote = maConn?.peerConnection?.selectedCandidatePair?.()?.remote;
  if (remote === undefined) return { address: formatAddress(remoteAddr), path: pathOf(remoteAddr) };
  const { address: host, port } = remote;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return { address, path: isNear(host) ? 'lan' : 'direct' };
}
