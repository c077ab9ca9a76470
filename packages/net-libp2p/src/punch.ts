// Through both routers at once with WebRTC, agreed on over a relayed link; loaded only when there is such a link.

import { on } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, IdentifyResult, PeerId as Libp2pPeerId } from '@libp2p/interface';
import type { Transport } from '@libp2p/interface';
import { start, stop } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '@parley/core';
import type { NetworkLimits } from './limits.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';
import type { Log } from './log.ts';
import type { Node } from './node.ts';

/** Of the stream over which two agree how to go about it. */
const SIGNALLING_PROTOCOL = '/webrtc-signaling/0.0.1';

type Handle = Registrar['handle'];
type Registrar = Node['services']['internals']['registrar'];
type ConnectionManager = Node['services']['internals']['connectionManager'];
type Upgrader = Node['services']['internals']['upgrader'];

export interface PunchOptions {
  /** host:port of peers that tell us how our router shows us. */
  readonly stunServers: () => readonly string[];
  readonly links: Links;
  readonly limits: NetworkLimits;
  readonly log: Log | undefined;
}

export class Punch {
  readonly #node: Node;
  readonly #stunServers: () => readonly string[];
  readonly #links: Links;
  readonly #limits: NetworkLimits;
  readonly #log: Log | undefined;
  /** For each link that is being punched: what to do when the other side hangs up. */
  readonly #hungUp = new Map<PeerId, () => void>();
  #loading: Promise<Transport | null> | null = null;
  #stopped = false;

  constructor(node: Node, options: PunchOptions) {
    this.#node = node;
    this.#stunServers = options.stunServers;
    this.#links = options.links;
    this.#limits = options.limits;
    this.#log = options.log;
  }

  /** Answers those who want to punch from now on. False where this machine cannot: its links stay on their relays. */
  async prepare(): Promise<boolean> {
    return (await this.#transport()) !== null;
  }

  /**
   * Begins when the other side says that it answers: it may still be loading what it needs. Throws where it cannot be
   * done, or not before the signal.
   */
  async connect(link: Link, signal: AbortSignal): Promise<Connection> {
    if (!(await this.prepare())) throw new Error('WebRTC is not installed');
    await this.#untilAnswering(link.connection.remotePeer, signal);
    const { punchAttemptsMax, punchAgainMs } = this.#limits;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await this.#attempt(link, signal);
      } catch (cause) {
        this.#log?.('debug', `attempt ${attempt} to punch did not succeed: ${String(cause)}`);
        if (attempt >= punchAttemptsMax) throw cause;
        await pause(punchAgainMs, undefined, { signal });
      }
    }
  }

  /**
   * The side that is asked hangs up when it is connected, and also when it failed, as it does where libdatachannel checks
   * a certificate before it has stored the fingerprint (a fast network and a busy machine). The library waits on.
   */
  async #attempt({ peer, connection }: Link, signal: AbortSignal): Promise<Connection> {
    const { transportManager } = this.#node.services.internals;
    const { punchMsMax, punchLastMsMax } = this.#limits;
    const over = new AbortController();
    const end = (why: string) => () => over.abort(new Error(why));
    let timer = setTimeout(end('nothing got through in time'), punchMsMax);
    const hungUp = (): void => {
      clearTimeout(timer);
      timer = setTimeout(end('the other side hung up'), punchLastMsMax);
    };
    this.#hungUp.set(peer, hungUp);
    try {
      const either = AbortSignal.any([signal, over.signal]);
      return await transportManager.dial(punchedAddress(connection.remoteAddr), { signal: either });
    } finally {
      clearTimeout(timer);
      if (this.#hungUp.get(peer) === hungUp) this.#hungUp.delete(peer);
    }
  }

  async #untilAnswering(peer: Libp2pPeerId, signal: AbortSignal): Promise<void> {
    const told = on(this.#node, 'peer:identify', { signal });
    const { protocols } = await this.#node.peerStore.get(peer);
    if (protocols.includes(SIGNALLING_PROTOCOL)) return void told.return?.();
    for await (const [{ detail }] of told as AsyncIterable<[CustomEvent<IdentifyResult>]>)
      if (detail.peerId.equals(peer) && detail.protocols.includes(SIGNALLING_PROTOCOL)) return;
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
    const connectionManager = carriersOnly(internals.connectionManager, this.#links, (peer) => {
      this.#hungUp.get(peer)?.();
    });
    const registrar = linkedOnly(internals.registrar, this.#links);
    const upgrader = patient(internals.upgrader, this.#limits.punchMsMax);
    const transport = webRTC({
      // By default four companies would be asked.
      rtcConfiguration: () => {
        const urls = this.#stunServers().map((place) => `stun:${place}`);
        return { iceServers: urls.map((url) => ({ urls: [url] })) };
      },
    })({ ...internals, connectionManager, registrar, upgrader });
    internals.transportManager.add(transport);
    await start(transport);
    return transport;
  }
}

/** …/p2p-circuit/p2p/X as …/p2p-circuit/webrtc/p2p/X. */
function punchedAddress(relayed: Multiaddr): Multiaddr {
  return multiaddr(relayed.toString().replace('/p2p-circuit/', '/p2p-circuit/webrtc/'));
}

/** It would take the first connection of a peer, and that may be one that carries no link and is about to end. */
function carriersOnly(
  manager: ConnectionManager,
  links: Links,
  hungUp: (peer: PeerId) => void,
): ConnectionManager {
  const getConnections: ConnectionManager['getConnections'] = (peer) => {
    const link = peer === undefined ? null : links.get(peer.toString() as PeerId);
    if (link === null) return [];
    const { connection } = link;
    const newStream: Connection['newStream'] = async (protocols, options) => {
      const stream = await connection.newStream(protocols, options);
      stream.addEventListener('remoteCloseWrite', () => hungUp(link.peer), { once: true });
      return stream;
    };
    return [replacing(connection, 'newStream', newStream)];
  };
  return replacing(manager, 'getConnections', getConnections);
}

/** Each attempt makes native objects: so few at a time, and for nobody whom we have no link to. */
function linkedOnly(registrar: Registrar, links: Links): Registrar {
  const handle: Handle = (protocol, handler, options) => {
    const guarded: typeof handler = (stream, connection) => {
      if (links.uses(connection)) return handler(stream, connection);
      stream.abort(new Error('only those who are linked may punch'));
      return undefined;
    };
    return registrar.handle(protocol, guarded, { ...options, maxInboundStreams: 2 });
  };
  return replacing(registrar, 'handle', handle);
}

/** Strangers have little time for a handshake; two who look for a way through routers far away need more. */
function patient(upgrader: Upgrader, attemptMs: number): Upgrader {
  const createInboundAbortSignal: Upgrader['createInboundAbortSignal'] = (signal) => {
    const either = AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
    return Object.assign(either, { clear: () => undefined });
  };
  return replacing(upgrader, 'createInboundAbortSignal', createInboundAbortSignal);
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
