// Over a relay: two that nobody can dial meet through a third, go on past the relay's limits, and do without it if they can.

import assert from 'node:assert/strict';
import type { DialTarget } from '@parley/core';
import type { NetworkLimits, NetworkOptions } from '@parley/net-libp2p';
import { RecordedNetwork } from '@parley/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { network } from './harness.ts';

vi.setConfig({ testTimeout: 20_000 });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

type Ways = Pick<NetworkOptions, 'relay' | 'webrtc' | 'log'>;

async function started(
  listen: readonly string[],
  ways: Ways,
  limits: Partial<NetworkLimits> = {},
): Promise<RecordedNetwork> {
  const recorded = new RecordedNetwork(network(limits, listen, ways));
  cleanUps.push(() => recorded.network.stop());
  await recorded.start();
  return recorded;
}

/** Two connections between the same two do not come about each time. */
const PAIRS = 6;

function relay(limits: Partial<NetworkLimits> = {}): Promise<RecordedNetwork> {
  return started(['127.0.0.1:0'], { relay: 'serve', webrtc: false }, limits);
}

/** Listens nowhere, so that nobody can dial it. */
function hidden(ways: Ways = {}, limits: Partial<NetworkLimits> = {}): Promise<RecordedNetwork> {
  return started([], { webrtc: false, ...ways }, limits);
}

/** What a neighbour of both tells of `whom`, once that can be reached over it. */
async function introductionTo(whom: RecordedNetwork, by: RecordedNetwork): Promise<DialTarget> {
  const record = (): Uint8Array | undefined =>
    by
      .of('record')
      .findLast(({ peer, addresses }) => peer === whom.peer && addresses.some(isRelayed))?.record;
  await by.until('a record with a relay', () => record() !== undefined);
  return { addresses: [], peer: whom.peer, record: record() ?? null };
}

function isRelayed(address: string): boolean {
  return address.includes('/p2p-circuit');
}

async function meetOver(
  between: RecordedNetwork,
  a: RecordedNetwork,
  b: RecordedNetwork,
): Promise<void> {
  for (const one of [a, b]) await one.connect(between);
  a.network.dial(await introductionTo(b, between));
  await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
}

function pathBetween(a: RecordedNetwork, b: RecordedNetwork): string | undefined {
  const said = a.events.findLast(
    (event) => (event.kind === 'connected' || event.kind === 'path') && event.peer === b.peer,
  );
  return said !== undefined && 'path' in said ? said.path : undefined;
}

/** Numbers sent, and the numbers that came, one side after the other. */
class Talk {
  readonly #from: RecordedNetwork;
  readonly #to: RecordedNetwork;
  #sent = 0;

  constructor(from: RecordedNetwork, to: RecordedNetwork) {
    this.#from = from;
    this.#to = to;
  }

  say(bytes = 100): void {
    const frame = Buffer.alloc(bytes);
    frame.writeUInt32BE(this.#sent);
    this.#sent += 1;
    this.#from.network.send(this.#to.peer, frame);
  }

  async arrived(): Promise<void> {
    const got = (): number[] =>
      this.#to
        .of('frame')
        .filter(({ peer }) => peer === this.#from.peer)
        .map(({ bytes }) => Buffer.from(bytes).readUInt32BE());
    await this.#to.until('all that was said', () => got().length >= this.#sent);
    const all = Array.from({ length: this.#sent }, (_, index) => index);
    assert.deepEqual(got(), all);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('over a relay', () => {
  test('two that nobody can dial meet by an introduction, and both see that it is one', async () => {
    const [r, a, b] = [await relay(), await hidden(), await hidden()];
    await meetOver(r, a, b);
    expect([pathBetween(a, b), pathBetween(b, a)]).toEqual(['relayed', 'relayed']);
    const talk = new Talk(a, b);
    for (let count = 0; count < 500; count += 1) talk.say();
    await talk.arrived();
    expect(a.network.report().relay).toMatchObject({ state: 'reserved', relayedLinks: 1 });
    expect(r.network.report().relay.serves).toEqual({ reservations: 2, links: 1 });
    // Who relays has links with both, and sees none of it.
    expect(r.of('frame')).toEqual([]);
    expect(r.of('strangers')).toEqual([]);
  });

  test('who has none of the links yet needs only the address', async () => {
    const [r, a, b] = [await relay(), await hidden(), await hidden()];
    await b.connect(r);
    await introductionTo(b, r);
    const [address = ''] = b.addresses().filter(isRelayed);
    a.network.dial({ addresses: [`${address}/p2p/${b.peer}`], peer: null, record: null });
    await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
    expect(a.isLinked(r.peer)).toBe(true);
  });

  test('a link outlives many connections: each is replaced before the relay ends it', async () => {
    const limits = { relayConnectionMsMax: 2_000 };
    const [r, a, b] = [await relay(limits), await hidden({}, limits), await hidden({}, limits)];
    await meetOver(r, a, b);
    const [there, back] = [new Talk(a, b), new Talk(b, a)];
    const endMs = performance.now() + 7_000;
    while (performance.now() < endMs) {
      there.say();
      back.say();
      await pause(5);
    }
    await Promise.all([there.arrived(), back.arrived()]);
    expect([...a.of('disconnected'), ...b.of('disconnected')]).toEqual([]);
  });

  test('a link outlives the bytes that a relay grants to one connection', async () => {
    const limits = { relayConnectionBytesMax: 400_000, watchIntervalMs: 20 };
    const [r, a, b] = [await relay(limits), await hidden({}, limits), await hidden({}, limits)];
    await meetOver(r, a, b);
    const talk = new Talk(b, a);
    for (let count = 0; count < 200; count += 1) {
      talk.say(10_000);
      await pause(10);
    }
    await talk.arrived();
    expect([...a.of('disconnected'), ...b.of('disconnected')]).toEqual([]);
  });

  test('nobody is reached whose relay is gone, and who switched relays off has no such address', async () => {
    const [r, a, b] = [await relay(), await hidden(), await hidden()];
    await b.connect(r);
    const target = await introductionTo(b, r);
    await r.network.stop();
    await b.until('the end of the reservation', () => !b.addresses().some(isRelayed));
    expect((await a.failedDial(target)).failure).toBe('refused');
    const off = await hidden({ relay: 'off' });
    expect((await off.failedDial(target)).failure).toBe('unreachable');
  });

  test.each([
    ['for one host', { relayReservationsPerAddressMax: 1 }],
    ['in all', { relayReservationsMax: 1 }],
  ])('a relay keeps no more than its limits %s', async (_, limits) => {
    const r = await relay(limits);
    const [a, b] = [await hidden(), await hidden()];
    await a.connect(r);
    await introductionTo(a, r);
    await b.connect(r);
    await pause(300);
    expect(b.addresses().filter(isRelayed)).toEqual([]);
    expect(a.addresses().filter(isRelayed)).toHaveLength(1);
  });

  test('a relay keeps no place for who is gone, so that ever new keys do not take them all', async () => {
    const r = await relay({ relayReservationsMax: 2 });
    for (let count = 0; count < 3; count += 1) {
      const gone = await hidden();
      await gone.connect(r);
      await introductionTo(gone, r);
      await gone.network.stop();
      await r.until('its end', () => r.of('disconnected').length === count + 1);
    }
    expect(r.of('record').filter(({ addresses }) => addresses.some(isRelayed))).toHaveLength(3);
  });
});

describe('from a relay to a direct way', () => {
  test('goes a link of two that can punch through, without losing or overtaking a frame', async () => {
    const [r, a, b] = [
      await relay(),
      await hidden({ webrtc: true }),
      await hidden({ webrtc: true }),
    ];
    await meetOver(r, a, b);
    const [there, back] = [new Talk(a, b), new Talk(b, a)];
    const isPunched = (): boolean =>
      [pathBetween(a, b), pathBetween(b, a)].every((path) => path !== 'relayed');
    for (const endMs = performance.now() + 15_000; !isPunched() && performance.now() < endMs; ) {
      there.say();
      back.say();
      await pause(2);
    }
    expect(isPunched()).toBe(true);
    await r.network.stop();
    for (let count = 0; count < 500; count += 1) {
      there.say(1_000);
      back.say(1_000);
    }
    await Promise.all([there.arrived(), back.arrived()]);
    expect(a.of('disconnected').map(({ peer }) => peer)).toEqual([r.peer]);
  }, 40_000);

  test('goes a link, and no attempt waits in vain, also of two who dialled each other at once', async () => {
    const failures: string[] = [];
    const log = (_level: string, text: string): void => {
      if (text.includes('nothing got through in time')) failures.push(text);
    };
    const r = await relay();
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const [a, b] = [await hidden({ webrtc: true, log }), await hidden({ webrtc: true, log })];
      for (const one of [a, b]) await one.connect(r);
      const [toA, toB] = [await introductionTo(a, r), await introductionTo(b, r)];
      a.network.dial(toB);
      b.network.dial(toA);
      await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
      await a.until('a direct way', () => pathBetween(a, b) !== 'relayed');
      await b.until('a direct way', () => pathBetween(b, a) !== 'relayed');
      await Promise.all([a.network.stop(), b.network.stop()]);
    }
    expect(failures).toEqual([]);
  }, 40_000);
});
