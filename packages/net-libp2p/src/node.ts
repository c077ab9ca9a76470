// The libp2p node and its settings: its defaults fail under load, cuts and floods; each departure says which.

import type { Libp2p, MultiaddrConnection, PeerId as Libp2pPeerId } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '@parley/core';
import { createLibp2p } from 'libp2p';
import { announced } from './announced.ts';
import { discovery } from './discovery.ts';
import type { NetworkLimits } from './limits.ts';
import type { ListenerEvents } from './listener.ts';
import { componentLogger } from './logger.ts';
import type { NodeOptions } from './node-options.ts';
import { relayGate } from './relay-server.ts';
import type { Relaying } from './relay-server.ts';
import { services } from './services.ts';
import type { Services } from './services.ts';
import { transports } from './transports.ts';

export type Node = Libp2p<Services & Record<string, unknown>>;

export interface NodeEvents extends ListenerEvents {
  /** False refuses whoever comes from there, before anything is known of them. */
  readonly mayCome: (from: Multiaddr) => boolean;
  /** An inbound connection has proven its key: false refuses it. */
  readonly welcome: (peer: PeerId, connection: MultiaddrConnection) => boolean;
  readonly discovered: (peer: PeerId, addresses: readonly string[]) => void;
}

export async function createNode(options: NodeOptions, events: NodeEvents): Promise<Node> {
  const { limits } = options;
  let made: Node | null = null;
  const relaying = (): Relaying | null => {
    const relay = made?.services.relay;
    if (made === null || relay === undefined) return null;
    return { relay, connections: (peer) => made?.getConnections(peer) ?? [] };
  };
  const node = await createLibp2p({
    privateKey: options.privateKey,
    start: false,
    logger: componentLogger(options.log),
    nodeInfo: { name: 'parley', version: '1', userAgent: options.userAgent },
    addresses: { listen: options.listen.map(String), announceFilter: announced },
    transports: await transports(options, events),
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
      denyInboundConnection: ({ remoteAddr }) => !events.mayCome(remoteAddr),
      denyInboundEncryptedConnection: (peer: Libp2pPeerId, connection) => {
        return !events.welcome(peer.toString() as PeerId, connection);
      },
      ...relayGate(limits, relaying),
    },
    peerDiscovery: options.discovery ? [discovery(limits, events.discovered)] : [],
    services: services(options),
  });
  made = node;
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
