// The parts that can be proved without a network.

import type { Connection } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import * as fc from 'fast-check';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import { describe, expect, test, vi } from 'vitest';
import { formatAddress, isNear, parseAddress, pathOf, relayOf } from '../src/address.ts';
import { DialError, dialError, listenError, mostTelling } from '../src/errors.ts';
import { FarEnds } from '../src/far-end.ts';
import { FrameDecoder, encodeFrames, encodeMark, wireBytes } from '../src/frames.ts';
import type { Mark } from '../src/frames.ts';
import type { Link } from '../src/link.ts';
import { NETWORK_LIMITS } from '../src/limits.ts';
import { needsRelay } from '../src/reservations.ts';
import { SendQueue } from '../src/send-queue.ts';
import type { Sink } from '../src/send-queue.ts';
import { Strangers } from '../src/strangers.ts';
import { NetworkWatch } from '../src/watch.ts';

describe('frames', () => {
  const frame = fc.uint8Array({ maxLength: 300 });

  test('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat({ max: 50 })), (frames, cuts) => {
        const bytes = encodeFrames(
          frames,
          frames.reduce((sum, one) => sum + wireBytes(one), 0),
        );
        const got: Uint8Array[] = [];
        const decoder = new FrameDecoder(300, (one) => got.push(one));
        let offset = 0;
        for (const cut of cuts) {
          expect(decoder.push(bytes.subarray(offset, offset + cut))).toBe(true);
          offset = Math.min(bytes.byteLength, offset + cut);
        }
        expect(decoder.push(bytes.subarray(offset))).toBe(true);
        expect(got.map((one) => [...one])).toEqual(frames.map((one) => [...one]));
      }),
    );
  });

  test('and the marks between them come out in the order in which they went in', () => {
    const part = fc.oneof(frame, fc.constantFrom<Mark>('moved', 'ready'));
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: 1, max: 50 }), (parts, cut) => {
        const bytes = Buffer.concat(
          parts.map((one) =>
            typeof one === 'string' ? encodeMark(one) : encodeFrames([one], wireBytes(one)),
          ),
        );
        const got: (Uint8Array | Mark)[] = [];
        const decoder = new FrameDecoder(
          300,
          (one) => got.push(one),
          (mark) => got.push(mark),
        );
        for (let offset = 0; offset < bytes.length; offset += cut) {
          expect(decoder.push(bytes.subarray(offset, offset + cut))).toBe(true);
        }
        expect(got.map(String)).toEqual(parts.map(String));
      }),
    );
  });

  test('over the limit stop the decoder before their bytes are stored', () => {
    fc.assert(
      fc.property(fc.integer({ min: 301, max: 0xff_ff_ff_fd }), (length) => {
        const got: Uint8Array[] = [];
        const decoder = new FrameDecoder(300, (one) => got.push(one));
        const header = new Uint8Array(4);
        new DataView(header.buffer).setUint32(0, length);
        expect(decoder.push(header)).toBe(false);
        expect(got).toEqual([]);
      }),
    );
  });
});

class FakeSink implements Sink {
  readonly writes: Uint8Array[] = [];
  writableNeedsDrain = false;
  writeBufferLength = 0;
  send(data: Uint8Array): boolean {
    this.writes.push(data);
    return !this.writableNeedsDrain;
  }
}

function queueOver(sink: Sink): { queue: SendQueue; happened: string[] } {
  const happened: string[] = [];
  const queue = new SendQueue(sink, NETWORK_LIMITS, {
    drained: () => happened.push('drained'),
    failed: (reason) => happened.push(reason),
  });
  return { queue, happened };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what waits to be sent', () => {
  test('leaves in one write for all frames of a tick', async () => {
    const sink = new FakeSink();
    const { queue } = queueOver(sink);
    for (let count = 0; count < 500; count += 1) queue.push(new Uint8Array(100));
    expect(sink.writes).toHaveLength(0);
    await turn();
    expect(sink.writes.map((write) => write.byteLength)).toEqual([52_000]);
  });

  test('leaves in writes of a bounded size', async () => {
    const sink = new FakeSink();
    const { queue } = queueOver(sink);
    for (let count = 0; count < 3_000; count += 1) queue.push(new Uint8Array(100));
    await turn();
    const sizes = sink.writes.map((write) => write.byteLength);
    expect(Math.max(...sizes)).toBeLessThan(2 * NETWORK_LIMITS.writeBytesTarget);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3_000 * 104);
  });

  test('waits for a full stream, and says once that it has drained', async () => {
    const sink = new FakeSink();
    sink.writableNeedsDrain = true;
    const { queue, happened } = queueOver(sink);
    const frame = new Uint8Array(65_536);
    while (queue.push(frame));
    expect(queue.push(frame)).toBe(false);
    await turn();
    expect(sink.writes).toHaveLength(0);
    expect(happened).toEqual([]);
    sink.writableNeedsDrain = false;
    queue.flush();
    expect(happened).toEqual(['drained']);
    expect(queue.bytes).toBe(0);
    expect(queue.push(frame)).toBe(true);
  });

  test('counts what the stream itself still holds', () => {
    const sink = new FakeSink();
    const { queue } = queueOver(sink);
    sink.writeBufferLength = NETWORK_LIMITS.sendQueueBytesHigh;
    expect(queue.push(new Uint8Array(1))).toBe(false);
  });

  test('never exceeds the hard limit', () => {
    const sink = new FakeSink();
    sink.writableNeedsDrain = true;
    const { queue, happened } = queueOver(sink);
    let most = 0;
    for (let count = 0; count < 200; count += 1) {
      queue.push(new Uint8Array(65_536));
      most = Math.max(most, queue.bytes);
    }
    expect(most).toBeLessThanOrEqual(NETWORK_LIMITS.sendQueueBytesMax);
    expect(happened).toEqual(['too slow']);
    expect(queue.bytes).toBe(0);
  });

  test('fails with the stream', async () => {
    const sink = new FakeSink();
    sink.send = () => {
      throw new Error('stream is closed');
    };
    const { queue, happened } = queueOver(sink);
    queue.push(new Uint8Array(1));
    await turn();
    expect(happened).toEqual(['stream is closed']);
    expect(queue.push(new Uint8Array(1))).toBe(false);
  });
});

function path(text: string): string {
  return pathOf(multiaddr(text));
}

const someone = '12D3KooWJCqxRcwZcTmKh9fjA1pZohUkVrDGStAqfBa7Nnrjr9GW';

describe('addresses', () => {
  test.each([
    ['127.0.0.1:4747', '/ip4/127.0.0.1/tcp/4747', '127.0.0.1:4747'],
    ['[::1]:0', '/ip6/::1/tcp/0', '[::1]:0'],
    ['[fe80::1%eth0]:4747', '/ip6zone/eth0/ip6/fe80::1/tcp/4747', '[fe80::1%eth0]:4747'],
    ['ops.example.org:22', '/dns/ops.example.org/tcp/22', 'ops.example.org:22'],
    ['localhost:1', '/dns/localhost/tcp/1', 'localhost:1'],
    ['/dns4/example.org/tcp/443', '/dns4/example.org/tcp/443', 'example.org:443'],
  ])('%s is understood and printed again', (text, expected, printed) => {
    const parsed = parseAddress(text);
    expect(parsed.ok && parsed.value.multiaddr.toString()).toBe(expected);
    expect(parsed.ok && formatAddress(parsed.value.multiaddr)).toBe(printed);
  });

  test.each([
    ['', '4747', ':4747', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:-1'],
    ['1.2.3:1', '999.1.1.1:1', '::1:4747', '[::1]', '[1.2.3.4]:1', 'a b:1', '-:1', '/ip4/1.2.3.4'],
    ['/ip4/1.2.3.4/udp/1', '/ip4/1.2.3.4/ws', '/nonsense', '/unix/tmp%2fsocket'],
    ['/p2p-circuit', `/p2p/${someone}/p2p-circuit`, '/ip4/1.2.3.4/tcp/1/p2p-circuit'],
    [`/ip4/1.2.3.4/tcp/1/p2p/${someone}/p2p-circuit/p2p/${someone}/p2p-circuit`],
  ])('%s and its like are none', (...texts) => {
    expect(texts.filter((text) => parseAddress(text).ok)).toEqual([]);
  });

  test('a multiaddr may name whose key must answer', () => {
    const parsed = parseAddress(`/ip4/127.0.0.1/tcp/1/p2p/${someone}`);
    expect(parsed.ok && parsed.value.peer).toBe(someone);
    expect(parsed.ok && parsed.value.multiaddr.toString()).toBe('/ip4/127.0.0.1/tcp/1');
  });

  test('a WebSocket is printed as a multiaddr, and so is a way over a relay', () => {
    const relay = `/ip4/93.184.216.34/tcp/1/p2p/${someone}/p2p-circuit`;
    for (const [text, kind] of [
      ['/ip4/1.2.3.4/tcp/1/ws', 'ws'],
      ['/dns4/example.org/tcp/443/tls/ws', 'ws'],
      ['/dns4/example.org/tcp/443/wss', 'ws'],
      [relay, 'circuit'],
    ] as const) {
      const parsed = parseAddress(`${text}/p2p/${someone}`);
      expect(parsed).toMatchObject({ ok: true, value: { kind, peer: someone } });
      expect(parsed.ok && formatAddress(parsed.value.multiaddr)).toBe(text);
    }
    expect(relayOf(multiaddr(relay))).toMatchObject({ kind: 'tcp', peer: someone });
    expect(relayOf(multiaddr('/ip4/1.2.3.4/tcp/1'))).toBe(null);
  });

  test('nothing that is typed throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof parseAddress(text).ok).toBe('boolean');
        expect(typeof parseAddress(`/${text}`).ok).toBe('boolean');
      }),
    );
  });

  test('the path tells the LAN from the internet and from a relay', () => {
    expect(path('/ip4/192.168.1.2/tcp/1')).toBe('lan');
    expect(path('/ip6/fe80::1/tcp/1')).toBe('lan');
    expect(path('/ip4/93.184.216.34/tcp/1')).toBe('direct');
    expect(path('/ip6/2001:db8::1/tcp/1')).toBe('direct');
    const relayed = `/ip4/127.0.0.1/tcp/1/p2p/${someone}/p2p-circuit`;
    expect(path(relayed)).toBe('relayed');
    expect(path(`${relayed}/webrtc/p2p/${someone}`)).toBe('direct');
    expect(path(`/webrtc/p2p/${someone}`)).toBe('direct');
    expect(['10.1.2.3', '172.16.0.1', '169.254.1.1', '::1', 'fd00::1'].every(isNear)).toBe(true);
    expect(['172.32.0.1', '8.8.8.8', '2001:db8::1', 'example.org'].some(isNear)).toBe(false);
  });
});

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function pairWith(address: string): object {
  return { remote: { address, port: 9 } };
}

describe('where a link goes', () => {
  const peer = '12D3KooWQ' as PeerId;
  const remoteAddr = multiaddr('/ip4/203.0.113.1/tcp/1/p2p-circuit/webrtc');
  function punched(found: { pair: object | null }): Pick<Link, 'peer' | 'connection'> {
    const maConn = { peerConnection: { selectedCandidatePair: () => found.pair } };
    return { peer, connection: { remoteAddr, maConn } as unknown as Connection };
  }

  test('is told once, and again when WebRTC has found a better address', () => {
    const [ends, found] = [new FarEnds(), { pair: pairWith('203.0.113.7') }];
    const link = punched(found);
    expect(ends.news(link)).toEqual({ address: '203.0.113.7:9', path: 'direct' });
    expect(ends.news(link)).toBeNull();
    found.pair = pairWith('fd00::7');
    expect(ends.news(link)).toEqual({ address: '[fd00::7]:9', path: 'lan' });
    expect(ends.news(link)).toBeNull();
  });

  test('is told anew of who came back', () => {
    const ends = new FarEnds();
    const link = punched({ pair: pairWith('10.0.0.7') });
    ends.news(link);
    ends.forget(peer);
    expect(ends.news(link)).toEqual({ address: '10.0.0.7:9', path: 'lan' });
  });

  test('is a direct way at an address not known yet, until WebRTC says where', () => {
    const end = new FarEnds().news(punched({ pair: null }));
    expect(end?.path).toBe('direct');
  });
});

describe('errors', () => {
  test('of dials are named after their cause', () => {
    expect(dialError(coded('ECONNREFUSED'), false).failure).toBe('refused');
    expect(dialError(coded('EHOSTUNREACH'), false).failure).toBe('unreachable');
    expect(dialError(coded('ENOTFOUND'), false).failure).toBe('unreachable');
    expect(dialError(new Error('Can not dial self'), false).failure).toBe('self');
    expect(dialError(new Error('anything'), true).failure).toBe('timeout');
    expect(dialError('no error at all', false).failure).toBe('unreachable');
  });

  test('of several addresses are told by the one that says most', () => {
    const errors = (['bad-address', 'refused', 'wrong-peer', 'timeout'] as const).map((failure) => {
      return new DialError(failure, failure);
    });
    expect(mostTelling(errors).failure).toBe('wrong-peer');
    expect(mostTelling([]).failure).toBe('bad-address');
  });

  test('of listening name the address and the cause', () => {
    const error = listenError('127.0.0.1:80', coded('EACCES'));
    expect(error.code).toBe('permission');
    expect(error.message).toBe('cannot listen on 127.0.0.1:80: this port needs more rights');
    expect(listenError('x', coded('EADDRINUSE')).code).toBe('address-in-use');
    expect(listenError('x', coded('EADDRNOTAVAIL')).code).toBe('address-not-available');
    expect(listenError('x', new Error('strange')).code).toBe('io');
  });
});

describe('the watch', () => {
  const wired = { address: '10.0.0.2', netmask: '255.0.0.0', mac: '', internal: false } as const;
  const eth0 = { ...wired, family: 'IPv4', cidr: '10.0.0.2/8' } as const;

  test('sees interfaces come and go, a sleep, and a clock that was set', () => {
    let nowMs = 1_000_000;
    let interfaces: NodeJS.Dict<[typeof eth0]> = {};
    const world = { interfaces: () => interfaces, wallMs: () => nowMs };
    const watch = new NetworkWatch(world, 3_000, 10_000);
    const after = (passedMs: number): boolean => {
      nowMs += passedMs;
      return watch.changed();
    };
    expect(after(3_000)).toBe(false);
    interfaces = { eth0: [eth0] };
    expect(after(3_000)).toBe(true);
    expect(after(3_100)).toBe(false);
    interfaces = {};
    expect(after(3_000)).toBe(true);
    expect(after(9_000)).toBe(false);
    expect(after(60_000)).toBe(true);
    expect(after(3_000)).toBe(false);
    expect(after(-60_000)).toBe(true);
    expect(after(3_000)).toBe(false);
  });
});

describe('strangers', () => {
  test('are reported together, once an interval, and never after the end', () => {
    vi.useFakeTimers();
    try {
      const counts: number[] = [];
      const strangers = new Strangers(1_000, (count) => counts.push(count));
      for (let count = 0; count < 500; count += 1) strangers.add();
      vi.advanceTimersByTime(999);
      expect(counts).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(counts).toEqual([500]);
      vi.advanceTimersByTime(10_000);
      strangers.add();
      strangers.stop();
      vi.advanceTimersByTime(10_000);
      expect(counts).toEqual([500]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a relay is needed', () => {
  const [lan, public4, public6] = [
    '/ip4/192.168.1.2/tcp/4747',
    '/ip4/11.9.0.10/tcp/4747',
    '/ip6/2a00::1/tcp/4747',
  ].map((text) => multiaddr(text)) as [Multiaddr, Multiaddr, Multiaddr];
  const relayed = multiaddr(
    `${public4.toString()}/p2p/12D3KooWRm8J3iL796zPFi2EtGGtUJn58AG67gcRzMiM3K2LUEbM/p2p-circuit`,
  );

  test('by whom nobody far away can dial, as far as is known', () => {
    expect(needsRelay([lan, public6, relayed], () => false)).toBe(true);
    expect(needsRelay([lan, public4], () => false)).toBe(false);
  });

  test('behind a firewall too: where others tried the public address in vain', () => {
    expect(needsRelay([lan, public4], (address) => address.equals(public4))).toBe(true);
  });
});
