// Networks for tests, and peers that speak libp2p as they please.

import { randomBytes } from 'node:crypto';
import type { Connection, Libp2p, Stream, StreamMessageEvent } from '@libp2p/interface';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import type { Network, PeerId } from '@parley/core';
import { createNetwork } from '@parley/net-libp2p';
import type { NetworkLimits, NetworkOptions } from '@parley/net-libp2p';
import { RecordedNetwork } from '@parley/testkit';
import type { NetworkHarness, SilentPeer } from '@parley/testkit';
import { createLibp2p } from 'libp2p';
import type { Libp2pOptions } from 'libp2p';
import { FrameDecoder } from '../src/frames.ts';
import { PROTOCOL } from '../src/links.ts';

export function network(
  limits: Partial<NetworkLimits> = {},
  listen: readonly string[] = ['127.0.0.1:0'],
  ways: Pick<NetworkOptions, 'relay' | 'webrtc' | 'log'> = {},
): Network {
  const privateKey = randomBytes(32);
  const fixed = { discovery: false, userAgent: 'test' };
  return createNetwork({ privateKey, listen, limits, ...ways, ...fixed });
}

/** A libp2p node that is none of ours. */
export function foreignNode(options: Libp2pOptions = {}): Promise<Libp2p> {
  return createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { enabled: false },
    connectionManager: { inboundConnectionThreshold: 1_000 },
    services: { identify: identify() },
    ...options,
  });
}

export function multiaddrOf(address: string): ReturnType<typeof multiaddr> {
  const [host = '', port = ''] = address.split(':');
  return multiaddr(`/ip4/${host}/tcp/${port}`);
}

export interface RawLink {
  readonly node: Libp2p;
  readonly connection: Connection;
  readonly stream: Stream;
}

/** Opens a link by hand, and reads nothing from it but its acceptance. */
export async function rawLink(address: string, options?: Libp2pOptions): Promise<RawLink> {
  const node = await foreignNode(options);
  const connection = await node.dial(multiaddrOf(address));
  const stream = await connection.newStream(PROTOCOL);
  await new Promise<void>((resolve) => {
    const accepted = ({ data }: StreamMessageEvent): void => {
      if (data.byteLength !== 1) throw new Error('more than an acceptance');
      stream.removeEventListener('message', accepted);
      stream.pause();
      resolve();
    };
    stream.addEventListener('message', accepted);
  });
  return { node, connection, stream };
}

async function silentPeer([address = '']: readonly string[]): Promise<SilentPeer> {
  const { node, stream } = await rawLink(address);
  let frames = 0;
  const decoder = new FrameDecoder(1_048_576, () => {
    frames += 1;
  });
  stream.addEventListener('message', ({ data }) => decoder.push(data.subarray()));
  return {
    peer: node.peerId.toString() as PeerId,
    read: () => stream.resume(),
    framesRead: () => frames,
    stop: async () => {
      stream.abort(new Error('over'));
      await node.stop();
    },
  };
}

/** A third that relays, and is of no use to either once they do without it. */
async function linkOverRelay(a: RecordedNetwork, b: RecordedNetwork): Promise<void> {
  const relay = new RecordedNetwork(network({}, ['127.0.0.1:0'], { relay: 'serve' }));
  await relay.start();
  for (const one of [a, b]) await one.connect(relay);
  const record = (): Uint8Array | undefined => {
    const told = relay.of('record').filter(({ peer }) => peer === b.peer);
    return told.findLast(({ addresses }) => addresses.some((way) => way.includes('/p2p-circuit')))
      ?.record;
  };
  await relay.until('a reservation', () => record() !== undefined);
  a.network.dial({ addresses: [], peer: b.peer, record: record() ?? null });
  await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
  const stop = (): void => void relay.network.stop();
  void Promise.all([a, b].map((one) => one.until('another way', () => one.of('path').length > 0)))
    .then(stop)
    .catch(stop);
}

export const harness: NetworkHarness = {
  create: (listen) => network({}, listen),
  linkOverRelay,
  silentPeer,
};
