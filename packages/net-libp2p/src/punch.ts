// Through both routers at once with WebRTC, agreed on over a relayed link; loaded only when there is such a link.

import type { Connection, Transport } from '@libp2p/interface';
import { start, stop } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { multiaddr } from '@multiformats/multiaddr';
import type { Link } from './link.ts';
import type { Log } from './log.ts';
import type { Node } from './node.ts';

type Handle = Registrar['handle'];
type Registrar = Node['services']['internals']['registrar'];

export interface PunchOptions {
  /** host:port of peers that tell us how our router shows us. */
  readonly stunServers: () => readonly string[];
  /** Whether a connection carries a link. */
  readonly isLinked: (connection: Connection) => boolean;
  readonly log: Log | undefined;
}

export class Punch {
  readonly #node: Node;
  readonly #stunServers: () => readonly string[];
  readonly #isLinked: (connection: Connection) => boolean;
  readonly #log: Log | undefined;
  #loading: Promise<Transport | null> | null = null;
  #stopped = false;

  constructor(node: Node, options: PunchOptions) {
    this.#node = node;
    this.#stunServers = options.stunServers;
    this.#isLinked = options.isLinked;
    this.#log = options.log;
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
    const registrar = linkedOnly(internals.registrar, this.#isLinked);
    const transport = webRTC({
      // By default four companies would be asked.
      rtcConfiguration: () => {
        const urls = this.#stunServers().map((place) => `stun:${place}`);
        return { iceServers: urls.map((url) => ({ urls: [url] })) };
      },
    })({ ...internals, registrar });
    internals.transportManager.add(transport);
    await start(transport);
    return transport;
  }
}

/** …/p2p-circuit/p2p/X as …/p2p-circuit/webrtc/p2p/X. */
function punchedAddress(relayed: Multiaddr): Multiaddr {
  return multiaddr(relayed.toString().replace('/p2p-circuit/', '/p2p-circuit/webrtc/'));
}

/** Each attempt makes native objects: so few at a time, and for nobody whom we have no link to. */
function linkedOnly(registrar: Registrar, isLinked: (on: Connection) => boolean): Registrar {
  const handle: Handle = (protocol, handler, options) => {
    const guarded: typeof handler = (stream, connection) => {
      if (isLinked(connection)) return handler(stream, connection);
      stream.abort(new Error('only those who are linked may punch'));
      return undefined;
    };
    return registrar.handle(protocol, guarded, { ...options, maxInboundStreams: 2 });
  };
  return replacing(registrar, 'handle', handle);
}

/** libp2p's parts are classes: what is not replaced must still find its own `this`. */
function replacing<Part extends object>(part: Part, name: keyof Part, by: unknown): Part {
  return new Proxy(part, {
    get(target, asked): unknown {
      if (asked === name) return by;
      const value: unknown = Reflect.get(target, asked);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
