// Through both routers at once with WebRTC, agreed on over a relayed link; loaded only when there is such a link.

import type { Connection, Transport } from '@libp2p/interface';
import { start, stop } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { multiaddr } from '@multiformats/multiaddr';
import type { Link } from './link.ts';
import type { Log } from './log.ts';
import type { Node } from './node.ts';

export class Punch {
  readonly #node: Node;
  readonly #stunServers: () => readonly string[];
  readonly #log: Log | undefined;
  #loading: Promise<Transport | null> | null = null;
  #stopped = false;

  /** `stunServers` gives host:port of peers that tell us how our router shows us. */
  constructor(node: Node, stunServers: () => readonly string[], log: Log | undefined) {
    this.#node = node;
    this.#stunServers = stunServers;
    this.#log = log;
  }

  /** Answers those who want to punch from now on. False where this machine cannot: its links stay on their relays. */
  async prepare(): Promise<boolean> {
    return (await this.#transport()) !== null;
  }

  /** Throws where it cannot be done. */
  async connect(link: Link, signal: AbortSignal): Promise<Connection> {
    if (!(await this.prepare())) throw new Error('WebRTC is not installed');
    signal.throwIfAborted();
    const { transportManager } = this.#node.services.internals;
    return transportManager.dial(punchedAddress(link.connection.remoteAddr), { signal });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const transport = await this.#loading;
    if (transport !== null) await stop(transport);
  }

  #transport(): Promise<Transport | null> {
    this.#loading ??= this.#load().catch((cause: unknown) => {
      this.#log?.('warn', `WebRTC is not installed, so links stay on relays: ${String(cause)}`);
      return null;
    });
    return this.#loading;
  }

  async #load(): Promise<Transport | null> {
    const { webRTC } = await import('@libp2p/webrtc');
    if (this.#stopped) return null;
    const { internals } = this.#node.services;
    const transport = webRTC({
      // By default four companies would be asked.
      rtcConfiguration: () => {
        const urls = this.#stunServers().map((place) => `stun:${place}`);
        return { iceServers: urls.map((url) => ({ urls: [url] })) };
      },
    })(internals);
    internals.transportManager.add(transport);
    await start(transport);
    return transport;
  }
}

/** …/p2p-circuit/p2p/X as …/p2p-circuit/webrtc/p2p/X. */
function punchedAddress(relayed: Multiaddr): Multiaddr {
  return multiaddr(relayed.toString().replace('/p2p-circuit/', '/p2p-circuit/webrtc/'));
}
