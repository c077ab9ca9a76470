// The network in memory keeps the contract of the port, whatever the scheduler does.

import { MemoryHub, networkContract, RecordedNetwork } from '@parley/testkit';
import type { MemoryNetwork, NetworkHarness } from '@parley/testkit';
import { describe, expect, test } from 'vitest';

function harnessOf(hub: MemoryHub): NetworkHarness {
  const made = new Map<string, MemoryNetwork>();
  return {
    create: (listen) => {
      const network = hub.create(listen);
      made.set(network.peer, network);
      return network;
    },
    linkOverRelay: async (a, b) => {
      const [one, other] = [made.get(a.peer), made.get(b.peer)];
      if (other !== undefined) one?.linkOverRelay(other);
      await Promise.all([a.untilLinked(b), b.untilLinked(a)]);
    },
    silentPeer: async (addresses) => {
      const network = hub.create();
      const recorded = new RecordedNetwork(network);
      await recorded.start();
      network.stall(true);
      network.dial({ addresses, peer: null, record: null });
      await recorded.until('link', () => recorded.of('connected').length === 1);
      return {
        peer: network.peer,
        read: () => network.stall(false),
        framesRead: () => recorded.of('frame').length,
        stop: () => network.stop(),
      };
    },
  };
}

describe('with microtasks', () => {
  test.each(networkContract)('$claim', async ({ prove }) => {
    await expect(prove(harnessOf(new MemoryHub()))).resolves.toBeUndefined();
  });
});

/** Runs what was scheduled in an order of its own, one task a turn. */
function shuffledSchedule(seed: number): (task: () => void) => void {
  const tasks: (() => void)[] = [];
  let state = seed;
  return (task) => {
    tasks.push(task);
    setImmediate(() => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const [next] = tasks.splice(state % tasks.length, 1);
      next?.();
    });
  };
}

describe('with tasks in any order', () => {
  test.each(networkContract)('$claim', async ({ prove }) => {
    const hub = new MemoryHub(shuffledSchedule(7));
    await expect(prove(harnessOf(hub))).resolves.toBeUndefined();
  });
});

test('a cut breaks the link and lets no dial through until it is healed', async () => {
  const hub = new MemoryHub();
  const [a, b] = [new RecordedNetwork(hub.create()), new RecordedNetwork(hub.create())];
  await Promise.all([a.start(), b.start()]);
  await a.connect(b);
  hub.cut(a.network, b.network);
  await a.until('disconnected', () => a.of('disconnected').length === 1);
  expect((await a.failedDial(b.target())).failure).toBe('unreachable');
  hub.heal(a.network, b.network);
  await a.connect(b);
  expect(b.of('connected')).toHaveLength(2);
});
