// Kademlia under a protocol of our own: loaded when the first peer that takes part is linked, or first asks us.

import { peerDiscoverySymbol } from '@libp2p/interface';
import type { Connection, PeerId as Libp2pPeerId, PeerInfo, Stream } from '@libp2p/interface';
import type { StreamHandler, Topology } from '@libp2p/interface';
import type { KadDHT, KadDHTComponents, QueryEvent } from '@libp2p/kad-dht';
import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import type { NetworkLimits } from './limits.ts';
import { ProviderRecords } from './provider-records.ts';

const KAD_PROTOCOL = '/parley/kad/1.0.0';
const RAW_CODE = 0x55;
const SHA2_256_CODE = 0x12;

export interface KademliaEvents {
  /** Someone who takes part was linked, or is in the routing table from now on. */
  readonly peerAdded: () => void;
  /** Addresses of this peer were written down. */
  readonly heardOf: (peer: Libp2pPeerId) => void;
  readonly log: (text: string) => void;
}

type Ping = KadDHTComponents['ping']['ping'];
type Name = Parameters<KadDHTComponents['datastore']['put']>[0];

/** Its class has more than the interface says. */
interface Dht extends KadDHT {
  readonly routingTable: EventTarget & { readonly size: number };
  readonly routingTableRefresh: { refreshTable: () => void };
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Loaded {
  readonly dht: Dht;
  readonly answer: StreamHandler;
}

export class Kademlia {
  readonly #components: KadDHTComponents;
  readonly #limits: NetworkLimits;
  readonly #events: KademliaEvents;
  readonly #records: ProviderRecords<Name>;
  /** Linked peers that take part. */
  readonly #neighbours = new Map<string, readonly [Libp2pPeerId, Connection]>();
  /** Whom peerAdded was told of. */
  readonly #added = new Set<string>();
  readonly #inTable = new Set<string>();
  readonly #quotas = new WeakMap<Connection, Quota>();
  readonly #stopped = new AbortController();
  #topologies: Topology[] = [];
  #loading: Promise<Loaded> | null = null;
  #loaded: Loaded | null = null;
  #serves = false;

  constructor(components: KadDHTComponents, limits: NetworkLimits, events: KademliaEvents) {
    this.#components = components;
    this.#limits = limits;
    this.#events = events;
    this.#records = new ProviderRecords(
      {
        recordsMax: limits.kadRecordsMax,
        recordsPerKeyMax: limits.kadRecordsPerKeyMax,
        recordsPerPeerMax: limits.kadRecordsPerPeerMax,
        recordMs: limits.kadRecordMs,
      },
      () => performance.now(),
    );
  }

  get serves(): boolean {
    return this.#serves;
  }

  get records(): number {
    return this.#records.count;
  }

  /** In the routing table, or linked while there is none yet. */
  get peers(): number {
    return Math.max(this.#loaded?.dht.routingTable.size ?? 0, this.#neighbours.size);
  }

  /** Notices from now on who takes part. */
  async watch(): Promise<void> {
    await this.#components.registrar.register(KAD_PROTOCOL, {
      onConnect: (peer, connection) => {
        this.#neighbours.set(peer.toString(), [peer, connection]);
        for (const topology of this.#topologies) void topology.onConnect?.(peer, connection);
        this.#noteAdded(`linked ${peer.toString()}`);
      },
      onDisconnect: (peer) => {
        this.#neighbours.delete(peer.toString());
        if (this.#neighbours.size === 0) this.#added.clear();
        for (const topology of this.#topologies) void topology.onDisconnect?.(peer);
      },
    });
  }

  /** Whether others may ask us. */
  async serve(serves: boolean): Promise<void> {
    if (this.#serves === serves || this.#stopped.signal.aborted) return;
    this.#serves = serves;
    const { registrar } = this.#components;
    if (!serves) return registrar.unhandle(KAD_PROTOCOL);
    const streams = this.#limits.kadStreamsAtOnceMax;
    await registrar.handle(KAD_PROTOCOL, (stream, connection) => this.#asked(stream, connection), {
      maxInboundStreams: streams,
      maxOutboundStreams: streams,
    });
  }

  /** Tells those closest to the key that we are to be found under it. */
  async provide(key: Uint8Array): Promise<void> {
    const { dht } = await this.#ready();
    await exhaust(dht.provide(cidOf(key), { signal: this.#inTime() }));
  }

  /** Everyone who is found under the key, with their addresses. */
  async *find(key: Uint8Array): AsyncGenerator<PeerInfo> {
    const { dht } = await this.#ready();
    for await (const event of dht.findProviders(cidOf(key), { signal: this.#inTime() })) {
      if (event.name === 'PROVIDER') yield* event.providers;
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('stopped'));
    await this.#loaded?.dht.stop();
  }

  /** Once for each peer: asking it makes a connection, which says again that it takes part. */
  #noteAdded(how: string): void {
    if (this.#added.has(how)) return;
    if (this.#added.size >= this.#limits.knownPeersMax) this.#added.clear();
    this.#added.add(how);
    this.#events.peerAdded();
  }

  #inTime(): AbortSignal {
    return AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(this.#limits.kadQueryMs)]);
  }

  /** Loaded, and with someone in the routing table: they are asked for a sign of life before. */
  async #ready(): Promise<Loaded> {
    const loaded = await this.#load();
    const { routingTable } = loaded.dht;
    if (routingTable.size > 0) return loaded;
    await new Promise((resolve) => {
      const patience = AbortSignal.any([
        this.#inTime(),
        AbortSignal.timeout(this.#limits.kadAnswerMs),
      ]);
      routingTable.addEventListener('peer:add', resolve, { once: true, signal: patience });
      patience.addEventListener('abort', resolve, { once: true });
    });
    this.#stopped.signal.throwIfAborted();
    return loaded;
  }

  #load(): Promise<Loaded> {
    this.#stopped.signal.throwIfAborted();
    this.#loading ??= this.#create();
    return this.#loading;
  }

  async #create(): Promise<Loaded> {
    const { kadDHT } = await import('@libp2p/kad-dht');
    this.#stopped.signal.throwIfAborted();
    let answer: StreamHandler | null = null;
    const registrar = this.#registrar((handler) => {
      answer = handler;
    });
    const limits = this.#limits;
    const components = {
      ...pick(this.#components),
      registrar,
      ping: { ping: (...asked: Parameters<Ping>) => this.#ping(...asked) },
      datastore: this.#records as unknown as KadDHTComponents['datastore'],
      peerStore: frugal(this.#components.peerStore, limits.kadAddressesMax),
    };
    const dht = kadDHT({
      protocol: KAD_PROTOCOL,
      clientMode: false,
      // There may be one other peer, or none yet: whoever asks is answered at once.
      allowQueryWithZeroPeers: true,
      kBucketSize: limits.kadCloseMax,
      alpha: limits.kadAskedAtOnceMax,
      disjointPaths: 1,
      pingNewContactConcurrency: 4,
      pingNewContactMaxQueueSize: limits.kadPeersWaitingMax,
      routingTableUpdateMaxQueueSize: limits.kadPeersWaitingMax,
      initialQuerySelfInterval: limits.kadFirstRefreshMs,
      querySelfInterval: limits.kadRefreshMs,
      incomingMessageTimeout: limits.kadAnswerMs,
      // Provided again by us, not by its own clock.
      reprovide: { threshold: 0, interval: limits.kadRecordMs, validity: limits.kadRecordMs },
      peerInfoMapper: (info) => ({
        ...info,
        multiaddrs: info.multiaddrs.slice(0, limits.kadAddressesMax),
      }),
    })(components) as Dht;
    dht.routingTable.addEventListener('peer:add', (event) => {
      const { detail } = event as CustomEvent<Libp2pPeerId>;
      this.#inTable.add(detail.toString());
      this.#noteAdded(`in the table ${detail.toString()}`);
    });
    dht.routingTable.addEventListener('peer:remove', (event) => {
      this.#inTable.delete((event as CustomEvent<Libp2pPeerId>).detail.toString());
    });
    // Every five minutes it would ask for each distance: in networks of our size our own questions reach everyone.
    dht.routingTableRefresh.refreshTable = () => undefined;
    this.#hearPeers(dht);
    await dht.start();
    if (answer === null) throw new Error('Kademlia does not answer');
    this.#loaded = { dht, answer };
    this.#events.log('Kademlia is loaded');
    return this.#loaded;
  }

  /**
   * A sign of life: a connection is one, and nobody is dialled only because others named them. Those in the table are
   * asked before another takes their place.
   */
  async #ping(...asked: Parameters<Ping>): Promise<number> {
    const { connectionManager, ping } = this.#components;
    const peer = asked[0] as Libp2pPeerId;
    if (connectionManager.getConnections(peer).length > 0) return 0;
    if (this.#inTable.has(peer.toString())) return ping.ping(...asked);
    throw new Error('only heard of');
  }

  /** Peers it learns of can be dialled only once their addresses are written down. */
  #hearPeers(dht: KadDHT): void {
    const discovery = (dht as unknown as Record<symbol, EventTarget>)[peerDiscoverySymbol];
    discovery?.addEventListener('peer', (event) => {
      const { id, multiaddrs } = (event as CustomEvent<PeerInfo>).detail;
      const some = multiaddrs.slice(0, this.#limits.kadAddressesMax);
      if (id.equals(this.#components.peerId) || some.length === 0) return;
      this.#events.heardOf(id);
      this.#components.peerStore.merge(id, { multiaddrs: some }).catch((cause: unknown) => {
        this.#events.log(`addresses of ${id.toString()} were not kept: ${String(cause)}`);
      });
    });
  }

  /** It shall answer only when we serve, and must hear of those that were linked before it was loaded. */
  #registrar(handle: (handler: StreamHandler) => void): KadDHTComponents['registrar'] {
    const { registrar } = this.#components;
    const own = {
      handle: (_protocol: string, handler: StreamHandler): Promise<void> => {
        handle(handler);
        return Promise.resolve();
      },
      unhandle: (): Promise<void> => Promise.resolve(),
      register: (_protocol: string, topology: Topology): Promise<string> => {
        this.#topologies.push(topology);
        for (const [peer, connection] of this.#neighbours.values())
          void topology.onConnect?.(peer, connection);
        return Promise.resolve('kad');
      },
      unregister: (): void => {
        this.#topologies = [];
      },
    };
    return Object.assign(Object.create(registrar) as KadDHTComponents['registrar'], own);
  }

  /** A stranger asks: within what one connection may. */
  #asked(stream: Stream, connection: Connection): void {
    const quota = this.#quotas.get(connection) ?? new Quota(this.#limits);
    this.#quotas.set(connection, quota);
    if (!quota.takeStream()) return stream.abort(new Error('asked too often'));
    const answer = ({ answer: handler }: Loaded): Promise<void> => {
      const answered = Promise.resolve(handler(stream, connection));
      stream.addEventListener('message', ({ data }) => {
        if (!quota.takeBytes(data.byteLength)) stream.abort(new Error('asked too much'));
      });
      return answered;
    };
    this.#load()
      .then(answer)
      .catch((cause: unknown) => {
        stream.abort(cause instanceof Error ? cause : new Error('no answer'));
        // That is how every question ends.
        if (cause instanceof Error && cause.name === 'UnexpectedEOFError') return;
        this.#events.log(`a question was not answered: ${String(cause)}`);
      });
  }
}

/** How much one connection may ask. */
class Quota {
  readonly #limits: NetworkLimits;
  #streams: number;
  #bytes: number;
  #filledMs = performance.now();

  constructor(limits: NetworkLimits) {
    this.#limits = limits;
    this.#streams = limits.kadStreamsBurst;
    this.#bytes = limits.kadBytesBurst;
  }

  takeStream(): boolean {
    this.#fill();
    this.#streams -= 1;
    return this.#streams >= 0;
  }

  takeBytes(count: number): boolean {
    this.#fill();
    this.#bytes -= count;
    return this.#bytes >= 0;
  }

  #fill(): void {
    const { kadStreamsBurst, kadStreamsPerSecond, kadBytesBurst, kadBytesPerSecond } = this.#limits;
    const nowMs = performance.now();
    const passed = (nowMs - this.#filledMs) / 1_000;
    this.#filledMs = nowMs;
    const streams = Math.max(0, this.#streams) + passed * kadStreamsPerSecond;
    this.#streams = Math.min(kadStreamsBurst, streams);
    this.#bytes = Math.min(kadBytesBurst, Math.max(0, this.#bytes) + passed * kadBytesPerSecond);
  }
}

/** Components are a proxy that cannot be spread. */
function pick(components: KadDHTComponents): Omit<KadDHTComponents, 'registrar' | 'datastore'> {
  const { peerId, privateKey, addressManager, peerStore, connectionManager } = components;
  const { events, logger, ping } = components;
  return { peerId, privateKey, addressManager, peerStore, connectionManager, events, logger, ping };
}

/**
 * What strangers say of their addresses replaces what they said before, rather than being added for ever. And nobody is
 * tagged: libp2p would keep up connections to those whose keys are near ours, for ever.
 */
function frugal(
  peerStore: KadDHTComponents['peerStore'],
  addressesMax: number,
): KadDHTComponents['peerStore'] {
  const merge: typeof peerStore.merge = (id, data, options) => {
    const { multiaddrs } = data;
    if (multiaddrs === undefined) return peerStore.merge(id, {}, options);
    return peerStore.patch(id, { multiaddrs: multiaddrs.slice(0, addressesMax) }, options);
  };
  return new Proxy(peerStore, {
    get(target, name): unknown {
      if (name === 'merge') return merge;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function cidOf(key: Uint8Array): CID {
  return CID.createV1(RAW_CODE, createDigest(SHA2_256_CODE, key));
}

async function exhaust(events: AsyncIterable<QueryEvent>): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  // eslint-disable-next-line no-await-in-loop -- one event after the other
  while ((await iterator.next()).done !== true);
}
