// Core's Network port on libp2p: starts a session, hands it what core asks for, and ends it.

import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import type { PrivateKey } from '@libp2p/interface';
import { emptyNetworkReport } from '@parley/core';
import type { DialTarget, Network, NetworkEvent, NetworkReport, PeerId } from '@parley/core';
import { privateKeyOf } from './keys.ts';
import { NETWORK_LIMITS } from './limits.ts';
import type { NetworkLimits } from './limits.ts';
import type { Log } from './log.ts';
import { Session } from './session.ts';

export interface NetworkOptions {
  /** The 32-byte seed of the network's own Ed25519 key. */
  readonly privateKey: Uint8Array;
  /** host:port, [v6]:port or multiaddr; port 0 takes a free one. None: dial only. */
  readonly listen: readonly string[];
  /** Finds and is found by people on the LAN. */
  readonly discovery: boolean;
  /** 'use' (what is taken where it is left out): reaches and is reached over peers that relay; 'serve': relays for others too. */
  readonly relay?: 'serve' | 'use' | 'off';
  /** Finds and is found by keys, through everyone who takes part; true if not said. */
  readonly dht?: boolean;
  /** Asks peers far away which of our addresses they can dial, and tries theirs; true if not said. */
  readonly autonat?: boolean;
  /** Asks the router to lead a port to us; false if not said. */
  readonly upnp?: boolean;
  /** Goes on without a relay where both routers let it; true where it is left out. */
  readonly webrtc?: boolean;
  readonly userAgent: string;
  readonly log?: Log;
  /** Instead of the usual ones. */
  readonly limits?: Partial<NetworkLimits>;
}

/** A network that has not started yet. Throws RangeError if the key is no 32-byte seed. */
export function createNetwork(options: NetworkOptions): Network {
  return new Libp2pNetwork(options);
}

class Libp2pNetwork implements Network {
  readonly peer: PeerId;
  readonly #privateKey: PrivateKey;
  readonly #options: NetworkOptions;
  #session: Session | null = null;
  #starting: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#privateKey = privateKeyOf(options.privateKey);
    this.peer = peerIdFromPrivateKey(this.#privateKey).toString() as PeerId;
  }

  async start(handler: (event: NetworkEvent) => void): Promise<void> {
    if (this.#session !== null || this.#stopping !== null) {
      throw new Error('a network starts once');
    }
    const { listen, discovery, userAgent, log } = this.#options;
    const { relay = 'use', webrtc = true, dht = true } = this.#options;
    const { autonat = true, upnp = false } = this.#options;
    const limits = { ...NETWORK_LIMITS, ...this.#options.limits };
    const { peer } = this;
    const privateKey = this.#privateKey;
    const own = { peer, privateKey, userAgent, log, limits };
    const settings = { ...own, listen, discovery, relay, webrtc, dht, autonat, upnp };
    this.#session = new Session(settings, handler);
    this.#starting = this.#session.open();
    await this.#starting;
  }

  dial(target: DialTarget): void {
    this.#session?.dial(target);
  }

  hangUp(peer: PeerId, refuseMs: number): void {
    this.#session?.hangUp(peer, refuseMs);
  }

  send(peer: PeerId, frame: Uint8Array): boolean {
    return this.#session?.send(peer, frame) ?? false;
  }

  meet(keys: readonly Uint8Array[], sought: readonly Uint8Array[] = keys): void {
    this.#session?.meet(keys, sought);
  }

  report(): NetworkReport {
    return this.#session?.report() ?? emptyNetworkReport();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    // Whoever called start() hears of its failure; there is only nothing to stop then.
    await this.#starting.catch(() => undefined);
    await this.#session?.stop();
  }
}
