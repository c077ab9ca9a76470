// The ways between peers that cannot just dial each other: relays for us and by us, and from there to direct connections.

import type { IdentifyResult } from '@libp2p/interface';
import type { PeerId, RelayReport } from '@parley/core';
import { endpoint, peerAddress } from './address.ts';
import type { NetworkLimits } from './limits.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';
import type { Log } from './log.ts';
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
}

export class Ways {
  readonly #reservations: Reservations;
  readonly #node: Node;
  readonly #links: Links;
  readonly #relays = new Relays();
  readonly #paths: Paths;
  readonly #punch: Punch | null;
  readonly #stun: StunServer | null;

  constructor(node: Node, links: Links, reach: Reach, options: WayOptions) {
    const { relay, webrtc, limits, log } = options;
    this.#node = node;
    this.#links = links;
    const stunServers = (): readonly string[] => this.#stunServers();
    const attempt = { stunServers, links, limits, log };
    const punch = webrtc && relay !== 'off' ? new Punch(node, attempt) : null;
    this.#punch = punch;
    this.#stun = relay === 'serve' ? new StunServer(limits, log) : null;
    const changed = (): void => {
      // Whoever comes over the relay will want to do without it.
      void punch?.prepare();
      // By itself it would tell others only a second later.
      void node.services.identifyPush.push();
      options.addressesChanged();
    };
    const relays = this.#relays;
    this.#reservations = new Reservations({ node, links, relays, limits, log, changed });
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
    if (this.#relays.note(result.peerId.toString() as PeerId, result)) this.#reservations.look();
  }

  /** A link is there, or goes another way. */
  taken(link: Link): void {
    this.#paths.taken(link);
    if (link.connection.limits !== undefined) void this.#punch?.prepare();
    this.#reservations.look();
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

  /** One is enough, and WebRTC asks only one of several. */
  #stunServers(): readonly string[] {
    const places = this.#links.all().flatMap((link) => this.#relays.stunOf(link) ?? []);
    return places.slice(0, 1);
  }
}
