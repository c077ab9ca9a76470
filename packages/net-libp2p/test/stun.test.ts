// STUN: what is answered and what is not, against the vectors of RFC 5769, and over real sockets.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { NETWORK_LIMITS } from '../src/limits.ts';
import { AnswerRate, StunServer } from '../src/stun-server.ts';
import { NatProbe } from '../src/nat-probe.ts';
import type { Sighting } from '../src/nat.ts';
import {
  decodeBindingRequest,
  decodeBindingSuccess,
  encodeBindingRequest,
  encodeBindingSuccess,
  xorMappedAddress,
} from '../src/stun.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/gu, ''), 'hex');

/** RFC 5769, section 2.1: with a user name and a password's proof, as WebRTC asks its other end. */
const rfcRequest = hex(`
  00010058 2112a442 b7e7a701bc34d686fa87dfae
  80220010 5354554e207465737420636c69656e74
  00240004 6e0001ff 80290008 932ff9b151263b36
  00060009 6576746a3a68367659202020
  00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
  80280004 e57a3bcf`);
const rfcTransaction = hex('b7e7a701bc34d686fa87dfae');

const header = (length: number, transaction: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(0, 1, length >> 8, length & 255), hex('2112a442'), transaction]);

function attribute(type: number, value: Uint8Array): Buffer {
  const out = Buffer.alloc(4 + Math.ceil(value.byteLength / 4) * 4);
  out.writeUInt16BE(type);
  out.writeUInt16BE(value.byteLength, 2);
  out.set(value, 4);
  return out;
}

function request(transaction: Uint8Array, attributes: readonly Buffer[] = []): Buffer {
  const body = Buffer.concat(attributes);
  return Buffer.concat([header(body.byteLength, transaction), body]);
}

/** With a checksum at its end. */
function sealed(transaction: Uint8Array, attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const before = Buffer.concat([header(body.byteLength + 8, transaction), body]);
  const value = Buffer.alloc(4);
  value.writeUInt32BE((crc32(before) ^ 0x53_54_55_4e) >>> 0);
  return Buffer.concat([before, attribute(0x8028, value)]);
}

const transactions = fc.uint8Array({ minLength: 12, maxLength: 12 });
const optional = fc
  .tuple(fc.integer({ min: 0x8000, max: 0xffff }), fc.uint8Array({ maxLength: 40 }))
  .filter(([type]) => type !== 0x8028)
  .map(([type, value]) => attribute(type, value));

describe('a binding request', () => {
  test('of any kind that asks for no more is understood, with its checksum or without', () => {
    fc.assert(
      fc.property(transactions, fc.array(optional, { maxLength: 4 }), (transaction, attributes) => {
        for (const bytes of [request(transaction, attributes), sealed(transaction, attributes)]) {
          expect(decodeBindingRequest(bytes)).toEqual({ ok: true, value: transaction });
        }
      }),
    );
  });

  test('that wants more than we do is not answered: the vector of the RFC names a user', () => {
    expect(decodeBindingRequest(rfcRequest)).toEqual({ ok: false, reason: 'attribute' });
  });

  test.each([
    ['too short', request(rfcTransaction).subarray(0, 16), 'length'],
    ['of another length than it says', header(4, rfcTransaction), 'length'],
    ['not of whole words', Buffer.concat([header(0, rfcTransaction), Buffer.of(0)]), 'length'],
    ['without the cookie', Buffer.alloc(20), 'not-stun'],
    ['an answer', encodeBindingSuccess(rfcTransaction, '1.2.3.4', 5), 'not-binding'],
    ['an attribute cut short', request(rfcTransaction, [hex('80220010')]), 'attribute'],
    [
      'with a wrong checksum',
      request(rfcTransaction, [attribute(0x8028, Buffer.alloc(4))]),
      'fingerprint',
    ],
    [
      'with something behind its checksum',
      request(rfcTransaction, [attribute(0x8028, Buffer.alloc(4)), attribute(0x8022, hex('00'))]),
      'fingerprint',
    ],
  ])('%s is none', (_what, bytes, reason) => {
    expect(decodeBindingRequest(bytes)).toEqual({ ok: false, reason });
  });

  test('however it is damaged never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(typeof decodeBindingRequest(bytes).ok).toBe('boolean');
      }),
    );
    for (let at = 0; at < rfcRequest.length * 8; at += 1) {
      const damaged = Buffer.from(rfcRequest);
      damaged[at >> 3] = (damaged[at >> 3] ?? 0) ^ (1 << (at & 7));
      expect(decodeBindingRequest(damaged).ok).toBe(false);
    }
  });
});

describe('the answer', () => {
  test('holds the address as the vectors of RFC 5769 do', () => {
    expect(Buffer.from(xorMappedAddress(rfcTransaction, '192.0.2.1', 32_853))).toEqual(
      hex('00200008 0001a147e112a643'),
    );
    const ip6 = '2001:db8:1234:5678:11:2233:4455:6677';
    expect(Buffer.from(xorMappedAddress(rfcTransaction, ip6, 32_853))).toEqual(
      hex('00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9'),
    );
  });

  test('is no longer than what it has to say', () => {
    expect(encodeBindingSuccess(rfcTransaction, '192.0.2.1', 1)).toHaveLength(32);
    expect(encodeBindingSuccess(rfcTransaction, '::1', 1)).toHaveLength(44);
  });

  test('reads an address in any of its spellings', () => {
    const whole = xorMappedAddress(rfcTransaction, '2001:0:0:0:0:0:0:1', 1);
    expect(xorMappedAddress(rfcTransaction, '2001::1', 1)).toEqual(whole);
    expect(xorMappedAddress(rfcTransaction, '2001::1%eth0', 1)).toEqual(whole);
  });
});

describe('who is answered', () => {
  test('is told where it asks from, and garbage is not answered', async () => {
    const port = await freePort();
    const server = new StunServer(NETWORK_LIMITS, undefined);
    server.answerAt([{ host: '127.0.0.1', port, v6: false }]);
    cleanUps.push(() => server.stop());
    const socket = createSocket('udp4');
    cleanUps.push(() => socket.close());
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const answer = once(socket, 'message');
    socket.send(Buffer.from('hello'), port, '127.0.0.1');
    socket.send(request(rfcTransaction), port, '127.0.0.1');
    const [bytes] = (await answer) as [Buffer];
    const own = socket.address().port;
    expect(bytes).toEqual(Buffer.from(encodeBindingSuccess(rfcTransaction, '127.0.0.1', own)));
  });

  test('is answered so often in a second, and all together so often', () => {
    const limits = { ...NETWORK_LIMITS, stunPerHostPerSecond: 2, stunPerSecondMax: 3 };
    const rate = new AnswerRate(limits, 0);
    const asked = ['a', 'a', 'a', 'b', 'c'].map((host) => rate.allows(host, 10));
    expect(asked).toEqual([true, true, false, true, false]);
    expect(rate.allows('a', 1_000)).toBe(true);
  });
});

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

describe('asking', () => {
  const host = fc.ipV4();
  const port = fc.nat({ max: 65_535 });

  test('is answered with the address that was seen', () => {
    fc.assert(
      fc.property(transactions, host, port, (transaction, ip, number) => {
        expect(decodeBindingRequest(encodeBindingRequest(transaction))).toEqual({
          ok: true,
          value: transaction,
        });
        const answer = encodeBindingSuccess(transaction, ip, number);
        expect(decodeBindingSuccess(answer, transaction)).toEqual({
          ok: true,
          value: { host: ip, port: number },
        });
      }),
    );
  });

  test('takes no answer to another question, and nothing that is cut or garbled', () => {
    fc.assert(
      fc.property(transactions, transactions, fc.nat({ max: 31 }), (ours, other, cut) => {
        const answer = encodeBindingSuccess(ours, '11.9.0.1', 4_747);
        expect(decodeBindingSuccess(answer.subarray(0, cut), ours).ok).toBe(false);
        expect(decodeBindingSuccess(answer, other).ok).toBe(Buffer.from(ours).equals(other));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), transactions, (bytes, transaction) => {
        expect(decodeBindingSuccess(bytes, transaction).ok).toBe(false);
      }),
    );
  });

  test('two servers from one socket tells what each saw, once; one alone is not asked', async () => {
    const servers = [await freePlace(), await freePlace()];
    const server = new StunServer(NETWORK_LIMITS, undefined);
    server.answerAt(servers);
    cleanUps.push(() => server.stop());
    const seen: Sighting[] = [];
    const probe = new NatProbe(NETWORK_LIMITS, { saw: (one) => seen.push(one), log: undefined });
    cleanUps.push(() => probe.stop());
    const places = servers.map((one) => `${one.host}:${one.port}`);
    probe.ask(places.slice(0, 1));
    probe.ask(places);
    await expect.poll(() => seen.length, { timeout: 5_000 }).toBe(2);
    expect(seen.map(({ observer }) => observer).toSorted()).toEqual(places.toSorted());
    expect(new Set(seen.map(({ socket }) => socket))).toEqual(new Set(['round 1']));
    expect(new Set(seen.map((one) => `${one.host}:${one.port}`)).size).toBe(1);
  });
});

async function freePlace(): Promise<{ host: string; port: number; v6: boolean }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return { host: '127.0.0.1', port, v6: false };
}
