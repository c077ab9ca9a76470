// A network that loses, delays and reorders: everything arrives everywhere, once.

import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endAll } from '../e2e/peer.ts';
import { openLab } from './lab.ts';
import type { Lab } from './lab.ts';
import { differences, idsInLog, meshOf } from './swarm.ts';

const SEED = 2;
const LINES_EACH = 300;
const PACE_MS = 20;

let lab: Lab;

beforeEach(async () => {
  lab = await openLab(SEED, ['anna', 'bobby', 'carol', 'dave', 'erin']);
});

afterEach(async () => {
  await endAll();
  await lab.close();
});

it('5 % loss, 50 ms of delay, jitter and reordering: 300 lines of each of five are everywhere, once', async () => {
  const peers = await meshOf(lab);
  await lab.setFaults({ loss: 0.05, delay_ms: 50, jitter_ms: 15, reorder: 0.05 });
  const startMs = performance.now();
  const said: string[] = [];
  for (let line = 0; line < LINES_EACH; line += 1) {
    for (const [at, peer] of peers.entries()) {
      said.push(`line ${line} of ${at}`);
      peer.say(`line ${line} of ${at}`);
    }
    await pause(PACE_MS);
  }
  for (const peer of peers) await peer.sees(...said);
  const { lost, reordered, sent } = await lab.counts();
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(
    `${said.length} lines everywhere in ${seconds} s; frames: ${sent} sent, ${lost} lost`,
  );
  expect(lost).toBeGreaterThan(0);
  expect(reordered).toBeGreaterThan(0);
  for (const peer of peers) {
    await peer.last('status', { missing: 0 });
    expect(differences(peer.texts(), said)).toEqual([]);
  }
  const [log, ...others] = peers.map(idsInLog);
  for (const other of others) expect(other).toEqual(log);
});
