// The settings of a peer as its network takes them.

import type { PeerSettings } from '@parley/client';
import type { NetworkSettings } from '../context.ts';

const mib = 1_048_576;
const minuteMs = 60_000;

/** All but what the command line may say too. */
export function networkChoices(
  { network, limits }: PeerSettings,
  serves: boolean,
): Pick<NetworkSettings, 'relay' | 'limits'> {
  const { relay } = network;
  const usual = serves ? 'serve' : 'use';
  return {
    relay: relay === 'auto' ? usual : relay,
    limits: {
      connectionsMax: limits.connections,
      relayReservationsMax: limits.relayReservations,
      relayConnectionsMax: limits.relayConnections,
      relayConnectionMsMax: limits.relayMinutes * minuteMs,
      relayConnectionBytesMax: limits.relayMiB * mib,
    },
  };
}
