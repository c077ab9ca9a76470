// Claims about links: how they come, that there is one per peer, and how they end.

import assert from 'node:assert/strict';
import { LIMITS, NetworkError } from '@parley/core';
import { claim, deliver, numbered } from './network-claim.ts';
import type { NetworkClaim } from './network-claim.ts';

/** How links come to be. */
export const links: readonly NetworkClaim[] = [
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
    const forged = { addresses: [], peer: a.peer, record };
    assert.equal((await c.failedDial(forged)).failure, 'bad-address');
    c.network.dial({ addresses: [], peer: b.peer, record });
    await Promise.all([c.untilLinked(b), b.untilLinked(c)]);
  }),
  claim('a false record hides no address that is known otherwise', async (party) => {
    const [a, b] = [await party.join(), await party.join()];
    a.network.dial({ addresses: b.addresses(), peer: b.peer, record: Uint8Array.of(1, 2, 3) });
    await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
  }),
  claim(
    'after a hang-up both sides hear of the end, and what was sent before arrives',
    async (party) => {
      const [a, b] = await party.pair();
      for (const frame of numbered(100, 1_000)) a.network.send(b.peer, frame);
      a.network.hangUp(b.peer, 0);
      await a.until('disconnected', () => a.of('disconnected').length === 1);
      await b.until('disconnected', () => b.of('disconnected').length === 1);
      assert.equal(b.of('frame').length, 100);
      assert.equal(a.network.send(b.peer, new Uint8Array(1)), false);
    },
  ),
];

/** How links and networks end. */
export const ends: readonly NetworkClaim[] = [
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
      a.network.hangUp(b.peer, 0);
      assert.equal(a.network.send(b.peer, new Uint8Array(1)), false);
      await b.until('disconnected', () => b.of('disconnected').length === 1);
      assert.equal(a.events.length, events);
    },
  ),
  claim('no event comes while the network is being spoken to', async (party) => {
    const [a, b] = await party.pair();
    const quiet = (act: () => void): void => {
      const events = a.events.length;
      act();
      assert.equal(a.events.length, events);
    };
    quiet(() => a.network.dial(b.target()));
    quiet(() => a.network.dial(a.target()));
    quiet(() => a.network.dial({ addresses: ['no address'], peer: null, record: null }));
    quiet(() => {
      const frame = new Uint8Array(LIMITS.frameBytesMax);
      const frames = Math.ceil(LIMITS.sendQueueBytesMax / LIMITS.frameBytesMax) + 1;
      for (let count = 0; count < frames; count += 1) a.network.send(b.peer, frame);
    });
    await a.until('end of the link', () => a.of('disconnected').length === 1);
    await a.until('outcomes', () => a.of('dialled').length + a.of('dialFailed').length >= 3);
    await b.until('end of the link', () => b.of('disconnected').length === 1);
    await a.connect(b);
    quiet(() => a.network.hangUp(b.peer, 0));
    await a.until('end of the link', () => a.of('disconnected').length === 2);
  }),
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
