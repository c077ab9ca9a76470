// Everything at once: no error may escape from libp2p, whatever is cut off in the middle of what.

import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { NetworkEvent } from '@parley/core';
import { RecordedNetwork } from '@parley/testkit';
import { expect, test } from 'vitest';
import { network } from './harness.ts';

const STORMS = 4;
const STEPS = 200;
const PEERS = 5;

/** Same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Below = (below: number) => number;

function cutSocket(to: RecordedNetwork, below: Below): void {
  const socket = connect(Number(to.addresses()[0]?.split(':')[1]), '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.write(Buffer.from('\x13/multistream/1.0.0\n\x07/noise\n'), () => {
    if (below(2) === 0) socket.resetAndDestroy();
    else socket.end(randomBytes(below(200)));
  });
}

type Act = (a: RecordedNetwork, b: RecordedNetwork, below: Below) => void;

const acts: readonly Act[] = [
  (a, b) => a.network.dial(b.target(null)),
  (a, b) => a.network.dial(b.target()),
  (a, b) => a.network.dial(b.target()),
  (a, b) => a.network.hangUp(b.peer, 0),
  (a, b, below) => a.network.send(b.peer, randomBytes(below(200_000))),
  (a, _, below) => cutSocket(a, below),
];

/** What happened in one storm. */
async function storm(seed: number): Promise<NetworkEvent[]> {
  const below = numbers(seed);
  const all = Array.from({ length: PEERS }, () => {
    return new RecordedNetwork(network({ hangUpMs: 5, strangersIntervalMs: 20 }));
  });
  await Promise.all(all.map((one) => one.start()));
  for (let step = 0; step < STEPS; step += 1) {
    const [a, b] = [all[below(PEERS)], all[below(PEERS)]];
    if (a !== undefined && b !== undefined) acts[below(acts.length)]?.(a, b, below);
    // eslint-disable-next-line no-await-in-loop -- lets some of it happen before the next
    for (let wait = below(4); wait > 0; wait -= 1) await turn();
  }
  await Promise.all(all.map(({ network: one }) => one.stop()));
  return all.flatMap(({ events }) => events);
}

test('a storm of dials, hang-ups, cut sockets and stops lets no error escape', {
  timeout: 60_000,
}, async () => {
  const escaped: unknown[] = [];
  const note = (error: unknown): void => void escaped.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtExceptionMonitor', note);
  try {
    const events: NetworkEvent[] = [];
    for (let seed = 1; seed <= STORMS; seed += 1) {
      // eslint-disable-next-line no-await-in-loop -- one storm after the other
      events.push(...(await storm(seed)));
    }
    await turn();
    expect(escaped).toEqual([]);
    const kinds = new Set(events.map(({ kind }) => kind));
    const expected = ['connected', 'disconnected', 'frame', 'strangers', 'dialFailed'];
    expect([...kinds]).toEqual(expect.arrayContaining(expected));
  } finally {
    process.off('unhandledRejection', note);
    process.off('uncaughtExceptionMonitor', note);
  }
});
