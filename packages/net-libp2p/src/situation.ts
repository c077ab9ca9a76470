// Our situation in the network: who can find and reach us, who takes part in the directory, and what there is to tell of it.

import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { IdentifyResult } from '@libp2p/interface';
import type { AutoNATv2Components } from '@libp2p/autonat-v2';
import type { KadDHTComponents } from '@libp2p/kad-dht';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { DialTarget, ListenReport, NetworkPath, NetworkReport, PeerId } from '@parley/core';
import { emptyNetworkReport } from '@parley/core';
import {
  endpoint,
  formatAddress,
  isLoopback,
  isNear,
  isPublicIp4,
  peerAddress,
} from './address.ts';
import { Kademlia } from './kademlia.ts';
import type { NetworkLimits } from './limits.ts';
import { Meeting } from './meeting.ts';
import type { Found } from './meeting.ts';
import { NatWatch } from './nat.ts';
import type { Sighting } from './nat.ts';
import { PortMapping } from './port-mapping.ts';
import type { AddressBook, Place } from './port-mapping.ts';
import { Reachability } from './reachability.ts';

export interface SituationOptions {
  readonly limits: NetworkLimits;
  /** Finds people by keys. */
  readonly dht: boolean;
  /** Asks others which of our addresses they can dial, and tries theirs. */
  readonly autonat: boolean;
  /** Asks the router to lead a port to us. */
  readonly upnp: boolean;
  readonly discovery: boolean;
}

export interface SituationEvents {
  readonly discovered: (target: DialTarget, key: Uint8Array) => void;
  readonly isLinked: (peer: PeerId) => boolean;
  /** Addresses of a peer that need not be linked were written down. */
  readonly heardOf: (peer: PeerId) => void;
  /** What others are told of us has changed. */
  readonly changed: () => void;
  readonly log: (text: string) => void;
}

/** What is used of libp2p's inside. */
export type SituationComponents = AutoNATv2Components &
  KadDHTComponents & {
    readonly addressManager: AddressBook;
    readonly transportManager: { getAddrs(): Multiaddr[] };
  };

export class Situation {
  readonly #components: SituationComponents;
  readonly #options: SituationOptions;
  readonly #events: SituationEvents;
  readonly #kademlia: Kademlia;
  readonly #meeting: Meeting;
  readonly #reachability: Reachability;
  readonly #mapping: PortMapping;
  readonly #nat = new NatWatch();
  readonly #counters = { dials: 0, dialsFailed: 0, inbound: 0, refused: 0 };
  /** How the links we had came about. */
  readonly #seen = { inboundNear: false, inboundFar: false, outboundFar: false };
  #heard = 0;
  #found = 0;

  constructor(components: SituationComponents, options: SituationOptions, events: SituationEvents) {
    this.#components = components;
    this.#options = options;
    this.#events = events;
    const { limits } = options;
    this.#kademlia = new Kademlia(components, limits, {
      peerAdded: () => this.#meeting.look(),
      heardOf: (peer) => events.heardOf(peer.toString() as PeerId),
      log: events.log,
    });
    this.#meeting = new Meeting(this.#kademlia, limits, {
      found: (found, key) => this.#tellFound(found, key),
      log: events.log,
      chance: Math.random,
      canBeFound: () => components.addressManager.getAddresses().length > 0,
    });
    this.#reachability = new Reachability(components, limits, {
      candidates: () => this.#candidates(),
      confirmed: (address) => this.#confirmed(address),
      changed: events.changed,
      log: events.log,
    });
    this.#mapping = new PortMapping(components.addressManager, limits, {
      places: () => placesToLeadTo(components.transportManager.getAddrs()),
      mapped: () => {
        events.changed();
        this.#reachability.ask();
        this.#meeting.look();
      },
      log: events.log,
    });
  }

  async start(): Promise<void> {
    if (this.#options.upnp) this.#mapping.begin();
    if (!this.#options.dht) return;
    await this.#kademlia.watch();
    await this.#chooseRole();
  }

  async stop(): Promise<void> {
    this.#meeting.stop();
    await Promise.all([this.#kademlia.stop(), this.#reachability.stop(), this.#mapping.stop()]);
  }

  meet(keys: readonly Uint8Array[], sought: readonly Uint8Array[]): void {
    if (this.#options.dht) this.#meeting.meet(keys, sought);
  }

  dialled(): void {
    this.#counters.dials += 1;
  }

  dialFailed(): void {
    this.#counters.dialsFailed += 1;
  }

  refused(): void {
    this.#counters.refused += 1;
  }

  heardOnLan(): void {
    this.#heard += 1;
  }

  linked(direction: 'inbound' | 'outbound', path: NetworkPath): void {
    if (direction === 'inbound') this.#counters.inbound += 1;
    if (path === 'lan' && direction === 'inbound') this.#seen.inboundNear = true;
    if (path === 'direct' && direction === 'inbound') this.#seen.inboundFar = true;
    if (path === 'direct' && direction === 'outbound') this.#seen.outboundFar = true;
    if (path === 'direct' && this.#options.autonat) this.#reachability.begin();
    void this.#chooseRole();
  }

  identified({ connection, observedAddr }: IdentifyResult): void {
    if (observedAddr === undefined || connection.direction !== 'outbound') return;
    const { host, port } = endpoint(observedAddr);
    const observer = connection.remotePeer.toString();
    // Each connection is a socket of its own: the port says nothing of other ones.
    if (host !== '') this.#nat.saw({ observer, socket: null, host, port });
  }

  /** Somebody told how our router shows us. */
  sighted(sighting: Sighting): void {
    this.#nat.saw(sighting);
  }

  /** Others tried this address of ours, and could not dial it. */
  isUndiallable(address: Multiaddr): boolean {
    return this.#reachability.verdictOf(address)?.dialled === 'no';
  }

  /** The machine's network changed. */
  moved(): void {
    this.#nat.forget();
    this.#reachability.forget();
    this.#mapping.moved();
    this.#seen.inboundFar = false;
    this.#meeting.look();
  }

  report(): NetworkReport {
    const { dht, discovery } = this.#options;
    const { state, reason } = this.#role();
    return {
      ...emptyNetworkReport(),
      listen: this.#listening(),
      nat: this.#nat.report(ownHosts()),
      mdns: {
        state: discovery ? 'on' : 'off',
        heard: this.#heard,
        reason: discovery ? 'asked-for' : 'switched-off',
      },
      upnp: this.#options.upnp ? this.#mapping.report() : emptyNetworkReport().upnp,
      dht: {
        state: dht ? state : 'off',
        reason: dht ? reason : 'switched-off',
        peers: this.#kademlia.peers,
        keys: this.#meeting.keys,
        found: this.#found,
        records: this.#kademlia.records,
      },
      counters: { ...this.#counters },
    };
  }

  #listening(): ListenReport[] {
    // A relay's place is not where we listen; what is said of relays tells of it.
    const own = this.#components.addressManager
      .getAddresses()
      .filter((address) => peerAddress(address)?.kind !== 'circuit');
    return [...new Set(own.map(formatAddress))].map((address) => this.#listenReport(address, own));
  }

  #listenReport(address: string, own: readonly Multiaddr[]): ListenReport {
    const found = own.find((one) => formatAddress(one) === address) ?? multiaddr();
    const { host } = endpoint(found);
    const saidBy = null;
    if (isLoopback(host))
      return { address, reach: 'loopback', dialled: 'unknown', saidBy, reason: 'not-public' };
    if (isNear(host)) {
      const seen = this.#seen.inboundNear;
      const reason = seen ? 'inbound-seen' : 'not-public';
      return { address, reach: 'lan', dialled: seen ? 'yes' : 'unknown', saidBy, reason };
    }
    const verdict = this.#reachability.verdictOf(found);
    if (verdict !== null) {
      const asked = verdict.dialled === 'yes' ? 'dialled-back' : 'dial-back-failed';
      return { address, reach: 'public', ...verdict, reason: asked };
    }
    const seen = this.#seen.inboundFar;
    const unseen = this.#options.autonat ? 'nobody-to-ask' : 'asking-off';
    const reason = seen ? 'inbound-seen' : unseen;
    return { address, reach: 'public', dialled: seen ? 'yes' : 'unknown', saidBy, reason };
  }

  /** Our public addresses, and the port we listen on at each address that others see us at: it may be forwarded. */
  #candidates(): readonly Multiaddr[] {
    const own = this.#components.addressManager.getAddresses().filter((each) => {
      return peerAddress(each)?.kind === 'tcp' && !isNear(endpoint(each).host);
    });
    const ports = new Set(
      this.#components.transportManager.getAddrs().map((each) => endpoint(each).port),
    );
    const guessed = [...this.#nat.hosts()]
      .filter((host) => !isNear(host) && !own.some((each) => endpoint(each).host === host))
      .flatMap((host) => {
        const family = host.includes(':') ? 'ip6' : 'ip4';
        return [...ports].map((port) => multiaddr(`/${family}/${host}/tcp/${port}`));
      });
    return [...own, ...guessed].slice(0, this.#options.limits.dialAddressesMax);
  }

  #confirmed(address: Multiaddr): void {
    const options = { type: 'observed', ttl: this.#options.limits.kadRecordMs } as const;
    const { addressManager } = this.#components;
    addressManager.addObservedAddr(address);
    addressManager.confirmObservedAddr(address, options);
    this.#seen.inboundFar = true;
    void this.#chooseRole();
    this.#events.changed();
    this.#meeting.look();
  }

  #role(): Pick<NetworkReport['dht'], 'state' | 'reason'> {
    if (this.#kademlia.peers === 0) return { state: 'idle', reason: 'no-peers' };
    return this.#kademlia.serves
      ? { state: 'server', reason: 'reachable' }
      : { state: 'client', reason: 'not-reachable' };
  }

  /**
   * Whoever can be dialled answers others: that is, unless all we know is that we reached someone far away by ourselves.
   * On a LAN everyone can.
   */
  async #chooseRole(): Promise<void> {
    const { inboundFar, outboundFar } = this.#seen;
    const listens = this.#components.transportManager.getAddrs().length > 0;
    const serves = listens && (inboundFar || !outboundFar);
    if (serves === this.#kademlia.serves || !this.#options.dht) return;
    try {
      await this.#kademlia.serve(serves);
      this.#events.changed();
    } catch (cause) {
      this.#events.log(`our role in the directory was not changed: ${String(cause)}`);
    }
  }

  #tellFound({ id, multiaddrs }: Found, key: Uint8Array): void {
    const peer = id.toString() as PeerId;
    if (id.equals(this.#components.peerId)) return;
    this.#found += 1;
    if (this.#events.isLinked(peer)) return;
    const { dialAddressesMax } = this.#options.limits;
    const addresses = multiaddrs.map(formatAddress).slice(0, dialAddressesMax);
    this.#events.discovered({ addresses, peer, record: null }, key);
  }
}

/**
 * Where a router could lead to: none where we have a public IPv4 address. A public IPv6 address says little, as most
 * routers let nobody in there.
 */
function placesToLeadTo(listening: readonly Multiaddr[]): readonly Place[] {
  const own = listening.filter((each) => {
    const kind = peerAddress(each)?.kind;
    return kind === 'tcp' || kind === 'ws';
  });
  const places = own.map(endpoint);
  if (places.some(({ host }) => isPublicIp4(host))) return [];
  return places.filter(({ host }) => isIPv4(host) && isNear(host) && !isLoopback(host));
}

function ownHosts(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.map(({ address }) => address));
}
