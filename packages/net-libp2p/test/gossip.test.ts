// Gossip from those who mean it badly, and from many who mean it well.

import { gossipsub, StrictNoSign } from '@libp2p/gossipsub';
import type { GossipSub, GossipsubOpts } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import type { Libp2p } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { RecordedNetwork } from '@parley/testkit';
import { hash } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Gossip } from '../src/gossip.ts';
import type { GossipService } from '../src/gossip.ts';
import { NETWORK_LIMITS } from '../src/limits.ts';
import { foreignNode, network, rawLink } from './harness.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

async function started(limits = {}): Promise<RecordedNetwork> {
  const recorded = new RecordedNetwork(network(limits));
  cleanUps.push(() => recorded.network.stop());
  await recorded.start();
  recorded.network.join('room');
  return recorded;
}

interface Talker {
  readonly node: Libp2p;
  readonly pubsub: GossipSub;
}

const talkative: Partial<GossipsubOpts> = {
  globalSignaturePolicy: StrictNoSign,
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  msgIdFn: (message) => hash('sha256', message.data, 'buffer'),
};

function services(options: Partial<GossipsubOpts>): Record<string, never> {
  const created = { identify: identify(), pubsub: gossipsub({ ...talkative, ...options }) };
  return created as unknown as Record<string, never>;
}

/** A libp2p node that talks on our topics as it likes, linked to us by hand. */
async function talker(address: string, options: Partial<GossipsubOpts> = {}): Promise<Talker> {
  const { node } = await rawLink(address, { services: services(options) });
  cleanUps.push(() => node.stop());
  const { pubsub } = node.services as unknown as { pubsub: GossipSub };
  pubsub.subscribe('room');
  return { node, pubsub };
}

/** Publishes new messages until the condition holds: a topic takes a moment to form. */
async function publishUntil(
  publish: (count: number) => unknown,
  check: () => boolean,
): Promise<number> {
  let count = 0;
  await vi.waitFor(
    async () => {
      count += 1;
      await publish(count);
      if (!check()) throw new Error(`not after ${count} messages`);
    },
    { timeout: 10_000, interval: 10 },
  );
  return count;
}

describe('bad messages', () => {
  test('silence their sender after a while, and nobody else', { timeout: 30_000 }, async () => {
    const a = await started({ gossipBadMax: 1_000_000 });
    a.judge((bytes) => (bytes[0] === 3 ? 'reject' : 'accept'));
    const bad = await talker(a.addresses()[0] ?? '');
    const badPeer = bad.node.peerId.toString() as PeerId;
    const good = await started();
    await good.connect(a);
    let published = 0;
    const from = (peer: PeerId): number => a.of('gossip').filter((e) => e.from === peer).length;
    await publishUntil(
      () => {
        published += 1;
        return bad.pubsub.publish('room', Uint8Array.of(3, published >> 8, published & 255));
      },
      () => from(badPeer) >= 6,
    );
    // Past the second for which gossipsub remembers a score nothing of it is read any more.
    let unheard = 0;
    await vi.waitFor(
      async () => {
        const before = from(badPeer);
        const goodBefore = from(good.peer);
        published += 1;
        await bad.pubsub.publish('room', Uint8Array.of(3, published >> 8, published & 255));
        good.network.publish('room', Uint8Array.of(1, published >> 8, published & 255));
        await a.until('good gossip', () => from(good.peer) > goodBefore);
        unheard = from(badPeer) === before ? unheard + 1 : 0;
        expect(unheard).toBe(20);
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(a.isLinked(badPeer)).toBe(true);
  });

  test('are not even looked at once eight of one peer were rejected', async () => {
    const a = await started();
    a.judge((bytes) => (bytes[0] === 3 ? 'reject' : 'accept'));
    const bad = await talker(a.addresses()[0] ?? '');
    const count = await publishUntil(
      (number) => bad.pubsub.publish('room', Uint8Array.of(3, number)),
      () => a.of('gossip').length > 0,
    );
    for (let more = 0; more < 100; more += 1) {
      // eslint-disable-next-line no-await-in-loop -- one after the other, as a flood is
      await bad.pubsub.publish('room', Uint8Array.of(3, more, count, 0));
    }
    const good = await started();
    await good.connect(a);
    await publishUntil(
      (number) => good.network.publish('room', Uint8Array.of(1, number)),
      () => a.of('gossip').some(({ from }) => from === good.peer),
    );
    const heard = a.of('gossip').filter(({ bytes }) => bytes[0] === 3);
    expect(heard).toHaveLength(NETWORK_LIMITS.gossipBadMax);
  });

  test('over the size limit reach nobody', async () => {
    const a = await started({ gossipMessageBytesMax: 100 });
    const bad = await talker(a.addresses()[0] ?? '');
    await publishUntil(
      (number) => bad.pubsub.publish('room', Uint8Array.of(1, number)),
      () => a.of('gossip').length > 0,
    );
    await bad.pubsub.publish('room', new Uint8Array(101).fill(9));
    await publishUntil(
      (number) => bad.pubsub.publish('room', Uint8Array.of(2, number)),
      () => a.of('gossip').some(({ bytes }) => bytes[0] === 2),
    );
    expect(a.of('gossip').filter(({ bytes }) => bytes[0] === 9)).toEqual([]);
  });
});

describe('many people behind one address', () => {
  const PEOPLE = 14;

  test('are punished by default', { timeout: 30_000 }, async () => {
    const hub = await foreignNode({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      connectionManager: { inboundConnectionThreshold: 100, maxIncomingPendingConnections: 100 },
      services: services({}),
    });
    cleanUps.push(() => hub.stop());
    const { pubsub } = hub.services as unknown as { pubsub: GossipService };
    const [address] = hub.getMultiaddrs();
    const others = await Promise.all(
      Array.from({ length: PEOPLE }, async () => {
        const node = await foreignNode({ services: services({}) });
        cleanUps.push(() => node.stop());
        if (address !== undefined) await node.dial(address);
        return node;
      }),
    );
    await vi.waitFor(() => expect(pubsub.getPeers()).toHaveLength(PEOPLE), { timeout: 10_000 });
    await vi.waitFor(
      () => {
        const scores = others.map(({ peerId }) => pubsub.score.score(peerId.toString()));
        expect(Math.max(...scores)).toBeLessThan(-10);
      },
      { timeout: 10_000 },
    );
  });

  test('are all heard by ours', { timeout: 30_000 }, async () => {
    const hub = await started({ gossipPeersPerAddressMax: 2 });
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => started()));
    await Promise.all(people.map((one) => one.connect(hub)));
    const heard = (): number => new Set(hub.of('gossip').map(({ bytes }) => bytes[0])).size;
    await publishUntil(
      (number) => {
        for (const [index, one] of people.entries()) {
          one.network.publish('room', Uint8Array.of(index, number));
        }
      },
      () => heard() === PEOPLE,
    );
    expect(heard()).toBe(PEOPLE);
  });
});

describe('time', () => {
  test('brings an old message up again, which the store must tell', async () => {
    const a = await started({ gossipSeenMs: 50 });
    const again = await talker(a.addresses()[0] ?? '', { seenTTL: 10 });
    const copies = (): number => a.of('gossip').filter(({ bytes }) => bytes[0] === 7).length;
    await publishUntil(
      () => again.pubsub.publish('room', Uint8Array.of(7)),
      () => copies() >= 2,
    );
    const ids = a.of('gossip').map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(1);
  });

  test('heals a gossip stream that died under a link', { timeout: 30_000 }, async () => {
    const a = await started({ watchIntervalMs: 100 });
    const other = await talker(a.addresses()[0] ?? '');
    const hear = (number: number): boolean => {
      return heardBy.some((data) => data[0] === number);
    };
    const heardBy: Uint8Array[] = [];
    other.pubsub.addEventListener('message', ({ detail }) => heardBy.push(detail.data));
    // Several times, as libp2p itself identifies peers again once, a while after the start.
    for (let round = 1; round <= 4; round += 1) {
      // eslint-disable-next-line no-await-in-loop -- one death after the other
      await publishUntil(
        (count) => a.network.publish('room', Uint8Array.of(round, count >> 8, count & 255)),
        () => hear(round),
      );
      const [connection] = other.node.getConnections();
      for (const stream of connection?.streams ?? []) {
        if (stream.protocol.startsWith('/meshsub/')) stream.abort(new Error('gone'));
      }
    }
    expect(a.of('disconnected')).toHaveLength(0);
  });
});

type Judge = (from: string, message: { topic: string; data: Uint8Array }) => unknown;
const message = (number: number): { topic: string; data: Uint8Array } => {
  return { topic: 'room', data: Uint8Array.of(number) };
};

function gossipWith(limits = {}): { gossip: Gossip; heard: string[]; judge: Judge } {
  const heard: string[] = [];
  const validators = new Map<string, Judge>();
  const service = {
    opts: { scoreParams: { topics: {} } },
    topicValidators: validators,
    subscribe: () => undefined,
  } as unknown as GossipService;
  const gossip = new Gossip(
    service,
    { ...NETWORK_LIMITS, ...limits },
    {
      message: (_topic, _from, _bytes, messageId) => heard.push(messageId),
    },
  );
  gossip.join('room');
  const judge = validators.get('room');
  if (judge === undefined) throw new Error('no validator');
  return { gossip, heard, judge };
}
describe('verdicts', () => {
  test('that never come count as ignore, and what waits is bounded', async () => {
    const { gossip, heard, judge } = gossipWith({ gossipVerdictMs: 10, gossipPendingMax: 2 });
    const first = judge('peer', message(1));
    const second = judge('peer', message(2));
    expect(judge('peer', message(3))).toBe('ignore');
    expect(heard).toHaveLength(2);
    expect(gossip.pending).toBe(2);
    expect(await first).toBe('ignore');
    expect(await second).toBe('ignore');
    expect(gossip.pending).toBe(0);
  });

  test('reach the message they are about, once', async () => {
    const { gossip, heard, judge } = gossipWith();
    const first = judge('peer', message(1));
    const second = judge('peer', message(2));
    gossip.verdict(heard[1] ?? '', 'accept');
    gossip.verdict(heard[1] ?? '', 'reject');
    gossip.verdict(heard[0] ?? '', 'reject');
    expect(await first).toBe('reject');
    expect(await second).toBe('accept');
  });
});
