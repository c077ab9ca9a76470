// Relaying for others: libp2p's circuit relay, and who gets how much of it.

import {
  RELAY_V2_HOP_CODEC,
  RELAY_V2_STOP_CODEC,
  circuitRelayServer,
} from '@libp2p/circuit-relay-v2';
import type { ConnectionGater, Connection, PeerId } from '@libp2p/interface';
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2';
import { hostBlockOf } from '@parley/core';
import type { Multiaddr } from '@multiformats/multiaddr';
import { formatAddress } from './address.ts';
import type { NetworkLimits } from './limits.ts';

/** What one has who relays: registered with libp2p, it makes us known as a relay to everyone we are connected to. */
export const RELAY_PROTOCOL: string = RELAY_V2_HOP_CODEC;

export function relayServer(limits: NetworkLimits): ReturnType<typeof circuitRelayServer> {
  return circuitRelayServer({
    hopTimeout: limits.dialTimeoutMs,
    maxInboundHopStreams: limits.relayConnectionsPerPeerMax,
    maxOutboundStopStreams: limits.relayConnectionsPerPeerMax,
    reservations: {
      maxReservations: limits.relayReservationsMax,
      reservationTtl: limits.relayReservationMs,
      defaultDurationLimit: limits.relayConnectionMsMax,
      defaultDataLimit: BigInt(limits.relayConnectionBytesMax),
    },
  });
}

/** What the gate must know of the node, which is made after it. */
export interface Relaying {
  readonly relay: CircuitRelayService;
  connections(peer?: PeerId): readonly Connection[];
}

type RelayGate = Pick<
  ConnectionGater,
  'denyInboundRelayReservation' | 'denyOutboundRelayedConnection'
>;

/** Keeps one person, or one address with many keys, from taking all that a relay has. */
export function relayGate(limits: NetworkLimits, relaying: () => Relaying | null): RelayGate {
  return {
    denyInboundRelayReservation: (source) => {
      const now = relaying();
      if (now === null) return true;
      releaseDeparted(now);
      if (now.relay.reservations.has(source)) return false;
      const host = now.connections(source).map(({ remoteAddr }) => blockOf(remoteAddr))[0];
      let fromThere = 0;
      for (const { addr } of now.relay.reservations.values()) {
        if (blockOf(addr) === host) fromThere += 1;
      }
      return fromThere >= limits.relayReservationsPerAddressMax;
    },
    denyOutboundRelayedConnection: (source, destination) => {
      const now = relaying();
      if (now === null) return true;
      const all = relayedStreams(now.connections(), 'from');
      const most = Math.max(
        // The stream that asks is one of them already.
        relayedStreams(now.connections(source), 'ends') - 1,
        relayedStreams(now.connections(destination), 'ends'),
      );
      return all > limits.relayConnectionsMax || most >= limits.relayConnectionsPerPeerMax;
    },
  };
}

/** libp2p keeps them for an hour after their owners went: a few hosts with ever new keys would take all that there are. */
function releaseDeparted(now: Relaying): void {
  const { reservations } = now.relay;
  for (const [peer, { signal }] of reservations.entries()) {
    if (now.connections(peer).length > 0) continue;
    // Or it would end the next one of this peer as well.
    signal.clear();
    reservations.delete(peer);
  }
}

function blockOf(address: Multiaddr): string {
  return hostBlockOf(formatAddress(address));
}

/** What we relay, counted where it comes from, or at both ends. */
export function relayedStreams(connections: readonly Connection[], which: 'from' | 'ends'): number {
  let count = 0;
  for (const { streams } of connections) {
    for (const { protocol, direction } of streams) {
      const comes = protocol === RELAY_V2_HOP_CODEC && direction === 'inbound';
      const goes = protocol === RELAY_V2_STOP_CODEC && direction === 'outbound';
      if (comes || (goes && which === 'ends')) count += 1;
    }
  }
  return count;
}
