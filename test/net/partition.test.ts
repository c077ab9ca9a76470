// A network that is cut in two for minutes: both halves go on, and afterwards everyone has everything.

import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endAll } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { openLab } from './lab.ts';
import type { Lab } from './lab.ts';
import { differences, idsInLog, meshOf } from './swarm.ts';

const SEED = 1;
const CUT_MS = 180_000;
const ROUND_MS = 4_000;
const HEAL_MS_MAX = 15_000;
/** Who is where during the cut: neighbours in the chain of --connect are apart. */
const HALVES = [
  [0, 2],
  [1, 3, 4],
] as const;

let lab: Lab;

beforeEach(async () => {
  lab = await openLab(SEED, ['anna', 'bobby', 'carol', 'dave', 'erin']);
});

afterEach(async () => {
  await endAll();
  await lab.close();
});

/** Each says a line, and each sees them all. Returns the lines. */
async function sayAround(peers: readonly Peer[], what: string): Promise<string[]> {
  const texts = peers.map((_, at) => `${what}, line ${at}`);
  for (const [at, peer] of peers.entries()) peer.say(texts[at] ?? '');
  for (const peer of peers) await peer.sees(...texts);
  return texts;
}

it('both halves chat on through a cut of 3 minutes, and 15 s after it all five have one log', async () => {
  const peers = await meshOf(lab);
  const said = await sayAround(peers, 'before');
  const halves = HALVES.map((half) => half.map((at) => peers[at]!));
  await lab.cut(HALVES.map((half) => half.map((at) => lab.hosts[at]!)));
  const cutMs = performance.now();
  for (let round = 0; performance.now() - cutMs < CUT_MS; round += 1) {
    for (const [at, half] of halves.entries())
      said.push(...(await sayAround(half, `half ${at}, round ${round}`)));
    await pause(ROUND_MS);
  }
  for (const [at, half] of halves.entries()) {
    for (const peer of half)
      expect(peer.texts().filter((text) => text.startsWith(`half ${1 - at}`))).toEqual([]);
  }
  const { cut } = await lab.heal();
  const healedMs = performance.now();
  for (const peer of peers) await peer.sees(...said);
  const neededMs = performance.now() - healedMs;
  console.log(
    `${said.length} lines, ${cut} frames cut; all had all ${neededMs.toFixed()} ms after the heal`,
  );
  expect(neededMs).toBeLessThan(HEAL_MS_MAX);
  for (const peer of peers) {
    await peer.last('status', { missing: 0 });
    expect(differences(peer.texts(), said)).toEqual([]);
  }
  const [log, ...others] = peers.map(idsInLog);
  expect(log).toHaveLength(said.length);
  for (const other of others) expect(other).toEqual(log);
});
