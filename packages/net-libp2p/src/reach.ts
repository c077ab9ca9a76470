// Opening connections, whatever an address needs for it: a transport that is loaded now, or a link to a relay first.

import type { Connection } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '@parley/core';
import { peerAddress, relayOf } from './address.ts';
import type { AddressKind } from './address.ts';
import { DialError, openingError } from './errors.ts';
import type { NetworkLimits } from './limits.ts';
import { closeQuietly } from './links.ts';
import type { Links } from './links.ts';
import type { Node } from './node.ts';

export interface Destination {
  readonly address: Multiaddr;
  /** Whose key must answer; null where only the address is known. */
  readonly peer: PeerId | null;
}

/** Makes of an address a connection. */
export type Reach = (destination: Destination, signal: AbortSignal) => Promise<Connection>;

export function reachOf(node: Node, links: Links, limits: NetworkLimits): Reach {
  const { transportManager, ...parts } = node.services.internals;
  let loading: Promise<void> | null = null;

  const loadWebSockets = async (probe: Multiaddr): Promise<void> => {
    if (transportManager.dialTransportForMultiaddr(probe) !== undefined) return;
    const { limitedWebSockets } = await import('./websocket.ts');
    transportManager.add(limitedWebSockets(limits)(parts));
  };

  const overRelay: Reach = async ({ address, peer }, signal) => {
    const relay = relayOf(address);
    if (relay === null || relay.peer === null || peer === null)
      throw new DialError('bad-address', 'the address names no relay, or nobody to reach over it');
    if (relay.peer === node.peerId.toString())
      throw new DialError('unreachable', 'this peer is the relay, and is not connected to them');
    if (transportManager.dialTransportForMultiaddr(address) === undefined)
      throw new DialError('unreachable', 'the address is a relay’s, and relays are not used here');
    // The connection to the relay carries a link of its own: without one it would be closed as a stranger's.
    if (links.get(relay.peer as PeerId) === null) {
      const known = { address: relay.multiaddr, peer: relay.peer as PeerId };
      const connection = await reach(known, signal);
      await links.open(connection, signal).catch((error: unknown) => {
        throw signal.aborted ? error : openingError(error);
      });
    }
    return transportManager.dial(address.encapsulate(`/p2p/${peer}`), { signal });
  };

  const reach: Reach = async (destination, signal) => {
    signal.throwIfAborted();
    const { address, peer } = destination;
    const kind: AddressKind | undefined = peerAddress(address)?.kind;
    if (kind === 'circuit') return overRelay(destination, signal);
    if (kind === 'ws') await (loading ??= loadWebSockets(address));
    const connection = await node.dial(address, { signal });
    const found = connection.remotePeer.toString();
    if (peer === null || peer === found) return connection;
    if (!links.uses(connection)) closeQuietly(connection, limits.stopGraceMs);
    throw new DialError('wrong-peer', `${found} answers there`);
  };

  return reach;
}
