// What others may do to a network, beside what libp2p's defaults let them do.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Libp2p } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { NETWORK_LIMITS } from '@parley/net-libp2p';
import { RecordedNetwork } from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeMark } from '../src/frames.ts';
import { foreignNode, multiaddrOf, network, rawLink } from './harness.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

async function started(limits = {}): Promise<RecordedNetwork> {
  const recorded = new RecordedNetwork(network(limits));
  cleanUps.push(() => recorded.network.stop());
  await recorded.start();
  return recorded;
}

async function foreign(options = {}): Promise<Libp2p> {
  const node = await foreignNode(options);
  cleanUps.push(() => node.stop());
  return node;
}

/** A bare socket; that the other side closes it is no error. */
async function socketTo(address: string): Promise<Socket> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect(Number(port), host);
  socket.on('error', () => socket.destroy());
  cleanUps.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

function strangers(recorded: RecordedNetwork): number {
  return recorded.of('strangers').reduce((sum, { count }) => sum + count, 0);
}

/** A frame there and back: the link works. */
async function exchange(a: RecordedNetwork, b: RecordedNetwork): Promise<void> {
  const [before, beforeBack] = [b.of('frame').length, a.of('frame').length];
  a.network.send(b.peer, randomBytes(100));
  await b.until('frame', () => b.of('frame').length > before);
  b.network.send(a.peer, randomBytes(100));
  await a.until('frame', () => a.of('frame').length > beforeBack);
}

describe('strangers', () => {
  const hello: Readonly<Record<string, Uint8Array>> = {
    http: Buffer.from('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n'),
    tls: Buffer.concat([Buffer.from('160301020001000001fc0303', 'hex'), randomBytes(500)]),
    garbage: randomBytes(65_536),
    'a length of 4 GiB': Buffer.alloc(64, 255),
    silence: Buffer.alloc(0),
  };

  test.each(Object.entries(hello))('%s is counted and disturbs no link', async (_, bytes) => {
    const [a, b] = [
      await started({ upgradeTimeoutMs: 300, strangersIntervalMs: 50 }),
      await started(),
    ];
    await b.connect(a);
    const sockets = await Promise.all([1, 2, 3].map(() => socketTo(a.addresses()[0] ?? '')));
    const closed = sockets.map(closing);
    for (const socket of sockets) socket.write(bytes);
    await a.until('strangers', () => strangers(a) === 3);
    await Promise.all(closed);
    await exchange(a, b);
    expect(a.of('disconnected')).toHaveLength(0);
  });

  test('a libp2p node that opens no link is a stranger too, and is closed', async () => {
    const a = await started({ linkTimeoutMs: 200, strangersIntervalMs: 50 });
    const node = await foreign();
    const connection = await node.dial(multiaddrOf(a.addresses()[0] ?? ''));
    const closed = once(connection, 'close');
    await a.until('stranger', () => strangers(a) === 1);
    await closed;
    expect(a.of('connected')).toHaveLength(0);
  });

  test('dialling oneself makes nobody a stranger', async () => {
    const a = await started({ strangersIntervalMs: 50 });
    await a.failedDial(a.target(null));
    const socket = await socketTo(a.addresses()[0] ?? '');
    socket.write(hello['http'] ?? '');
    await a.until('strangers', () => strangers(a) > 0);
    expect(strangers(a)).toBe(1);
  });
});

describe('dials that meet no parley', () => {
  test.each([
    ['http', 'not-parley'],
    ['silence', 'timeout'],
    ['a closed door', 'not-parley'],
  ])('%s fails as %s', async (kind, failure) => {
    const { createServer } = await import('node:net');
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      cleanUps.push(() => socket.destroy());
      if (kind === 'http') socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      if (kind === 'a closed door') socket.destroy();
    }).listen(0, '127.0.0.1');
    cleanUps.push(() => server.close());
    await once(server, 'listening');
    const bound = server.address();
    const port = typeof bound === 'object' ? bound?.port : 0;
    const a = await started({ dialTimeoutMs: 500 });
    const target = { addresses: [`127.0.0.1:${port}`], peer: null, record: null };
    expect((await a.failedDial(target)).failure).toBe(failure);
  });

  test('libp2p without our protocol fails as not-parley', async () => {
    const node = await foreign({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } });
    const a = await started();
    const addresses = node.getMultiaddrs().map(String);
    const failed = await a.failedDial({ addresses, peer: null, record: null });
    expect(failed.failure).toBe('not-parley');
  });

  test('no dial outlasts the patience of the port', () => {
    expect(NETWORK_LIMITS.dialTimeoutMs).toBeLessThan(5_000);
  });
});

describe('200 idle sockets', () => {
  const IDLE = 200;
  const HONEST = 10;

  test('keep honest dials out of a default node', { timeout: 30_000 }, async () => {
    const node = await foreign({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } });
    const [address] = node.getMultiaddrs();
    if (address === undefined) throw new Error('no address');
    const [, port] = address.getComponents();
    await Promise.all(Array.from({ length: IDLE }, () => socketTo(`127.0.0.1:${port?.value}`)));
    const dials = await Promise.allSettled(
      Array.from({ length: HONEST }, async () => {
        return (await foreign()).dial(address, { signal: AbortSignal.timeout(2_000) });
      }),
    );
    expect(dials.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
  });

  test('keep nobody out of ours', { timeout: 30_000 }, async () => {
    const a = await started();
    const address = a.addresses()[0] ?? '';
    await Promise.all(Array.from({ length: IDLE }, () => socketTo(address)));
    const honest = await Promise.all(Array.from({ length: HONEST }, () => started()));
    await Promise.all(honest.map((one) => one.connect(a)));
    expect(honest.flatMap((one) => one.of('dialFailed'))).toEqual([]);
  });

  test('even a flood from one host cannot fill what waits', () => {
    const { inboundPerHostPerSecond, upgradeTimeoutMs, inboundPendingMax } = NETWORK_LIMITS;
    expect((inboundPerHostPerSecond * upgradeTimeoutMs) / 1_000).toBeLessThan(inboundPendingMax);
  });
});

describe('a peer that answers no ping', () => {
  const PING = '/ipfs/ping/1.0.0';

  test('is cut off by a default node, and stays linked with ours', {
    timeout: 30_000,
  }, async () => {
    const ours = await started();
    const { node, stream } = await rawLink(ours.addresses()[0] ?? '', {
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    });
    cleanUps.push(() => node.stop());
    const pings: string[] = [];
    await node.handle(PING, (_, connection) => {
      pings.push(connection.remotePeer.toString());
    });
    const byDefault = await foreign({
      connectionMonitor: { pingInterval: 100, pingTimeout: { minTimeout: 100, maxTimeout: 100 } },
    });
    const cut = once(await byDefault.dial(node.getMultiaddrs()), 'close');
    await cut;
    expect(new Set(pings)).toEqual(new Set([byDefault.peerId.toString()]));
    stream.send(Uint8Array.of(0, 0, 0, 1, 7));
    await ours.until('frame', () => ours.of('frame').length === 1);
    expect(ours.of('disconnected')).toHaveLength(0);
  });
});

describe('WebSockets', () => {
  test.each([
    ['nothing', ''],
    ['half a request', 'GET / HTTP/1.1\r\nHost: here\r\n'],
    ['a request for a page', 'GET / HTTP/1.1\r\nHost: here\r\nConnection: keep-alive\r\n\r\n'],
  ])('that say %s are closed, and keep nobody out', async (_what, said) => {
    const listen = ['/ip4/127.0.0.1/tcp/0/ws'];
    const a = new RecordedNetwork(network({ upgradeTimeoutMs: 500 }, listen));
    cleanUps.push(() => a.network.stop());
    await a.start();
    const port = /tcp\/(\d+)/u.exec(a.addresses()[0] ?? '')?.[1] ?? '';
    const silent = await Promise.all(
      Array.from({ length: 20 }, () => socketTo(`127.0.0.1:${port}`)),
    );
    const closed = Promise.all(silent.map(closing));
    for (const socket of silent) socket.resume().write(said);
    const b = await started();
    b.network.dial(a.target());
    await b.untilLinked(a);
    await exchange(a, b);
    await expect(closed).resolves.toHaveLength(silent.length);
  });
});

describe('links that misbehave', () => {
  test('a frame announced with 4 GiB ends that link alone', async () => {
    const [a, b] = [await started(), await started()];
    await b.connect(a);
    const { node, stream } = await rawLink(a.addresses()[0] ?? '');
    cleanUps.push(() => node.stop());
    const peer = node.peerId.toString() as PeerId;
    stream.send(Buffer.alloc(8, 254));
    await a.until('end', () => !a.isLinked(peer) && a.of('disconnected').length === 1);
    expect(a.of('disconnected')[0]).toMatchObject({ peer, reason: 'frame too long' });
    await exchange(a, b);
  });

  test.each([
    ['that it moves, and does not', 'moved', 'moved nowhere'],
    ['that it has moved, but was not asked to', 'ready', 'moved out of turn'],
  ] as const)('a peer that says %s ends its own link alone', async (_what, mark, reason) => {
    const [a, b] = [await started({ moveMsMax: 100 }), await started()];
    await b.connect(a);
    const { node, stream } = await rawLink(a.addresses()[0] ?? '');
    cleanUps.push(() => node.stop());
    stream.send(encodeMark(mark));
    await a.until('end', () => a.of('disconnected').length === 1);
    expect(a.of('disconnected')[0]).toMatchObject({ peer: node.peerId.toString(), reason });
    await exchange(a, b);
  });

  test('a peer may replace its own link, and nobody else notices', async () => {
    const [a, b] = [await started(), await started()];
    await b.connect(a);
    const { node, connection } = await rawLink(a.addresses()[0] ?? '');
    cleanUps.push(() => node.stop());
    const peer = node.peerId.toString() as PeerId;
    const again = await connection.newStream('/parley/1');
    await a.until('replacement', () => a.of('connected').length === 3);
    again.send(Uint8Array.of(0, 0, 0, 1, 7));
    await a.until('frame', () => a.of('frame').length === 1);
    expect(a.of('disconnected')).toHaveLength(1);
    expect(a.of('disconnected')[0]?.peer).toBe(peer);
    await exchange(a, b);
  });

  test('who was hung up on is refused for a while', async () => {
    const [a, b] = [await started(), await started()];
    await b.connect(a);
    a.network.hangUp(b.peer, 60_000);
    await b.until('end', () => b.of('disconnected').length === 1);
    expect((await b.failedDial(a.target())).failure).toBe('refused');
    expect(a.of('connected')).toHaveLength(1);
    await a.connect(b);
  });

  test('a suspended process delays neither the others nor the end', {
    timeout: 30_000,
  }, async () => {
    const [a, b] = [await started(), await started()];
    await b.connect(a);
    const script = fileURLToPath(new URL('suspended-peer.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--conditions=development', script, a.addresses()[0] ?? ''],
      { stdio: ['pipe', 'inherit', 'inherit'] },
    );
    cleanUps.push(() => child.kill('SIGKILL'));
    await a.until('link', () => a.of('connected').length === 2);
    const peer = a.of('connected')[1]?.peer as PeerId;
    child.kill('SIGSTOP');
    const frame = new Uint8Array(65_536);
    while (a.network.send(peer, frame)) await exchange(a, b);
    // The earlier of two timers fires first however busy the machine is.
    const late = new Promise((resolve) => {
      setTimeout(() => resolve('late'), 1_000);
    });
    expect(await Promise.race([a.network.stop(), late])).toBeUndefined();
    expect(a.of('disconnected').map((event) => event.peer)).toContain(peer);
  });
});
