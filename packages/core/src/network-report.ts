// What a network knows of its own situation: plain data, with a key for each reason; faces have the words.

import type { PeerId } from './brand.ts';

/** What `parley doctor` tells of the network, at one moment. */
export interface NetworkReport {
  readonly listen: readonly ListenReport[];
  readonly nat: NatReport;
  readonly mdns: MdnsReport;
  readonly relay: RelayReport;
  readonly upnp: UpnpReport;
  readonly dht: DhtReport;
  /** Since the start. */
  readonly counters: NetworkCounters;
}

/** One address that others are told of, or would be if they could use it. */
export interface ListenReport {
  /** host:port, or a multiaddr. */
  readonly address: string;
  /** 'lan': meant for those on the same network only, so nobody elsewhere is asked. */
  readonly reach: 'public' | 'lan' | 'loopback';
  /** Whether others could dial it. */
  readonly dialled: 'yes' | 'no' | 'unknown';
  /** Whoever said so last; null where nobody did. */
  readonly saidBy: PeerId | null;
  readonly reason: /** Another peer dialled it when it was asked to. */
    | 'dialled-back'
    /** Other peers were asked to dial it, and could not. */
    | 'dial-back-failed'
    /** Someone came in over it by himself. */
    | 'inbound-seen'
    /** Peers that could dial it have not answered yet, or there are none. */
    | 'nobody-to-ask'
    /** Asking others is switched off. */
    | 'asking-off'
    /** Only from this network, or this machine. */
    | 'not-public';
}

export interface NatReport {
  /**
   * 'none': our own address is what others see. 'cone': one address and port outside, whoever looks.
   * 'symmetric': another for each who looks.
   */
  readonly kind: 'none' | 'cone' | 'symmetric' | 'unknown';
  readonly reason: 'own-address-seen' | 'same-seen' | 'different-seen' | 'too-few-observers';
  /** What others see us as, host:port, as far as they said; each once. */
  readonly seenAs: readonly string[];
}

export interface MdnsReport {
  readonly state: 'on' | 'off' | 'failed';
  /** Peers heard of on the LAN. */
  readonly heard: number;
  readonly reason: 'asked-for' | 'switched-off' | 'no-multicast';
}

export interface RelayReport {
  readonly state: 'off' | 'looking' | 'reserved';
  readonly reason: 'switched-off' | 'not-needed' | 'none-known' | 'refused' | 'reserved';
  /** The relays through which others reach us. */
  readonly reservations: readonly RelayReservation[];
  /** Links of ours that run through a relay. */
  readonly relayedLinks: number;
  /** Peers that keep a reservation with us, and links that we relay for others; null where we do not relay. */
  readonly serves: { readonly reservations: number; readonly links: number } | null;
}

export interface RelayReservation {
  readonly relay: PeerId;
  /** Wall clock, in milliseconds since 1970; null where it is not known. */
  readonly untilMs: number | null;
}

export interface UpnpReport {
  readonly state: 'off' | 'looking' | 'mapped' | 'refused' | 'no-gateway';
  readonly reason:
    | 'switched-off'
    | 'not-needed'
    | 'looking'
    | 'mapped'
    | 'refused'
    | 'no-gateway'
    /** The router's own outside address is private: there is another router behind it. */
    | 'double-nat';
  /** Outside addresses, host:port. */
  readonly mapped: readonly string[];
}

export interface DhtReport {
  /** 'client': asks others, and is not asked. 'idle': nobody we know takes part yet. */
  readonly state: 'off' | 'idle' | 'client' | 'server';
  readonly reason: 'switched-off' | 'no-peers' | 'nothing-to-find' | 'not-reachable' | 'reachable';
  /** Peers in the routing table. */
  readonly peers: number;
  /** Keys we are found under. */
  readonly keys: number;
  /** Peers found by keys since the start. */
  readonly found: number;
  /** Records of other peers that we keep. */
  readonly records: number;
}

export interface NetworkCounters {
  readonly dials: number;
  readonly dialsFailed: number;
  readonly inbound: number;
  /** Connections of strangers that came to nothing, or that there was no room for. */
  readonly refused: number;
}

/** What there is to say before a network has started, or of one that has none of this. */
export function emptyNetworkReport(): NetworkReport {
  return {
    listen: [],
    nat: { kind: 'unknown', reason: 'too-few-observers', seenAs: [] },
    mdns: { state: 'off', heard: 0, reason: 'switched-off' },
    relay: {
      state: 'off',
      reason: 'switched-off',
      reservations: [],
      relayedLinks: 0,
      serves: null,
    },
    upnp: { state: 'off', reason: 'switched-off', mapped: [] },
    dht: { state: 'off', reason: 'switched-off', peers: 0, keys: 0, found: 0, records: 0 },
    counters: { dials: 0, dialsFailed: 0, inbound: 0, refused: 0 },
  };
}
