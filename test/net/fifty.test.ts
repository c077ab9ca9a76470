// Fifty peers in one lobby, on loopback, in several processes: what anyone says reaches everyone, once.

import { afterEach, expect, it } from 'vitest';
import { openCrowd } from '../../bench/lib/mesh-processes.ts';
import type { Crowd } from '../../bench/lib/mesh-processes.ts';

const PEERS = 50;
const PEERS_PER_PROCESS = 10;
const ROUNDS = 2;

let crowd: Crowd | null = null;

afterEach(() => crowd?.stop());

it('fifty peers: every line of everyone reaches everyone, once', async () => {
  crowd = await openCrowd(PEERS, PEERS_PER_PROCESS);
  await crowd.reset();
  const startMs = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let peer = 0; peer < PEERS; peer += 1) crowd.say(peer, `round ${round} of ${peer}`);
    await crowd.everywhere();
  }
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const { peers } = await crowd.report();
  const deliveries = peers.flatMap(({ delaysMs }) => delaysMs).length;
  const copies = peers.reduce((sum, peer) => sum + peer.copies, 0) / deliveries;
  console.log(
    `${PEERS * ROUNDS} lines of ${PEERS} peers were everywhere in ${seconds} s, ` +
      `${copies.toFixed(2)} copies of each`,
  );
  expect(deliveries).toBe(PEERS * ROUNDS * (PEERS - 1));
  expect(new Set(peers.map(({ texts }) => texts)).size).toBe(1);
});
