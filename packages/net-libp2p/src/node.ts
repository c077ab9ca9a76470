// The libp2p node and its settings: its defaults fail under load, cuts and floods; each departure says which.

import { identify, identifyPush } from '@libp2p/identify';
import type { Identify, IdentifyPush } from '@libp2p/identify';
import type {
  Libp2p,
  MultiaddrConnection,
  PeerId as Libp2pPeerId,
  PrivateKey,
} from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { yamux } from '@libp2p/yamux';
import type { Multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { discovery } from './discovery.ts';
import { gossipService } from './gossip.ts';
import type { GossipService } from './gossip.ts';
import type { NetworkLimits } from './limits.ts';
import { observedTcp } from './listener.ts';
import type { ListenerEvents } from './listener.ts';
import { componentLogger } from './logger.ts';
import type { Log } from './log.ts';
import type { PeerId } from '@parley/core';

/** The part of libp2p's address manager that tells it which of our addresses are good. */
interface Addresses {
  confirmObservedAddr(address: Multiaddr, options: { type: 'transport'; ttl: number }): void;
}

interface Internals {
  readonly addressManager: Addresses;
  readonly transportManager: { getAddrs(): Multiaddr[] };
}

export type Services = {
  readonly identify: Identify;
  readonly identifyPush: IdentifyPush;
  readonly gossip: GossipService;
  readonly internals: Internals;
};

export type Node = Libp2p<Services & Record<string, unknown>>;

export interface NodeOptions {
  readonly privateKey: PrivateKey;
  readonly listen: readonly Multiaddr[];
  readonly discovery: boolean;
  readonly userAgent: string;
  readonly log: Log | undefined;
  readonly limits: NetworkLimits;
}

export interface NodeEvents extends ListenerEvents {
  /** An inbound connection has proven its key: false refuses it. */
  readonly welcome: (peer: PeerId, connection: MultiaddrConnection) => boolean;
  readonly discovered: (peer: PeerId, addresses: readonly string[]) => void;
}

export async function createNode(options: NodeOptions, events: NodeEvents): Promise<Node> {
  const { limits } = options;
  const node = await createLibp2p({
    privateKey: options.privateKey,
    start: false,
    logger: componentLogger(options.log),
    nodeInfo: { name: 'parley', version: '1', userAgent: options.userAgent },
    addresses: { listen: options.listen.map(String) },
    transports: [observedTcp(events)],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: limits.streamsPerConnectionMax,
        maxOutboundStreams: limits.streamsPerConnectionMax,
        // The window a stream starts with belongs to the protocol; how far it may grow is ours to say.
        streamOptions: { maxStreamWindowSize: limits.streamWindowBytesMax },
      }),
    ],
    connectionManager: connectionLimits(limits),
    // One slow answer to a ping aborts a healthy connection; core judges by silence instead.
    connectionMonitor: { enabled: false, abortConnectionOnPingFailure: false },
    connectionGater: {
      denyDialMultiaddr: () => false,
      denyInboundEncryptedConnection: (peer: Libp2pPeerId, connection) => {
        return !events.welcome(peer.toString() as PeerId, connection);
      },
    },
    peerDiscovery: options.discovery ? [discovery(limits, events.discovered)] : [],
    services: {
      identify: identify({ maxInboundStreams: 2, maxOutboundStreams: 2 }),
      identifyPush: identifyPush(),
      ping: ping(),
      gossip: gossipService(limits),
      internals: ({ addressManager, transportManager }: Internals) => {
        return { addressManager, transportManager };
      },
    },
  });
  return node;
}

/** By default 10 idle sockets keep everyone out for 10 s, and 5 connections a second are all a host may make. */
function connectionLimits(limits: NetworkLimits): Record<string, number> {
  return {
    maxConnections: limits.connectionsMax,
    maxIncomingPendingConnections: limits.inboundPendingMax,
    inboundConnectionThreshold: limits.inboundPerHostPerSecond,
    inboundUpgradeTimeout: limits.upgradeTimeoutMs,
    inboundStreamProtocolNegotiationTimeout: limits.linkTimeoutMs,
    outboundStreamProtocolNegotiationTimeout: limits.linkTimeoutMs,
    maxParallelDials: limits.dialsRunningMax * limits.dialAddressesMax,
    maxDialQueueLength: limits.dialsRunningMax * limits.dialAddressesMax,
    // Redialling is core's: libp2p gives up after five tries.
    reconnectRetries: 0,
    maxParallelReconnects: 1,
  };
}

/**
 * Makes libp2p announce the public addresses of this machine too: it holds them back until someone has dialled them,
 * which takes AutoNAT, whose first version closes connections.
 */
export function announceOwnAddresses(node: Node): void {
  const { addressManager, transportManager } = node.services.internals;
  for (const address of transportManager.getAddrs()) {
    addressManager.confirmObservedAddr(address, {
      type: 'transport',
      ttl: Number.MAX_SAFE_INTEGER,
    });
  }
}
