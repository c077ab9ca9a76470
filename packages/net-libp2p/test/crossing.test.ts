// Two sides that act at the same moment, with the moment held still by a peer that we drive by hand.

import { generateKeyPair } from '@libp2p/crypto/keys';
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import type { PeerId } from '@parley/core';
import { RecordedNetwork } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';
import { ACCEPTED } from '../src/link.ts';
import { PROTOCOL } from '../src/links.ts';
import { foreignNode, multiaddrOf, network } from './harness.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

interface Opened {
  readonly stream: Stream;
  readonly connection: Connection;
}

/** A peer, larger or smaller than `self`, that leaves the streams opened to it without an answer. */
async function undecided(self: string, larger: boolean): Promise<[Libp2p, Promise<Opened>]> {
  let privateKey = await generateKeyPair('Ed25519');
  while (peerIdFromPrivateKey(privateKey).toString() > self !== larger) {
    // eslint-disable-next-line no-await-in-loop -- two turns on average
    privateKey = await generateKeyPair('Ed25519');
  }
  const node = await foreignNode({ privateKey, addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } });
  cleanUps.push(() => node.stop());
  const opened = Promise.withResolvers<Opened>();
  await node.handle(PROTOCOL, (stream, connection) => opened.resolve({ stream, connection }));
  return [node, opened.promise];
}

/** What the other side says to a stream: its first byte, or its end. */
function answer(stream: Stream): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    stream.addEventListener('message', ({ data }) => resolve(data.subarray()[0] ?? -1));
    stream.addEventListener('remoteCloseWrite', () => resolve('refused'));
    stream.addEventListener('close', () => resolve('refused'));
    if (stream.remoteWriteStatus === 'closed') resolve('refused');
  });
}

async function started(limits = {}): Promise<RecordedNetwork> {
  const recorded = new RecordedNetwork(network(limits));
  cleanUps.push(() => recorded.network.stop());
  await recorded.start();
  return recorded;
}

test('the smaller peer keeps its own stream and refuses the other one', async () => {
  const a = await started();
  const [node, opened] = await undecided(a.peer, true);
  const addresses = node.getMultiaddrs().map(String);
  a.network.dial({ addresses, peer: null, record: null });
  const { stream } = await opened;
  const back = await node.dial(multiaddrOf(a.addresses()[0] ?? ''), { force: true });
  expect(await answer(await back.newStream(PROTOCOL))).toBe('refused');
  expect(a.of('connected')).toHaveLength(0);
  stream.send(Uint8Array.of(ACCEPTED));
  await a.until('link', () => a.of('dialled').length === 1);
  expect(a.of('connected').map(({ direction }) => direction)).toEqual(['outbound']);
});

test('the larger peer gives its own stream up for the other one', async () => {
  const a = await started();
  const [node, opened] = await undecided(a.peer, false);
  const addresses = node.getMultiaddrs().map(String);
  a.network.dial({ addresses, peer: null, record: null });
  const { stream, connection } = await opened;
  const abandoned = answer(stream);
  const surplus = new Promise((resolve) => connection.addEventListener('close', resolve));
  const back = await node.dial(multiaddrOf(a.addresses()[0] ?? ''), { force: true });
  expect(await answer(await back.newStream(PROTOCOL))).toBe(ACCEPTED);
  expect(await abandoned).toBe('refused');
  await a.until('outcome', () => a.of('dialled').length === 1);
  await surplus;
  expect(a.of('connected').map(({ direction }) => direction)).toEqual(['inbound']);
  expect(a.of('disconnected')).toHaveLength(0);
});

test('the larger peer, once refused, waits for the stream of the smaller one', async () => {
  const a = await started();
  const [node, opened] = await undecided(a.peer, false);
  const addresses = node.getMultiaddrs().map(String);
  a.network.dial({ addresses, peer: null, record: null });
  const { stream, connection } = await opened;
  await stream.close();
  const own = await connection.newStream(PROTOCOL);
  expect(await answer(own)).toBe(ACCEPTED);
  await a.until('outcome', () => a.of('dialled').length === 1);
  own.send(Uint8Array.of(0, 0, 0, 1, 7));
  await a.until('frame', () => a.of('frame').length === 1);
  expect(a.of('disconnected')).toHaveLength(0);
});

test('the link outlives a surplus connection', async () => {
  const a = await started();
  const node = await foreignNode({});
  cleanUps.push(() => node.stop());
  const address = multiaddrOf(a.addresses()[0] ?? '');
  const first = await node.dial(address);
  const second = await node.dial(address, { force: true });
  const stream = await second.newStream(PROTOCOL);
  await a.until('link', () => a.isLinked(node.peerId.toString() as PeerId));
  await first.close();
  stream.send(Uint8Array.of(0, 0, 0, 1, 7));
  await a.until('frame', () => a.of('frame').length === 1);
  expect(a.of('disconnected')).toHaveLength(0);
});

test('the larger peer, once refused for good, says so without waiting', async () => {
  const a = await started();
  const [node, opened] = await undecided(a.peer, false);
  const addresses = node.getMultiaddrs().map(String);
  a.network.dial({ addresses, peer: null, record: null });
  const { stream, connection } = await opened;
  await stream.close();
  connection.abort(new Error('go away'));
  await a.until('outcome', () => a.of('dialFailed').length === 1);
  expect(a.of('dialFailed')[0]?.failure).toBe('refused');
});
