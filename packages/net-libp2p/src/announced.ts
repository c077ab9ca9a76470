// Which of our addresses others are told: as many as a record has room for, and of relays the ways that lead there.

import type { Multiaddr } from '@multiformats/multiaddr';
import { endpoint, isNear, peerAddress, relayOf } from './address.ts';
import { NETWORK_LIMITS } from './limits.ts';

/** Keeps those that can be dialled; of a relay with public addresses only those, and few of each. */
export function announced(addresses: readonly Multiaddr[]): Multiaddr[] {
  const { announcedMax, announcedPerRelayMax } = NETWORK_LIMITS;
  const direct: Multiaddr[] = [];
  const relays = new Map<string, Multiaddr[]>();
  for (const address of addresses) {
    const kind = peerAddress(address)?.kind;
    if (kind === 'tcp' || kind === 'ws') direct.push(address);
    const relay = kind === 'circuit' ? (relayOf(address)?.peer ?? null) : null;
    if (relay !== null) relays.set(relay, [...(relays.get(relay) ?? []), address]);
  }
  const relayed = [...relays.values()].flatMap((ways) => {
    const open = ways.filter((way) => !isNear(endpoint(way).host));
    return (open.length > 0 ? open : ways).slice(0, announcedPerRelayMax);
  });
  return [...direct.slice(0, announcedMax - relayed.length), ...relayed];
}
