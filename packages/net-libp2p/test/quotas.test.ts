// What strangers get of one peer: so many connections, while those who are there notice nothing.

import { RecordedNetwork } from '@parley/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { network, rawLink } from './harness.ts';
import type { RawLink } from './harness.ts';

vi.setConfig({ testTimeout: 20_000 });

const CONNECTIONS_MAX = 8;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

async function besieged(
  limits: Parameters<typeof network>[0],
): Promise<{ anna: RecordedNetwork; address: string }> {
  const anna = new RecordedNetwork(network(limits));
  cleanUps.push(() => anna.network.stop());
  await anna.start();
  return { anna, address: anna.addresses()[0] ?? '' };
}

async function linked(address: string): Promise<RawLink> {
  const link = await rawLink(address);
  cleanUps.push(() => link.node.stop());
  return link;
}

function framesOf(anna: RecordedNetwork, { node }: RawLink): number {
  return anna.of('frame').filter(({ peer }) => String(peer) === node.peerId.toString()).length;
}

/** One frame of one byte: its length, and the byte. */
const frame = Uint8Array.of(0, 0, 0, 1, 7);

describe('strangers', () => {
  test('have so many connections and no more, and whoever has one goes on', async () => {
    const { anna, address } = await besieged({ connectionsMax: CONNECTIONS_MAX });
    const links: RawLink[] = [];
    for (let count = 0; count < CONNECTIONS_MAX; count += 1) links.push(await linked(address));
    await expect(linked(address)).rejects.toThrow(/./u);
    const [first] = links as [RawLink];
    first.stream.send(frame);
    await anna.until('a frame of the first', () => framesOf(anna, first) === 1);
    await first.node.stop();
    await anna.until('a place', () => anna.of('disconnected').length > 0);
    const late = await linked(address);
    late.stream.send(frame);
    await anna.until('a frame of who came later', () => framesOf(anna, late) === 1);
  });
});
