// The ways between peers that cannot just dial each other: relays for us and by us, and from there to direct connections.

import type { IdentifyResult } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId, RelayReport } from '@parley/core';
import { endpoint, peerAddress } from './address.ts';
import type { NetworkLimits } from './limits.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';
import type { Log } from './log.ts';
import { NatProbe } from './nat-probe.ts';
import type { Sighting } from './nat.ts';
import type { Node } from './node.ts';
import { Paths } from './paths.ts';
import { Punch } from './punch.ts';
import type { Reach } from './reach.ts';
import { openRecord } from './records.ts';
import { relayedStreams } from './relay-server.ts';
import { Relays } from './relays.ts';
import { Reservations } from './reservations.ts';
import { StunServer } from './stun-server.ts';

export interface WayOptions {
  readonly relay: 'serve' | 'use' | 'off';
  readonly webrtc: boolean;
  readonly limits: NetworkLimits;
  readonly log: Log | undefined;
  readonly addressesChanged: () => void;
  /** Others tried this address of ours, and could not dial it. */
  readonly isUndiallable: (address: Multiaddr) => boolean;
  /** Somebody told how our router shows us. */
  readonly sighted: (sighting: Sighting) => void;
}

export class Ways {
  readonly #reservations: Reservations;
  readonly #node: Node;
  readonly #links: Links;
  readonly #relays = new Relays();
  readonly #paths: Paths;
  readonly #punch: Punch | null;
  readonly #stun: StunServer | null;
  readonly #probe: NatProbe;

  constructor(node: Node, links: Links, reach: Reach, options: WayOptions) {
    const { relay, webrtc, limits, log, isUndiallable } = options;
    this.#node = node;
    this.#links = links;
    // One is enough, and WebRTC asks only one of several.
    const stunServers = (): readonly string[] => this.#stunPlaces().slice(0, 1);
    const attempt = { stunServers, links, limits, log };
    const punch = webrtc && relay !== 'off' ? new Punch(node, attempt) : null;
    this.#punch = punch;
    this.#stun = relay === 'serve' ? new StunServer(limits, log) : null;
    this.#probe = new NatProbe(limits, { saw: options.sighted, log });
    const changed = (): void => {
      // Whoever comes over the relay will want to do without it.
      void punch?.prepare();
      // By itself it would tell others only a second later.
      void node.services.identifyPush.push();
      options.addressesChanged();
    };
    const relays = this.#relays;
    const tools = { node, links, relays, limits, log };
    this.#reservations = new Reservations({ ...tools, isUndiallable, changed });
    this.#paths = new Paths({
      links,
      reach,
      limits,
      log,
      addressesOf: async (peer) => {
        const link = links.get(peer);
        if (link === null) return [];
        const { peerRecordEnvelope } = await node.peerStore.get(link.connection.remotePeer);
        return peerRecordEnvelope === undefined ? [] : openRecord(peerRecordEnvelope, peer);
      },
      punch: punch === null ? null : (link, signal) => punch.connect(link, signal),
    });
  }

  start(): void {
    this.#reservations.start();
    this.#answer();
  }

  identified(result: IdentifyResult): void {
    if (!this.#relays.note(result.peerId.toString() as PeerId, result)) return;
    this.#reservations.look();
    this.#askAround();
  }

  /** A link is there, or goes another way. */
  taken(link: Link): void {
    this.#paths.taken(link);
    if (link.connection.limits !== undefined) void this.#punch?.prepare();
    this.#reservations.look();
    this.#askAround();
  }

  ended(peer: PeerId): void {
    this.#paths.left(peer);
  }

  /** The peer says that it is elsewhere now. */
  recordChanged(peer: PeerId): void {
    this.#paths.again(peer);
  }

  disconnected(peer: PeerId): void {
    this.#relays.forget(peer);
  }

  networkChanged(): void {
    this.#answer();
    this.#probe.forget();
    this.#paths.again(null);
  }

  /** To be called now and then. */
  look(): void {
    this.#reservations.look();
    this.#paths.look();
  }

  report(): RelayReport {
    const relay = this.#node.services.relay;
    const links = relayedStreams(this.#node.getConnections(), 'from');
    return {
      ...this.#reservations.report(),
      relayedLinks: this.#paths.relayed,
      serves: relay === undefined ? null : { reservations: relay.reservations.size, links },
    };
  }

  async stop(): Promise<void> {
    this.#paths.stop();
    this.#probe.stop();
    this.#stun?.stop();
    await this.#punch?.stop();
  }

  #answer(): void {
    const { transportManager } = this.#node.services.internals;
    const places = transportManager.getAddrs().filter((address) => {
      const kind = peerAddress(address)?.kind;
      return kind === 'tcp' || kind === 'ws';
    });
    this.#stun?.answerAt(places.map(endpoint));
  }

  /** Where IPv4 is used: IPv6 is not translated. */
  #askAround(): void {
    this.#probe.ask(this.#stunPlaces().filter((place) => !place.startsWith('[')));
  }

  #stunPlaces(): readonly string[] {
    return this.#links.all().flatMap((link) => this.#relays.stunOf(link) ?? []);
  }
}
