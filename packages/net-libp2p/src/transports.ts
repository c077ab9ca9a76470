// How bytes get from peer to peer: TCP always; what costs time to load only once an address asks for it.

import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import type { CircuitRelayTransportComponents } from '@libp2p/circuit-relay-v2';
import { tcp } from '@libp2p/tcp';
import type { TCPComponents } from '@libp2p/tcp';
import type { Transport } from '@libp2p/interface';
import { peerAddress } from './address.ts';
import { observed } from './listener.ts';
import type { ListenerEvents } from './listener.ts';
import type { NodeOptions } from './node-options.ts';

type Components = TCPComponents & CircuitRelayTransportComponents;
type TransportFactory = (components: Components) => Transport;

export async function transports(
  options: NodeOptions,
  events: ListenerEvents,
): Promise<TransportFactory[]> {
  const made: TransportFactory[] = [observed(tcp(), events)];
  if (options.listen.some((address) => peerAddress(address)?.kind === 'ws')) {
    const { limitedWebSockets } = await import('./websocket.ts');
    made.push(observed(limitedWebSockets(options.limits), events));
  }
  if (options.relay !== 'off') made.push(circuit(options));
  return made;
}

/** Reservations are ours to make (reservations.ts): libp2p would look for relays all over the network. */
function circuit({ limits }: NodeOptions): TransportFactory {
  return circuitRelayTransport({
    discoveryFilter: { has: () => true, add: () => undefined, remove: () => undefined },
    reservationCompletionTimeout: limits.dialTimeoutMs,
    maxInboundStopStreams: limits.relayConnectionsPerPeerMax,
    maxOutboundStopStreams: limits.relayConnectionsPerPeerMax,
  });
}
