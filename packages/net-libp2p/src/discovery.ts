// Finding people on the LAN by multicast DNS; a machine without multicast just finds nobody.

import { mdns } from '@libp2p/mdns';
import type { PeerDiscovery, PeerInfo } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { formatAddress } from './address.ts';
import type { NetworkLimits } from './limits.ts';

const SERVICE_TAG = '_parley._udp.local';
const MINUTE_MS = 60_000;

type Components = Parameters<ReturnType<typeof mdns>>[0];

export function discovery(
  limits: NetworkLimits,
  found: (peer: PeerId, addresses: readonly string[]) => void,
): (components: Components) => PeerDiscovery {
  return (components) => {
    const service = mdns({ serviceTag: SERVICE_TAG })(components);
    let count = 0;
    let sinceMs = performance.now();
    service.addEventListener('peer', (event: CustomEvent<PeerInfo>) => {
      // Anyone on the LAN can claim any number of names.
      if (performance.now() - sinceMs > MINUTE_MS) {
        sinceMs = performance.now();
        count = 0;
      }
      count += 1;
      if (count > limits.discoveredPerMinuteMax) return;
      const addresses = event.detail.multiaddrs.map(formatAddress);
      found(event.detail.id.toString() as PeerId, addresses.slice(0, limits.dialAddressesMax));
    });
    return service;
  };
}
