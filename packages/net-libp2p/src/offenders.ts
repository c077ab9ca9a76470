// Addresses from which several peers came that broke the rules: a new key there is no clean slate.

import { LIMITS } from '@parley/core';
import type { Multiaddr } from '@multiformats/multiaddr';
import { endpoint, isLoopback } from './address.ts';
import type { NetworkLimits } from './limits.ts';

interface Offence {
  /** Bans, of which the older count half as much every bansHalfLifeMs. */
  bans: number;
  atMs: number;
  refusedUntilMs: number;
}

type Limits = Pick<
  NetworkLimits,
  'bansPerHostMax' | 'bansPerLoopbackMax' | 'bansHalfLifeMs' | 'knownPeersMax'
>;

export class Offenders {
  readonly #limits: Limits;
  readonly #nowMs: () => number;
  /** Who offended longest ago comes first. */
  readonly #hosts: Map<string, Offence> = new Map();

  /** `nowMs`: a monotonic clock. */
  constructor(limits: Limits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** A peer at this address was hung up on for so long; only what lasts as long as a ban is for misbehaviour. */
  note(address: Multiaddr, refuseMs: number): void {
    const host = hostOf(address);
    if (host === null || refuseMs < LIMITS.banMs) return;
    const nowMs = this.#nowMs();
    const known = this.#hosts.get(host);
    const bans = 1 + (known === undefined ? 0 : this.#decayed(known, nowMs));
    const isBad = Math.round(bans) >= this.#bansMax(host);
    this.#hosts.delete(host);
    this.#hosts.set(host, { bans, atMs: nowMs, refusedUntilMs: isBad ? nowMs + refuseMs : 0 });
    const [oldest] = this.#hosts.keys();
    if (oldest !== undefined && this.#hosts.size > this.#limits.knownPeersMax)
      this.#hosts.delete(oldest);
  }

  /** True while newcomers from there are refused. Those who are here stay: friends may share an address. */
  refuses(address: Multiaddr): boolean {
    const host = hostOf(address);
    const offence = host === null ? undefined : this.#hosts.get(host);
    return offence !== undefined && this.#nowMs() < offence.refusedUntilMs;
  }

  #decayed({ bans, atMs }: Offence, nowMs: number): number {
    return bans * 0.5 ** ((nowMs - atMs) / this.#limits.bansHalfLifeMs);
  }

  #bansMax(host: string): number {
    const { bansPerHostMax, bansPerLoopbackMax } = this.#limits;
    return isLoopback(host) ? bansPerLoopbackMax : bansPerHostMax;
  }
}

/** The IPv4 address, or the network of an IPv6 one, of which a host has as many as it likes; null for who comes over a relay. */
function hostOf(address: Multiaddr): string | null {
  if (address.getComponents().some(({ name }) => name === 'p2p-circuit')) return null;
  const { host, v6 } = endpoint(address);
  return v6 && !isLoopback(host) ? networkOf(host) : host;
}

const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

/** The first 64 bits. */
function networkOf(ip: string): string {
  const [head = [], tail = []] = ip.split('::').map((part) => part.split(':').filter(Boolean));
  while (head.length + tail.length < GROUPS) head.push('0');
  return [...head, ...tail].slice(0, GROUPS_OF_NETWORK).join(':');
}
