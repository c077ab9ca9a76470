// Claims about finding each other by keys, and about what a network knows of its own situation.

import assert from 'node:assert/strict';
import { claim } from './network-claim.ts';
import type { NetworkClaim } from './network-claim.ts';
import type { RecordedNetwork } from './network-recorder.ts';

function keyOf(number: number): Uint8Array {
  return new Uint8Array(32).fill(number);
}

/** Resolves once `seeker` has heard where `wanted` is. */
async function untilFound(seeker: RecordedNetwork, wanted: RecordedNetwork): Promise<void> {
  await seeker.until(`discovery of ${wanted.peer}`, () => {
    return seeker.of('discovered').some(({ target }) => {
      const address = wanted.addresses()[0] ?? '';
      return target.peer === wanted.peer && target.addresses.includes(address);
    });
  });
}

/** Finding each other by keys. */
export const meeting: readonly NetworkClaim[] = [
  claim('two with a common key find each other through one that has no key', async (party) => {
    const [a, b, c] = [await party.join(), await party.join(), await party.join()];
    a.network.meet([keyOf(1), keyOf(2)]);
    b.network.meet([keyOf(2), keyOf(3)]);
    await a.connect(c);
    await b.connect(c);
    await Promise.race([untilFound(a, b), untilFound(b, a)]);
    const [seeker, wanted] = a.of('discovered').length > 0 ? [a, b] : [b, a];
    const found = seeker.of('discovered').find(({ target }) => target.peer === wanted.peer);
    assert(found !== undefined);
    seeker.network.dial(found.target);
    await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
    assert.equal(c.of('discovered').length, 0);
  }),
  claim('a key given while links are there is looked for at once', async (party) => {
    const [a, b, c] = [await party.join(), await party.join(), await party.join()];
    await a.connect(c);
    await b.connect(c);
    a.network.meet([keyOf(4)]);
    b.network.meet([keyOf(4)]);
    await Promise.race([untilFound(a, b), untilFound(b, a)]);
  }),
  claim('who has no key in common is not found', async (party) => {
    const [a, b, c] = [await party.join(), await party.join(), await party.join()];
    const d = await party.join();
    for (const other of [a, b, d]) {
      // eslint-disable-next-line no-await-in-loop -- one after the other, as people come
      await other.connect(c);
    }
    d.network.meet([keyOf(7)]);
    a.network.meet([keyOf(5), keyOf(7)]);
    b.network.meet([keyOf(6)]);
    await Promise.race([untilFound(a, d), untilFound(d, a)]);
    for (const { target } of a.of('discovered')) assert.notEqual(target.peer, b.peer);
    assert.equal(b.of('discovered').length, 0);
  }),
  claim('the report says where it listens, and counts what came and went', async (party) => {
    const [a, b] = await party.pair();
    const gone = await party.join();
    const nobody = gone.target(null);
    await gone.network.stop();
    await a.failedDial(nobody);
    const listen = b.network.report().listen.map(({ address }) => address);
    assert.deepEqual(new Set(listen), new Set(b.addresses()));
    assert.equal(b.network.report().counters.inbound, 1);
    const { dials, dialsFailed } = a.network.report().counters;
    assert.deepEqual({ dials, dialsFailed }, { dials: 2, dialsFailed: 1 });
  }),
];
