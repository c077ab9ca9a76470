// What every Network must do: claims with their proofs, to be run by the tests of each adapter.

import assert from 'node:assert/strict';
import { LIMITS, NetworkError } from '@parley/core';
import type { Network, PeerId } from '@parley/core';
import { RecordedNetwork } from './network-recorder.ts';

/** A peer that links to an address and reads nothing until told to. */
export interface SilentPeer {
  readonly peer: PeerId;
  read(): void;
  framesRead(): number;
  stop(): Promise<void>;
}

export interface NetworkHarness {
  /** A network with a key of its own, not started; without `listen` on a free address of this machine. */
  create(listen?: readonly string[]): Network;
  /** Resolves once linked. */
  silentPeer(addresses: readonly string[]): Promise<SilentPeer>;
}

export interface NetworkClaim {
  readonly claim: string;
  /** Rejects if the claim does not hold. Stops what it started. */
  readonly prove: (harness: NetworkHarness) => Promise<void>;
}

class Party {
  readonly #harness: NetworkHarness;
  readonly #networks: RecordedNetwork[] = [];

  constructor(harness: NetworkHarness) {
    this.#harness = harness;
  }

  async join(listen?: readonly string[]): Promise<RecordedNetwork> {
    const network = new RecordedNetwork(this.#harness.create(listen));
    this.#networks.push(network);
    await network.start();
    return network;
  }

  async pair(): Promise<readonly [RecordedNetwork, RecordedNetwork]> {
    const [a, b] = [await this.join(), await this.join()];
    await a.connect(b);
    return [a, b];
  }

  async end(): Promise<void> {
    await Promise.all(this.#networks.map(({ network }) => network.stop()));
  }
}

function claim(
  text: string,
  prove: (party: Party, harness: NetworkHarness) => Promise<void>,
): NetworkClaim {
  return {
    claim: text,
    prove: async (harness) => {
      const party = new Party(harness);
      try {
        await prove(party, harness);
      } finally {
        await party.end();
      }
    },
  };
}

function numbered(count: number, bytes: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const frame = new Uint8Array(bytes).fill(index & 255);
    new DataView(frame.buffer).setUint32(0, index);
    return frame;
  });
}

function assertSameFrames(got: readonly Uint8Array[], sent: readonly Uint8Array[]): void {
  assert.equal(got.length, sent.length);
  for (const [index, frame] of sent.entries()) {
    assert(Buffer.from(frame).equals(got[index] ?? new Uint8Array()), `frame ${index} differs`);
  }
}

/** Sends as back-pressure allows, and waits until the other has everything. */
async function deliver(
  from: RecordedNetwork,
  to: RecordedNetwork,
  frames: readonly Uint8Array[],
): Promise<void> {
  const before = to.of('frame').length;
  for (const frame of frames) {
    const drained = from.of('drained').length;
    if (from.network.send(to.peer, frame)) continue;
    // eslint-disable-next-line no-await-in-loop -- the next frame may go only when there is room
    await from.until('drained', () => from.of('drained').length > drained);
  }
  await to.until('all frames', () => to.of('frame').length - before >= frames.length);
  const got = to.of('frame').slice(before);
  assertSameFrames(
    got.map(({ bytes }) => bytes),
    frames,
  );
}

const links: NetworkClaim[] = [
  claim('a link opens on both sides, and says where the other end is', async (party) => {
    const [a, b] = await party.pair();
    const [out] = a.of('connected');
    assert.equal(out?.direction, 'outbound');
    assert.equal(out.address, b.addresses()[0]);
    assert.equal(out.path, 'lan');
    assert.equal(b.of('connected')[0]?.direction, 'inbound');
    await a.until('dialled', () => a.of('dialled')[0]?.peer === b.peer);
  }),
  claim('two that dial each other at once have one link', async (party) => {
    for (let round = 0; round < 8; round += 1) {
      /* eslint-disable no-await-in-loop -- one round after the other */
      const [a, b] = [await party.join(), await party.join()];
      a.network.dial(b.target(round % 2 === 0 ? b.peer : null));
      b.network.dial(a.target(round % 2 === 0 ? a.peer : null));
      await a.until('dialled', () => a.of('dialled').length === 1);
      await b.until('dialled', () => b.of('dialled').length === 1);
      await deliver(a, b, numbered(100, 200));
      await deliver(b, a, numbered(100, 200));
      assert.equal(a.of('connected').length, 1);
      assert.equal(b.of('connected').length, 1);
      await Promise.all([a.network.stop(), b.network.stop()]);
      /* eslint-enable no-await-in-loop */
    }
  }),
  claim('dialling a peer again, at once or later, changes nothing', async (party) => {
    const [a, b] = [await party.join(), await party.join()];
    a.network.dial(b.target());
    a.network.dial(b.target());
    a.network.dial(b.target(null));
    await a.until('three outcomes', () => a.of('dialled').length === 3);
    a.network.dial(b.target());
    a.network.dial(b.target(null));
    await a.until('five outcomes', () => a.of('dialled').length === 5);
    await deliver(a, b, numbered(10, 100));
    assert.equal(a.of('connected').length, 1);
    assert.equal(b.of('connected').length, 1);
  }),
  claim('dialling oneself fails as self, by address and by key', async (party) => {
    const a = await party.join();
    assert.equal((await a.failedDial(a.target(null))).failure, 'self');
    assert.equal((await a.failedDial(a.target())).failure, 'self');
    assert.equal(a.of('connected').length, 0);
  }),
  claim('a dial that leads nowhere says why', async (party) => {
    const [a, b, gone] = [await party.join(), await party.join(), await party.join()];
    const nobody = gone.target(null);
    await gone.network.stop();
    assert.equal((await a.failedDial(nobody)).failure, 'refused');
    assert.equal((await a.failedDial(b.target(gone.peer))).failure, 'wrong-peer');
    const malformed = { addresses: ['no address'], peer: null, record: null };
    assert.equal((await a.failedDial(malformed)).failure, 'bad-address');
    assert.equal(a.of('connected').length, 0);
  }),
  claim('one good address among bad ones is enough', async (party) => {
    const [a, b, gone] = [await party.join(), await party.join(), await party.join()];
    const nobody = gone.addresses();
    await gone.network.stop();
    const addresses = [...nobody, 'no address', ...b.addresses()];
    a.network.dial({ addresses, peer: b.peer, record: null });
    await a.until('dialled', () => a.of('dialled').length === 1);
    assert.equal(a.of('dialFailed').length, 0);
  }),
  claim("a peer's record lets a third one dial it, and nobody else", async (party) => {
    const [a, b] = await party.pair();
    const c = await party.join();
    await a.until('record', () => a.of('record').length > 0);
    const record = a.of('record')[0]?.record ?? null;
    assert.deepEqual(a.of('record')[0]?.addresses, b.addresses());
    const forged = { addresses: b.addresses(), peer: a.peer, record };
    assert.equal((await c.failedDial(forged)).failure, 'bad-address');
    c.network.dial({ addresses: [], peer: b.peer, record });
    await Promise.all([c.untilLinked(b), b.untilLinked(c)]);
  }),
  claim(
    'after a hang-up both sides hear of the end, and what was sent before arrives',
    async (party) => {
      const [a, b] = await party.pair();
      for (const frame of numbered(100, 1_000)) a.network.send(b.peer, frame);
      a.network.hangUp(b.peer);
      await a.until('disconnected', () => a.of('disconnected').length === 1);
      await b.until('disconnected', () => b.of('disconnected').length === 1);
      assert.equal(b.of('frame').length, 100);
      assert.equal(a.network.send(b.peer, new Uint8Array(1)), false);
    },
  ),
];

const frames: NetworkClaim[] = [
  claim('frames of every size arrive whole and in order', async (party) => {
    const [a, b] = await party.pair();
    const sizes = [0, 1, 2, 3, 4, 5, 0, 0, 65_531, 65_532, 65_535, 65_536, 262_144, 0, 7];
    const all = [...sizes, LIMITS.frameBytesMax - 1, LIMITS.frameBytesMax, 1].map(
      (bytes, index) => {
        return new Uint8Array(bytes).map((_, at) => (at * 31 + index) & 255);
      },
    );
    await deliver(a, b, all);
    await deliver(b, a, all.toReversed());
  }),
  claim('many frames of one tick arrive in order, both ways at once', async (party) => {
    const [a, b] = await party.pair();
    const many = numbered(20_000, 40);
    await Promise.all([deliver(a, b, many), deliver(b, a, many)]);
  }),
  claim('a frame over the limit is refused where it was made', async (party) => {
    const [a, b] = await party.pair();
    const tooLong = new Uint8Array(LIMITS.frameBytesMax + 1);
    assert.throws(() => a.network.send(b.peer, tooLong), RangeError);
    await deliver(a, b, numbered(3, 10));
  }),
  claim('a frame may be changed once it was handed to its receiver', async (party) => {
    const [a, b] = await party.pair();
    await deliver(a, b, numbered(3, 10));
    for (const { bytes } of b.of('frame')) bytes.fill(255);
    await deliver(a, b, numbered(3, 10));
  }),
  claim(
    'a peer that does not read stops its sender, and sets it going again',
    async (party, harness) => {
      const a = await party.join();
      const silent = await harness.silentPeer(a.addresses());
      await a.untilLinked(silent);
      const frame = new Uint8Array(16_384);
      let sent = 1;
      while (a.network.send(silent.peer, frame)) {
        sent += 1;
        // eslint-disable-next-line no-await-in-loop -- gives what is queued a chance to leave
        await new Promise((resolve) => setImmediate(resolve));
        assert(sent * frame.byteLength < 64 * LIMITS.sendQueueBytesMax, 'nothing stops the sender');
      }
      assert.equal(a.of('drained').length, 0);
      silent.read();
      await a.until('drained', () => a.of('drained').length === 1);
      const drained = a.of('drained').length;
      assert.equal(a.network.send(silent.peer, frame), true);
      sent += 1;
      while (silent.framesRead() < sent) {
        // eslint-disable-next-line no-await-in-loop -- the other peer reports no events
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(a.of('drained').length, drained);
      await silent.stop();
    },
  ),
  claim(
    'whoever goes on sending to a peer that does not read loses the link, not its memory',
    async (party, harness) => {
      const a = await party.join();
      const silent = await harness.silentPeer(a.addresses());
      await a.untilLinked(silent);
      const frame = new Uint8Array(65_536);
      let bytes = 0;
      while (a.isLinked(silent.peer)) {
        a.network.send(silent.peer, frame);
        bytes += frame.byteLength;
        // eslint-disable-next-line no-await-in-loop -- gives what is queued a chance to leave
        await new Promise((resolve) => setImmediate(resolve));
        assert(bytes < 8 * LIMITS.sendQueueBytesMax, 'nothing bounds the queue');
      }
      assert.equal(a.of('disconnected')[0]?.reason, 'too slow');
      await silent.stop();
    },
  ),
];

const WARM = 1;
const GOOD = 2;
const BAD = 3;

/** Publishes until both have heard: who joins a topic becomes known only after a while. */
async function warmUp(from: RecordedNetwork, to: readonly RecordedNetwork[]): Promise<void> {
  let count = 0;
  const publish = (): void => {
    count += 1;
    from.network.publish('room', Uint8Array.of(WARM, count));
  };
  publish();
  const timer = setInterval(publish, 100);
  try {
    await Promise.all(
      to.map((network) => network.until('gossip', () => network.of('gossip').length > 0)),
    );
  } finally {
    clearInterval(timer);
  }
}

async function line(party: Party): Promise<readonly RecordedNetwork[]> {
  const [a, b, c] = [await party.join(), await party.join(), await party.join()];
  for (const { network } of [a, b, c]) network.join('room');
  await Promise.all([a.connect(b), c.connect(b)]);
  await warmUp(a, [b, c]);
  return [a, b, c];
}

function heard(network: RecordedNetwork, kind: number): number[] {
  const bytes = network.of('gossip').map((event) => event.bytes);
  return bytes.filter((one) => one[0] === kind).map((one) => one[1] ?? -1);
}

const gossip: NetworkClaim[] = [
  claim('gossip reaches everyone in a line of three, once', async (party) => {
    const [a, b, c] = await line(party);
    assert(a !== undefined && b !== undefined && c !== undefined);
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    for (const number of numbers) a.network.publish('room', Uint8Array.of(GOOD, number));
    await c.until('all gossip', () => heard(c, GOOD).length >= numbers.length);
    assert.deepEqual(
      heard(c, GOOD).toSorted((x, y) => x - y),
      numbers,
    );
    assert.deepEqual(
      heard(b, GOOD).toSorted((x, y) => x - y),
      numbers,
    );
    assert.deepEqual(heard(a, GOOD), []);
    assert(c.of('gossip').every(({ from, topic }) => from === b.peer && topic === 'room'));
  }),
  claim('what is rejected or ignored goes no further', async (party) => {
    const [a, b, c] = await line(party);
    assert(a !== undefined && b !== undefined && c !== undefined);
    b.judge((bytes) => {
      if (bytes[0] !== BAD) return 'accept';
      return bytes[1] === 0 ? 'reject' : 'ignore';
    });
    a.network.publish('room', Uint8Array.of(BAD, 0));
    a.network.publish('room', Uint8Array.of(BAD, 1));
    await b.until('bad gossip', () => heard(b, BAD).length === 2);
    a.network.publish('room', Uint8Array.of(GOOD, 1));
    await c.until('good gossip', () => heard(c, GOOD).length === 1);
    assert.deepEqual(heard(c, BAD), []);
  }),
  claim('who left a topic hears no more of it', async (party) => {
    const [a, b, c] = await line(party);
    assert(a !== undefined && b !== undefined && c !== undefined);
    b.network.leave('room');
    a.network.publish('room', Uint8Array.of(GOOD, 1));
    b.network.send(a.peer, new Uint8Array(1));
    await a.until('frame', () => a.of('frame').length === 1);
    a.network.send(b.peer, new Uint8Array(1));
    await b.until('frame', () => b.of('frame').length === 1);
    assert.deepEqual(heard(b, GOOD), []);
  }),
];

const ends: NetworkClaim[] = [
  claim('when one stops the other hears of it', async (party) => {
    const [a, b] = await party.pair();
    await b.network.stop();
    await a.until('disconnected', () => a.of('disconnected').length === 1);
    assert.equal(b.of('disconnected').length, 1);
  }),
  claim(
    'stopping twice, before a start or under way is harmless, and silence follows',
    async (party, harness) => {
      await harness.create().stop();
      const [a, b] = await party.pair();
      a.network.dial({ addresses: b.addresses(), peer: null, record: null });
      await Promise.all([a.network.stop(), a.network.stop()]);
      await a.network.stop();
      const events = a.events.length;
      a.network.dial(b.target());
      a.network.join('room');
      a.network.publish('room', Uint8Array.of(1));
      a.network.verdict('unknown', 'accept');
      a.network.hangUp(b.peer);
      assert.equal(a.network.send(b.peer, new Uint8Array(1)), false);
      await b.until('disconnected', () => b.of('disconnected').length === 1);
      assert.equal(a.events.length, events);
    },
  ),
  claim('a peer that stopped can be dialled again once it is back', async (party) => {
    const [a, b] = await party.pair();
    const addresses = b.addresses();
    await b.network.stop();
    await a.until('disconnected', () => a.of('disconnected').length === 1);
    const again = await party.join(addresses);
    a.network.dial({ addresses, peer: null, record: null });
    await Promise.all([a.untilLinked(again), again.untilLinked(a)]);
  }),
  claim(
    'an address that is in use or is none is an error that names it',
    async (party, harness) => {
      const a = await party.join();
      const [taken = ''] = a.addresses();
      const failing = async (address: string, code: NetworkError['code']): Promise<void> => {
        const network = harness.create([address]);
        await assert.rejects(
          network.start(() => undefined),
          (error) => {
            assert(error instanceof NetworkError);
            assert.equal(error.code, code);
            assert(error.message.includes(address), error.message);
            return true;
          },
        );
        await network.stop();
      };
      await failing(taken, 'address-in-use');
      await failing('nowhere at all', 'bad-address');
    },
  ),
];

/** Everything a Network promises, each claim to be proved in a test of its own. */
export const networkContract: readonly NetworkClaim[] = [...links, ...frames, ...gossip, ...ends];
