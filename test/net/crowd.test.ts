// A lobby too large for a full mesh: a private session reaches people whom no link of ours reaches.

import { afterEach, expect, it } from 'vitest';
import { endAll, startJson } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { opened, patient, sayIn, seesIn } from '../e2e/session.ts';

const PEERS = 18;
const FORKS_MAX = 8;

afterEach(endAll);

/** Each knows only the one before it; what the last says tells when all are one lobby. */
async function chainOf(count: number): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (let at = 0; at < count; at += 1) {
    const before = peers.at(-1);
    const args = before === undefined ? [] : ['--connect', before.address];
    peers.push(await startJson(`peer${at}`, { ...patient, args }));
  }
  peers.at(-1)?.say('all here');
  for (const peer of peers) await peer.sees('all here');
  return peers;
}

function nameOf(peer: Peer): string {
  return String(peer.objects.find(({ type }) => type === 'ready')?.['name']);
}

function wasLinked(peer: Peer, { identity }: Peer): boolean {
  return peer.objects.some((one) => one['type'] === 'peer' && one['identity'] === identity);
}

it('people who are no neighbours fork each other, and read what both say', async () => {
  const peers = await chainOf(PEERS);
  const apart = peers.flatMap((one, at) =>
    peers.slice(at + 1).flatMap((other) => (wasLinked(one, other) ? [] : [[one, other] as const])),
  );
  expect(apart.length).toBeGreaterThan(0);
  for (const [one, other] of apart.slice(0, FORKS_MAX)) {
    one.command(`\\fork ${nameOf(other)}`);
    const [here, there] = [await opened(one, other), await opened(other, one)];
    sayIn(one, here, `from ${nameOf(one)} to ${nameOf(other)}`);
    await seesIn(other, there, `from ${nameOf(one)} to ${nameOf(other)}`);
    sayIn(other, there, `from ${nameOf(other)} to ${nameOf(one)}`);
    await seesIn(one, here, `from ${nameOf(other)} to ${nameOf(one)}`);
  }
});
