// Claims about what travels: frames over a link, and gossip over many.

import assert from 'node:assert/strict';
import { LIMITS } from '@parley/core';
import { claim, deliver, numbered } from './network-claim.ts';
import type { NetworkClaim, Party } from './network-claim.ts';
import type { RecordedNetwork } from './network-recorder.ts';

/** Frames and back-pressure. */
export const frames: readonly NetworkClaim[] = [
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

/** Topics. */
export const gossip: readonly NetworkClaim[] = [
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
  claim('gossip flows after two dialled each other at once', async (party) => {
    const [a, b] = [await party.join(), await party.join()];
    for (const { network } of [a, b]) network.join('room');
    a.network.dial(b.target());
    b.network.dial(a.target());
    await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
    await Promise.all([warmUp(a, [b]), warmUp(b, [a])]);
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
