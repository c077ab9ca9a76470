// Starting, being found, and ending.

import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { NetworkError } from '@parley/core';
import { createNetwork } from '@parley/net-libp2p';
import { RecordedNetwork } from '@parley/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isNear } from '../src/address.ts';
import { network } from './harness.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

async function startedOn(listen: readonly string[]): Promise<RecordedNetwork> {
  const recorded = new RecordedNetwork(network({}, listen));
  cleanUps.push(() => recorded.network.stop());
  await recorded.start();
  return recorded;
}

describe('starting', () => {
  test('tells the addresses as host and port first of all', async () => {
    const a = await startedOn(['127.0.0.1:0']);
    expect(a.events[0]).toMatchObject({ kind: 'listening' });
    expect(a.addresses()).toHaveLength(1);
    expect(a.addresses()[0]).toMatch(/^127\.0\.0\.1:[1-9]\d*$/u);
  });

  test('on all interfaces tells the address of each', async () => {
    const a = await startedOn(['0.0.0.0:0']);
    const own = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, address }) => family === 'IPv4' && !address.startsWith('169.254.'));
    const hosts = a.addresses().map((address) => address.split(':')[0] ?? '');
    expect(new Set(hosts)).toEqual(new Set(own.map(({ address }) => address)));
    expect(hosts.some(isNear)).toBe(true);
  });

  test('listens for WebSockets beside TCP where it is asked to, and both make links', async () => {
    const a = await startedOn(['127.0.0.1:0', '/dns4/localhost/tcp/0/ws']);
    const [plain = '', socket = ''] = a.addresses();
    expect(plain).toMatch(/^127\.0\.0\.1:[1-9]\d*$/u);
    expect(socket).toMatch(/^\/ip[46]\/(?:127\.0\.0\.1|::1)\/tcp\/[1-9]\d*\/ws$/u);
    for (const address of [plain, socket]) {
      const b = await startedOn([]);
      b.network.dial({ addresses: [address], peer: null, record: null });
      await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
      expect(b.of('connected')).toMatchObject([{ address, path: 'lan' }]);
      await b.until('its record', () => b.of('record').length === 1);
      expect(b.of('record')[0]?.addresses).toEqual([plain, socket]);
    }
  });

  test('looks names up', async () => {
    const a = await startedOn(['localhost:0']);
    expect(a.addresses()[0]).toMatch(/^(?:127\.0\.0\.1|\[::1\]):[1-9]\d*$/u);
  });

  test('without an address can still dial', async () => {
    const [a, b] = [await startedOn([]), await startedOn(['127.0.0.1:0'])];
    expect(a.addresses()).toEqual([]);
    await a.connect(b);
  });

  test.each([
    ['192.0.2.1:0', 'address-not-available'],
    ['nowhere.invalid:0', 'address-not-available'],
    ['127.0.0.1:99999', 'bad-address'],
    ['/ip4/127.0.0.1/udp/1', 'bad-address'],
    ['/ip4/127.0.0.1/tcp/0/tls/ws', 'bad-address'],
    ['/ip4/192.0.2.1/tcp/0/ws', 'address-not-available'],
  ])('on %s fails as %s', async (address, code) => {
    const a = network({}, [address]);
    const error: unknown = await a.start(() => undefined).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(address) });
    await a.stop();
  });

  test('on one good and one bad address fails, and lets go of the good one', async () => {
    const a = await startedOn(['127.0.0.1:0']);
    const [taken = ''] = a.addresses();
    const free = await startedOn(['127.0.0.1:0']);
    const [wanted = ''] = free.addresses();
    await free.network.stop();
    await expect(network({}, [wanted, taken]).start(() => undefined)).rejects.toThrow(taken);
    expect((await startedOn([wanted])).addresses()).toEqual([wanted]);
  });

  test('happens once', async () => {
    const a = await startedOn([]);
    await expect(a.network.start(() => undefined)).rejects.toThrow('once');
  });

  test('needs a key of 32 bytes, and the key makes the peer', () => {
    const options = { listen: [], discovery: false, userAgent: 'test' };
    const privateKey = new Uint8Array(32).fill(7);
    const { peer } = createNetwork({ ...options, privateKey });
    expect(createNetwork({ ...options, privateKey }).peer).toBe(peer);
    expect(peer).toMatch(/^12D3KooW/u);
    expect(() => createNetwork({ ...options, privateKey: randomBytes(31) })).toThrow(RangeError);
  });
});

describe('the LAN', () => {
  test('is searched without a word on stderr, whatever multicast does here', async () => {
    const stderr = vi.spyOn(process.stderr, 'write');
    const peers = ['a', 'b'].map(() => {
      const options = { privateKey: randomBytes(32), listen: ['0.0.0.0:0'], userAgent: 'test' };
      return new RecordedNetwork(createNetwork({ ...options, discovery: true }));
    });
    for (const { network: one } of peers) cleanUps.push(() => one.stop());
    await Promise.all(peers.map((one) => one.start()));
    const [a, b] = peers;
    if (a === undefined || b === undefined) throw new Error('no peers');
    await a.connect(b);
    await Promise.all(peers.map((one) => one.network.stop()));
    for (const { target } of a.of('discovered')) expect(target.peer).not.toBe(a.peer);
    expect(stderr).not.toHaveBeenCalled();
    stderr.mockRestore();
  });
});

describe('one answer for equal dials', () => {
  test('a hundred dials of one target are one connection', async () => {
    const [a, b] = [await startedOn(['127.0.0.1:0']), await startedOn(['127.0.0.1:0'])];
    for (let count = 0; count < 100; count += 1) a.network.dial(b.target());
    await a.until('answers', () => a.of('dialled').length === 100);
    expect(b.of('connected')).toHaveLength(1);
    expect(b.of('strangers')).toHaveLength(0);
  });

  test('dials beyond what may wait fail at once', async () => {
    const recorded = new RecordedNetwork(network({ dialsRunningMax: 1, dialsWaitingMax: 2 }));
    cleanUps.push(() => recorded.network.stop());
    await recorded.start();
    for (let port = 1; port <= 10; port += 1) {
      recorded.network.dial({ addresses: [`127.0.0.1:${port}`], peer: null, record: null });
    }
    await recorded.until('failures', () => recorded.of('dialFailed').length === 10);
    const texts = recorded.of('dialFailed').map(({ text }) => text);
    expect(texts.filter((text) => text.includes('too many'))).toHaveLength(8);
  });

  test('dials under way at the end fail as stopped', async () => {
    const { createServer } = await import('node:net');
    const server = createServer((socket) => {
      cleanUps.push(() => socket.destroy());
      socket.on('error', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    cleanUps.push(() => server.close());
    await vi.waitFor(() => expect(server.address()).not.toBeNull());
    const bound = server.address();
    const port = typeof bound === 'object' ? bound?.port : 0;
    const a = await startedOn([]);
    a.network.dial({ addresses: [`127.0.0.1:${port}`], peer: null, record: null });
    await vi.waitFor(async () => {
      const count = await new Promise<number>((resolve, reject) => {
        server.getConnections((error, open) => (error === null ? resolve(open) : reject(error)));
      });
      expect(count).toBe(1);
    });
    await a.network.stop();
    expect(a.of('dialFailed').map(({ failure }) => failure)).toEqual(['stopped']);
  });
});
