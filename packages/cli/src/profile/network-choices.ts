// The settings of a peer as its network and core take them, in their units.

import type { PeerSettings } from '@parley/client';
import type { GuardLimits } from '@parley/core';
import type { NetworkSettings } from '../context.ts';

const mib = 1_048_576;
const minuteMs = 60_000;

/** Of the settings what core takes. */
export function guardChoices({ limits }: PeerSettings): Partial<GuardLimits> {
  return {
    roomBytesMax: limits.roomMiB * mib,
    heldBytesMax: limits.heldMiB * mib,
    heldBytesPerDepositorMax: limits.heldMiBPerPerson * mib,
  };
}

/** All but what the command line may say too. */
export function networkChoices(
  { network, limits }: PeerSettings,
  serves: boolean,
): Pick<NetworkSettings, 'relay' | 'dht' | 'autonat' | 'upnp' | 'webrtc' | 'limits'> {
  const { relay, dht, autonat, upnp, webrtc } = network;
  const usual = serves ? 'serve' : 'use';
  return {
    relay: relay === 'auto' ? usual : relay,
    dht,
    autonat,
    upnp,
    webrtc,
    limits: {
      connectionsMax: limits.connections,
      relayReservationsMax: limits.relayReservations,
      relayConnectionsMax: limits.relayConnections,
      relayConnectionMsMax: limits.relayMinutes * minuteMs,
      relayConnectionBytesMax: limits.relayMiB * mib,
    },
  };
}
