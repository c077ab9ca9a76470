// A link that moves from one connection to another: everything sent arrives, once, in order, whoever moves it and when.

import type { Connection, Libp2p } from '@libp2p/interface';
import type { PeerId } from '@parley/core';
import { afterEach, describe, expect, test } from 'vitest';
import { NETWORK_LIMITS } from '../src/limits.ts';
import type { NetworkLimits } from '../src/limits.ts';
import { Links, MOVE_PROTOCOL, PROTOCOL } from '../src/links.ts';
import { foreignNode } from './harness.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

interface Side {
  readonly node: Libp2p;
  readonly links: Links;
  readonly got: number[];
  readonly ended: string[];
  moves: number;
  sent: number;
}

async function side(limits: NetworkLimits = NETWORK_LIMITS): Promise<Side> {
  const node = await foreignNode({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } });
  const [got, ended]: [number[], string[]] = [[], []];
  const links = new Links(node.peerId.toString() as PeerId, limits, {
    linked: () => undefined,
    frame: (_link, bytes) => got.push(Buffer.from(bytes).readUInt32BE()),
    drained: () => undefined,
    moved: () => {
      made.moves += 1;
    },
    ended: (_link, reason) => ended.push(reason),
  });
  const made: Side = { node, links, got, ended, moves: 0, sent: 0 };
  await node.handle(PROTOCOL, (stream, on) => links.accept(stream, on));
  await node.handle(MOVE_PROTOCOL, (stream, on) => links.acceptMove(stream, on));
  node.addEventListener('connection:close', ({ detail }) => links.connectionClosed(detail));
  cleanUps.push(() => node.stop());
  return made;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const patience = (): AbortSignal => AbortSignal.timeout(5_000);

function connect(from: Side, to: Side): Promise<Connection> {
  return from.node.dial(to.node.getMultiaddrs(), { force: true, signal: patience() });
}

async function pair(limits?: NetworkLimits): Promise<readonly [Side, Side]> {
  const [a, b] = [await side(limits), await side(limits)];
  await a.links.open(await connect(a, b), patience());
  return [a, b];
}

function linkOf(one: Side, other: Side): NonNullable<ReturnType<Links['get']>> {
  const link = one.links.get(other.node.peerId.toString() as PeerId);
  if (link === null) throw new Error(`no link; ended: ${one.ended.join(', ')}`);
  return link;
}

/** Says the next numbers, as fast as it may, until `done`. */
async function talk(from: Side, to: Side, done: () => boolean): Promise<void> {
  while (!done()) {
    for (let count = 0; count < 50; count += 1) {
      const frame = Buffer.alloc(1_000);
      frame.writeUInt32BE(from.sent);
      from.sent += 1;
      if (!linkOf(from, to).send(frame)) break;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function allArrived(from: Side, to: Side): Promise<void> {
  await expect.poll(() => to.got.length, { timeout: 10_000 }).toBe(from.sent);
  expect(to.got).toEqual(Array.from({ length: from.sent }, (_, index) => index));
}

describe('a link that moves', () => {
  test('twenty times, while both sides talk, loses, repeats and overtakes nothing', async () => {
    const [a, b] = await pair();
    let isOver = false;
    const talking = Promise.all([talk(a, b, () => isOver), talk(b, a, () => isOver)]);
    for (let round = 0; round < 20; round += 1) {
      const [one, other] = round % 2 === 0 ? [a, b] : [b, a];
      const fresh = await connect(one, other);
      await one.links.move(fresh, patience());
      await expect.poll(() => linkOf(one, other).connection).toBe(fresh);
      await expect.poll(() => linkOf(other, one).isSettled).toBe(true);
    }
    isOver = true;
    await talking;
    await allArrived(a, b);
    await allArrived(b, a);
    expect([a.moves, b.moves]).toEqual([20, 20]);
    expect([...a.ended, ...b.ended]).toEqual([]);
    // What was left behind is closed.
    await expect.poll(() => a.node.getConnections().length).toBe(1);
  });

  test('from a slow way to a fast one waits for what is still on its way there', async () => {
    const [a, b] = await pair();
    const slow = [linkOf(a, b), linkOf(b, a)].flatMap(({ connection }) => connection.streams);
    let isOver = false;
    const talking = Promise.all([talk(a, b, () => isOver), talk(b, a, () => isOver)]);
    for (const stream of slow) stream.pause();
    await a.links.move(await connect(a, b), patience());
    await pause(200);
    // What is in the pipes of the slow way has not come, and nothing else may before it.
    const before = [a.got.length, b.got.length];
    await pause(100);
    expect([a.got.length, b.got.length]).toEqual(before);
    for (const stream of slow) if (stream.status === 'open') stream.resume();
    await expect.poll(() => a.moves + b.moves).toBe(2);
    isOver = true;
    await talking;
    await allArrived(a, b);
    await allArrived(b, a);
  });

  test('by the wish of both sides at once moves to the way of one of them', async () => {
    const [a, b] = await pair();
    for (let round = 0; round < 10; round += 1) {
      const [ofA, ofB] = await Promise.all([connect(a, b), connect(b, a)]);
      const asked = await Promise.allSettled([
        a.links.move(ofA, patience()),
        b.links.move(ofB, patience()),
      ]);
      expect(asked.some(({ status }) => status === 'fulfilled')).toBe(true);
      await expect.poll(() => linkOf(a, b).isSettled && linkOf(b, a).isSettled).toBe(true);
    }
    a.sent = 1;
    linkOf(a, b).send(Buffer.alloc(4));
    await allArrived(a, b);
    expect([...a.ended, ...b.ended]).toEqual([]);
  });

  test('over a connection that breaks at that moment ends, and says so', async () => {
    const [a, b] = await pair();
    const fresh = await connect(a, b);
    await a.links.move(fresh, patience());
    fresh.abort(new Error('cut'));
    await expect.poll(() => a.ended.length + b.ended.length).toBe(2);
  });

  test('is refused to who has none, and to who names the way it goes already', async () => {
    const [a, b] = await pair();
    const link = linkOf(a, b);
    await expect(a.links.move(link.connection, patience())).rejects.toThrow('refused');
    const stranger = await side();
    await expect(stranger.links.move(await connect(stranger, b), patience())).rejects.toThrow(
      'no such link',
    );
    const raw = await connect(stranger, b);
    const stream = await raw.newStream(MOVE_PROTOCOL);
    await expect.poll(() => stream.remoteWriteStatus).toBe('closed');
    expect(linkOf(a, b)).toBe(link);
    expect([...a.ended, ...b.ended]).toEqual([]);
  });

  test('and never arrives, ends after a while', async () => {
    const [a, b] = await pair({ ...NETWORK_LIMITS, moveMsMax: 200 });
    linkOf(a, b).move(
      await (await connect(a, b)).newStream(MOVE_PROTOCOL),
      await connect(a, b),
      new Uint8Array(),
    );
    // The other side saw the mark on the old stream, and a stream that nobody speaks on.
    await expect.poll(() => a.ended.length + b.ended.length, { timeout: 3_000 }).toBe(2);
  });
});
