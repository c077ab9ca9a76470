// Hostile peers, several in one process: each writes valid entries into the lobby as fast as its links take them.
// Usage: node -C development test/net/hostile-crowd.ts ADDRESS COUNT; ends with its stdin, telling what it wrote.

import { randomBytes } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import { Loop, systemScheduler } from '@parley/client';
import { createNodeSuite } from '@parley/crypto-node';
import { lobbyId, openPeer } from '@parley/core';
import { createNetwork } from '@parley/net-libp2p';
import { MemoryDisk } from '@parley/testkit';

const [address = '', count = '1'] = process.argv.slice(2);
const suite = createNodeSuite();
const conversation = lobbyId(suite);
/** What they write stays in their memory. */
const BYTES_MAX = 192 * 1_048_576;
const LINE = 'flood '.repeat(500);
let written = 0;

async function hostile(): Promise<() => Promise<void>> {
  const network = createNetwork({
    privateKey: randomBytes(32),
    listen: ['127.0.0.1:0'],
    discovery: false,
    relay: 'off',
    dht: false,
    webrtc: false,
    userAgent: 'hostile',
  });
  const store = new MemoryDisk().open();
  const state = openPeer({
    suite,
    identitySeed: randomBytes(32),
    deviceSeed: randomBytes(32),
    name: `mallory-${randomBytes(3).toString('hex')}`,
    peer: network.peer,
    chance: randomBytes(32),
    memory: store,
    era: 0,
    canFork: false,
    // Nothing of anyone is taken.
    limits: { roomBytesMax: 0 },
    now: systemScheduler.now(),
  });
  for (const { live } of state.conversations.values())
    Object.assign(live, { burst: Infinity, tokens: Infinity });
  const audience = { arrived: ignore, unparked: ignore, told: ignore, failed: fail };
  const loop = new Loop(state, { store, network, scheduler: systemScheduler, audience, work });
  await network.start((event) => loop.push({ kind: 'network', event }));
  loop.start([]);
  loop.push({ kind: 'connect', target: { addresses: [address], peer: null, record: null } });
  const timer = setInterval(() => {
    if (state.neighbours.size === 0 || written > BYTES_MAX) return;
    for (let line = 0; line < 20; line += 1) {
      written += LINE.length;
      loop.push({
        kind: 'say',
        conversation,
        lines: [{ type: 'say', text: LINE + String(written) }],
      });
      loop.flush();
    }
  }, 10);
  return async () => {
    clearInterval(timer);
    loop.stop();
    await network.stop();
  };
}

function ignore(): void {
  // Hostile ones care for nothing that they hear.
}

function work(): Promise<never> {
  return Promise.reject(new Error('nothing is forked here'));
}

function fail(error: unknown): void {
  console.error(error);
  process.exitCode = 1;
}

const stops = await Promise.all(Array.from({ length: Number(count) }, hostile));
console.log('flooding');
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
console.log(String(written));
await Promise.race([Promise.all(stops.map((stop) => stop())), later(2_000)]);
process.exit();
