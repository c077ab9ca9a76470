// One run of the network, from listening to its end: turns libp2p's happenings into links, dials and events.

import { networkInterfaces } from 'node:os';
import type { Connection, IdentifyResult, MultiaddrConnection } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { Multiaddr } from '@multiformats/multiaddr';
import { NetworkError, emptyNetworkReport } from '@parley/core';
import type { DialTarget, NetworkEvent, NetworkReport, PeerId } from '@parley/core';
import { formatAddress, peerAddress } from './address.ts';
import { Dialer } from './dialer.ts';
import { listenError } from './errors.ts';
import { FarEnds, farEndOf } from './far-end.ts';
import type { Link } from './link.ts';
import { Links, MOVE_PROTOCOL, PROTOCOL, closeQuietly } from './links.ts';
import { listenAddresses } from './listen-addresses.ts';
import { announceOwnAddresses, createNode } from './node.ts';
import type { Node, NodeEvents } from './node.ts';
import type { NodeOptions } from './node-options.ts';
import { reachOf } from './reach.ts';
import { Offenders } from './offenders.ts';
import { KnownRecords, openRecord } from './records.ts';
import { Situation } from './situation.ts';
import { Strangers } from './strangers.ts';
import { NetworkWatch } from './watch.ts';
import { Ways } from './ways.ts';

export interface SessionOptions extends Omit<NodeOptions, 'listen'> {
  readonly peer: PeerId;
  readonly listen: readonly string[];
  readonly dht: boolean;
  readonly autonat: boolean;
  readonly upnp: boolean;
}

interface Parts {
  readonly node: Node;
  readonly dialer: Dialer;
  readonly situation: Situation;
  readonly ways: Ways;
  readonly timer: NodeJS.Timeout;
}

export class Session {
  readonly #options: SessionOptions;
  readonly #handler: (event: NetworkEvent) => void;
  readonly #links: Links;
  readonly #offenders: Offenders;
  readonly #strangers: Strangers;
  readonly #records = new KnownRecords();
  readonly #farEnds = new FarEnds();
  /** Connections whose other end has proven its key. */
  readonly #proven = new WeakSet<MultiaddrConnection>();
  /** Peers that left, oldest first: libp2p remembers them until it is told not to. */
  readonly #departed = new Set<PeerId>();
  readonly #listenErrors: NetworkError[] = [];
  #parts: Parts | null = null;
  #early: NetworkEvent[] | null = [];
  #listening = '';
  #stopping = false;
  #silent = false;

  constructor(options: SessionOptions, handler: (event: NetworkEvent) => void) {
    this.#options = options;
    this.#handler = handler;
    this.#offenders = new Offenders(options.limits);
    this.#strangers = new Strangers(options.limits.strangersIntervalMs, (count) => {
      this.#emit({ kind: 'strangers', count });
    });
    this.#links = new Links(options.peer, options.limits, {
      linked: (link) => this.#linked(link),
      frame: ({ peer }, bytes) => this.#emit({ kind: 'frame', peer, bytes }),
      drained: ({ peer }) => this.#emit({ kind: 'drained', peer }),
      moved: (link) => {
        this.#tellPath(link);
        this.#parts?.ways.taken(link);
      },
      ended: ({ peer }, reason) => {
        this.#farEnds.forget(peer);
        this.#records.forget(peer);
        this.#parts?.ways.ended(peer);
        this.#emit({ kind: 'disconnected', peer, reason });
      },
    });
  }

  /** Listens. Throws NetworkError if an address cannot be bound. */
  async open(): Promise<void> {
    const { limits, log } = this.#options;
    const listen = await listenAddresses(this.#options.listen);
    const node = await createNode({ ...this.#options, listen }, this.#nodeEvents());
    await this.#attach(node);
    try {
      await node.start();
      // libp2p lets addresses fail as long as others of another family do not.
      if (this.#listenErrors.length > 0) await node.stop();
    } catch (cause) {
      throw (
        this.#listenErrors[0] ?? new NetworkError('io', `cannot start: ${String(cause)}`, { cause })
      );
    }
    if (this.#listenErrors[0] !== undefined) throw this.#listenErrors[0];
    announceOwnAddresses(node);
    const situation = this.#situate(node);
    await situation.start();
    const reach = reachOf(node, this.#links, limits);
    const dialer = new Dialer(reach, this.#links, limits, {
      self: this.#options.peer,
      dialled: (target, peer) => this.#emit({ kind: 'dialled', target, peer }),
      failed: (target, { failure, message: text }) => {
        situation.dialFailed();
        this.#emit({ kind: 'dialFailed', target, failure, text });
      },
    });
    const addressesChanged = (): void => this.#tellListening(node);
    const ways = new Ways(node, this.#links, reach, {
      ...this.#options,
      addressesChanged,
      isUndiallable: (address) => situation.isUndiallable(address),
      sighted: (sighting) => situation.sighted(sighting),
    });
    ways.start();
    this.#parts = { node, dialer, situation, ways, timer: this.#watch(node) };
    this.#tellListening(node);
    const early = this.#early ?? [];
    this.#early = null;
    for (const event of early) this.#emit(event);
    log?.('debug', `listening on ${this.#listening}`);
  }

  dial(target: DialTarget): void {
    this.#parts?.situation.dialled();
    this.#parts?.dialer.dial(target);
  }

  hangUp(peer: PeerId, refuseMs: number): void {
    const link = this.#links.get(peer);
    if (link !== null) this.#offenders.note(link.connection.remoteAddr, refuseMs);
    this.#links.hangUp(peer, refuseMs);
  }

  send(peer: PeerId, frame: Uint8Array): boolean {
    if (frame.byteLength > this.#options.limits.frameBytesMax) {
      throw new RangeError(`a frame of ${frame.byteLength} bytes is over the limit`);
    }
    return this.#links.get(peer)?.send(frame) ?? false;
  }

  meet(keys: readonly Uint8Array[], sought: readonly Uint8Array[]): void {
    this.#parts?.situation.meet(keys, sought);
  }

  report(): NetworkReport {
    if (this.#parts === null) return emptyNetworkReport();
    const { situation, ways } = this.#parts;
    return { ...situation.report(), relay: ways.report() };
  }

  /** Ends within stopMs, whatever the others do. */
  async stop(): Promise<void> {
    const { limits } = this.#options;
    const deadline = new Promise<void>((resolve) => {
      setTimeout(resolve, limits.stopMs).unref();
    });
    this.#stopping = true;
    this.#strangers.stop();
    const parts = this.#parts;
    if (parts !== null) await Promise.race([this.#end(parts), deadline]);
    for (const connection of parts?.node.getConnections() ?? []) {
      connection.abort(new Error('stopped'));
    }
    this.#silent = true;
  }

  async #end({ node, dialer, situation, ways, timer }: Parts): Promise<void> {
    const { limits, log } = this.#options;
    clearInterval(timer);
    dialer.stop();
    const situationEnd = situation.stop();
    await Promise.all([this.#links.stop(), ways.stop()]);
    const signal = AbortSignal.timeout(limits.stopGraceMs);
    await Promise.all(
      node.getConnections().map((connection) => {
        return connection.close({ signal }).catch(() => connection.abort(new Error('stopped')));
      }),
    );
    await Promise.allSettled([situationEnd]);
    await Promise.resolve(node.stop()).catch((cause: unknown) => {
      log?.('debug', `libp2p did not stop cleanly: ${String(cause)}`);
    });
  }

  #emit(event: NetworkEvent): void {
    if (this.#silent) return;
    if (this.#early !== null) this.#early.push(event);
    else this.#handler(event);
  }

  #nodeEvents(): NodeEvents {
    return {
      listenFailed: (address, error) => {
        this.#listenErrors.push(listenError(formatAddress(address), error));
      },
      mayCome: (from) => !this.#offenders.refuses(from),
      welcome: (peer, connection) => {
        this.#proven.add(connection);
        return !this.#links.refuses(peer);
      },
      upgradeFailed: (connection, error) => {
        const name = error instanceof Error ? error.name : '';
        // Whom we had no room for, and ourselves, are no strangers.
        const known = name === 'ConnectionDeniedError' || name === 'InvalidPeerIdError';
        if (!known && !this.#proven.has(connection) && !this.#stopping) this.#addStranger();
      },
      discovered: (peer, addresses) => {
        this.#depart(peer);
        this.#parts?.situation.heardOnLan();
        if (peer === this.#options.peer || this.#links.get(peer) !== null) return;
        const target = { addresses, peer, record: null };
        this.#emit({ kind: 'discovered', target, key: null });
      },
    };
  }

  async #attach(node: Node): Promise<void> {
    await node.handle(PROTOCOL, (stream, connection) => this.#links.accept(stream, connection), {
      maxInboundStreams: 4,
      maxOutboundStreams: 4,
      runOnLimitedConnection: true,
    });
    await node.handle(MOVE_PROTOCOL, (stream, on) => this.#links.acceptMove(stream, on), {
      maxInboundStreams: 2,
      maxOutboundStreams: 2,
      runOnLimitedConnection: true,
    });
    node.addEventListener('connection:open', ({ detail }) => this.#expectLink(detail));
    node.addEventListener('connection:close', ({ detail }) => {
      this.#links.connectionClosed(detail);
    });
    node.addEventListener('peer:disconnect', ({ detail }) => {
      const peer = detail.toString() as PeerId;
      this.#parts?.ways.disconnected(peer);
      this.#depart(peer);
    });
    node.addEventListener('peer:identify', ({ detail }) => {
      this.#parts?.situation.identified(detail);
      this.#parts?.ways.identified(detail);
      void this.#tellRecord(node, detail);
    });
    node.addEventListener('self:peer:update', () => {
      if (this.#early === null) this.#tellListening(node);
    });
  }

  #linked(link: Link): void {
    const { connection, peer } = link;
    const { direction } = connection;
    const end = this.#farEnds.news(link) ?? farEndOf(connection);
    this.#emit({ kind: 'connected', peer, direction, ...end });
    this.#parts?.situation.linked(direction, end.path);
    const node = this.#parts?.node;
    if (node !== undefined) void this.#tellRecord(node, { peerId: connection.remotePeer });
    this.#parts?.ways.taken(link);
  }

  /** A way over a relay that was renewed is no news. */
  #tellPath(link: Link): void {
    const end = this.#farEnds.news(link);
    if (end !== null) this.#emit({ kind: 'path', peer: link.peer, ...end });
  }

  /** A connection exists for its link: without one it is a stranger's, or surplus. */
  #expectLink(connection: Connection): void {
    const timer = setTimeout(() => {
      if (connection.status !== 'open' || this.#links.uses(connection)) return;
      const linked = this.#links.get(connection.remotePeer.toString() as PeerId) !== null;
      if (connection.direction === 'inbound' && !linked) void this.#countStranger(connection);
      closeQuietly(connection, this.#options.limits.stopGraceMs);
    }, this.#options.limits.linkTimeoutMs);
    timer.unref();
    connection.addEventListener('close', () => clearTimeout(timer));
  }

  /** Whoever only came to ask where others are is no stranger. */
  async #countStranger({ remotePeer }: Connection): Promise<void> {
    const known = await this.#parts?.node.peerStore.get(remotePeer).catch(() => undefined);
    if (known?.protocols.includes(PROTOCOL) !== true) this.#addStranger();
  }

  #addStranger(): void {
    this.#strangers.add();
    this.#parts?.situation.refused();
  }

  #situate(node: Node): Situation {
    const { limits, dht, autonat, upnp, discovery, log } = this.#options;
    const { all: components } = node.services.internals;
    return new Situation(
      components,
      { limits, dht, autonat, upnp, discovery },
      {
        discovered: (target, key) => this.#emit({ kind: 'discovered', target, key }),
        isLinked: (peer) => this.#links.get(peer) !== null,
        heardOf: (peer) => this.#depart(peer),
        changed: () => {
          // libp2p tells of it a second later; an invite made meanwhile would lack an address.
          if (this.#early === null) this.#tellListening(node);
          void node.services.identifyPush.push();
        },
        log: (text) => log?.('debug', text),
      },
    );
  }

  async #tellRecord(node: Node, { peerId }: Pick<IdentifyResult, 'peerId'>): Promise<void> {
    const peer = peerId.toString() as PeerId;
    try {
      const { peerRecordEnvelope: record } = await node.peerStore.get(peerId);
      if (record === undefined) return;
      const found = await openRecord(record, peer);
      const addresses = this.#links.get(peer) === null ? null : this.#records.news(peer, found);
      if (addresses !== null) {
        this.#parts?.ways.recordChanged(peer);
        this.#emit({ kind: 'record', peer, record: Uint8Array.from(record), addresses });
      }
    } catch (cause) {
      this.#options.log?.('debug', `no record of ${peer}: ${String(cause)}`);
    }
  }

  /** Looks once an interval at what nobody tells us: the machine's network, and where WebRTC goes. */
  #watch(node: Node): NodeJS.Timeout {
    const { watchIntervalMs, clockJumpMs } = this.#options.limits;
    const world = { interfaces: networkInterfaces, wallMs: Date.now };
    const watch = new NetworkWatch(world, watchIntervalMs, clockJumpMs);
    const timer = setInterval(() => {
      this.#parts?.ways.look();
      for (const link of this.#links.all()) this.#tellPath(link);
      if (!watch.changed()) return;
      announceOwnAddresses(node);
      this.#parts?.situation.moved();
      this.#parts?.ways.networkChanged();
      this.#emit({ kind: 'networkChanged' });
      this.#tellListening(node);
      void node.services.identifyPush.push();
    }, watchIntervalMs);
    return timer.unref();
  }

  #tellListening(node: Node): void {
    const own = node.getMultiaddrs().flatMap((address: Multiaddr) => {
      return peerAddress(address)?.multiaddr ?? [];
    });
    const addresses = [...new Set(own.map(formatAddress))];
    if (this.#early === null && addresses.join(' ') === this.#listening) return;
    this.#listening = addresses.join(' ');
    const event: NetworkEvent = { kind: 'listening', addresses };
    if (this.#early === null) this.#emit(event);
    else this.#early.unshift(event);
  }

  #depart(peer: PeerId): void {
    const node = this.#parts?.node;
    this.#departed.delete(peer);
    this.#departed.add(peer);
    const [oldest] = this.#departed;
    if (node === undefined || oldest === undefined) return;
    if (this.#departed.size <= this.#options.limits.knownPeersMax) return;
    this.#departed.delete(oldest);
    const peerId = peerIdFromString(oldest);
    if (node.getConnections(peerId).length > 0) return;
    node.peerStore.delete(peerId).catch((cause: unknown) => {
      this.#options.log?.('debug', `cannot forget ${oldest}: ${String(cause)}`);
    });
  }
}
