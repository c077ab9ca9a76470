// Which of our addresses others can dial: they are asked to try, by AutoNAT v2, and we try theirs when they ask.

import type {
  Connection,
  PeerId as Libp2pPeerId,
  StreamHandler,
  Topology,
} from '@libp2p/interface';
import type { AutoNATv2Components } from '@libp2p/autonat-v2';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '@parley/core';
import { formatAddress } from './address.ts';
import type { NetworkLimits } from './limits.ts';

export interface Verdict {
  readonly dialled: 'yes' | 'no';
  /** Whoever tried last. */
  readonly saidBy: PeerId | null;
}

export interface ReachabilityEvents {
  /** Public addresses that are or might be ours. */
  readonly candidates: () => readonly Multiaddr[];
  /** Others can dial it: worth telling. */
  readonly confirmed: (address: Multiaddr) => void;
  readonly changed: () => void;
  readonly log: (text: string) => void;
}

/** What its class knows beside its interface. */
interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly client: {
    readonly dialResults: ReadonlyMap<
      string,
      {
        readonly success: number;
        readonly failure: number;
        readonly verifyingPeers: Iterable<Libp2pPeerId>;
      }
    >;
  };
}

export class Reachability {
  readonly #components: AutoNATv2Components;
  readonly #limits: NetworkLimits;
  readonly #events: ReachabilityEvents;
  readonly #confirmed = new Map<string, PeerId | null>();
  readonly #helpers = new Map<string, readonly [Libp2pPeerId, Connection]>();
  #topology: Topology | null = null;
  #service: Service | null = null;
  #hasBegun = false;
  #stopped = false;
  #askedOfUs = 0;
  #askedSinceMs = 0;

  constructor(components: AutoNATv2Components, limits: NetworkLimits, events: ReachabilityEvents) {
    this.#components = components;
    this.#limits = limits;
    this.#events = events;
  }

  /** Once there is someone who is not of our own LAN: before that nobody could tell, and it need not be loaded. */
  begin(): void {
    if (this.#stopped || this.#hasBegun) return;
    this.#hasBegun = true;
    this.#start().catch((cause: unknown) => {
      this.#events.log(`AutoNAT does not start: ${String(cause)}`);
    });
  }

  /** There are other candidates: asks those who can tell. */
  ask(): void {
    for (const [peer, connection] of this.#helpers.values()) {
      if (connection.status === 'open') void this.#topology?.onConnect?.(peer, connection);
    }
  }

  verdictOf(address: Multiaddr): Verdict | null {
    const key = formatAddress(address);
    const by = this.#confirmed.get(key);
    if (by !== undefined) return { dialled: 'yes', saidBy: by };
    const result = this.#service?.client.dialResults.get(address.toString());
    if (result === undefined || result.failure === 0 || result.success > 0) return null;
    return { dialled: 'no', saidBy: lastOf(result.verifyingPeers) };
  }

  /** The machine's network changed: what held before says nothing any more. */
  forget(): void {
    this.#confirmed.clear();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#service?.stop();
  }

  async #start(): Promise<void> {
    const { autoNATv2 } = await import('@libp2p/autonat-v2');
    if (this.#stopped) return;
    const { connectionManager, logger, peerStore } = this.#components;
    const service = autoNATv2({ maxInboundStreams: 2, timeout: this.#limits.dialTimeoutMs * 2 })({
      connectionManager,
      logger,
      peerStore,
      registrar: this.#registrar(),
      addressManager: this.#addressManager(),
      // Nobody is dialled only to be asked.
      randomWalk: { walk: nobody },
    }) as Service;
    this.#service = service;
    await service.start();
    this.#events.changed();
    this.#events.log('AutoNAT is loaded');
  }

  /** It shall ask about our candidates alone, and tell us what it finds. */
  #addressManager(): AutoNATv2Components['addressManager'] {
    const open = (): readonly Multiaddr[] => {
      return this.#events.candidates().filter((each) => !this.#confirmed.has(formatAddress(each)));
    };
    const own = {
      getAddressesWithMetadata: (): unknown[] =>
        open().map((address) => ({
          multiaddr: address,
          verified: false,
          type: 'transport',
          expires: 0,
        })),
      confirmObservedAddr: (address: Multiaddr): void => {
        const result = this.#service?.client.dialResults.get(address.toString());
        this.#confirmed.set(formatAddress(address), lastOf(result?.verifyingPeers ?? []));
        this.#events.confirmed(address);
      },
      removeObservedAddr: (): void => undefined,
    };
    return own as unknown as AutoNATv2Components['addressManager'];
  }

  #registrar(): AutoNATv2Components['registrar'] {
    const { registrar } = this.#components;
    const own = {
      register: (protocol: string, topology: Topology): Promise<string> => {
        this.#topology = topology;
        return registrar.register(protocol, {
          onConnect: (peer, connection) => {
            if (this.#helpers.size >= this.#limits.knownPeersMax) this.#helpers.clear();
            this.#helpers.set(peer.toString(), [peer, connection]);
            return topology.onConnect?.(peer, connection);
          },
          onDisconnect: (peer) => {
            this.#helpers.delete(peer.toString());
          },
        });
      },
      handle: (protocol: string, handler: StreamHandler, options: object): Promise<void> => {
        if (!protocol.includes('dial-request')) return registrar.handle(protocol, handler, options);
        return registrar.handle(
          protocol,
          (stream, connection) => {
            if (!this.#mayAsk()) stream.abort(new Error('asked too often'));
            else
              Promise.resolve(handler(stream, connection)).catch((cause: unknown) => {
                this.#events.log(`a dial back was not made: ${String(cause)}`);
              });
          },
          options,
        );
      },
      unhandle: (protocol: string): Promise<void> => registrar.unhandle(protocol),
    };
    return Object.assign(Object.create(registrar) as AutoNATv2Components['registrar'], own);
  }

  /** Each makes us dial an address that a stranger named. */
  #mayAsk(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#askedSinceMs > MINUTE_MS) {
      this.#askedSinceMs = nowMs;
      this.#askedOfUs = 0;
    }
    this.#askedOfUs += 1;
    return this.#askedOfUs <= this.#limits.dialBacksPerMinuteMax;
  }
}

const MINUTE_MS = 60_000;

async function* nobody(): AsyncGenerator<never> {
  yield* [];
}

function lastOf(peers: Iterable<Libp2pPeerId>): PeerId | null {
  const last = [...peers].at(-1);
  return last === undefined ? null : (last.toString() as PeerId);
}
