// Claims about what travels: frames over a link, and how their sender is held back.

import assert from 'node:assert/strict';
import { LIMITS } from '@parley/core';
import { claim, deliver, numbered } from './network-claim.ts';
import type { NetworkClaim } from './network-claim.ts';

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
