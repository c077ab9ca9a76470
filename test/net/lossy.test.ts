// A network on which every fifth frame is lost and all are late and out of order: a chat goes on, complete and in order.

import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endAll } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { openLab } from './lab.ts';
import type { Lab } from './lab.ts';
import { idsInLog, meshOf } from './swarm.ts';

const SEED = 4;
const LINES_EACH = 1_000;
const LINES_A_TURN = 10;
const PACE_MS = 5;
/** Of frames each way, so that an answer takes 400 ms where nothing is lost. */
const FAULTS = { loss: 0.2, delay_ms: 200, jitter_ms: 20, reorder: 0.05 };
const WAIT_MS_MAX = 120_000;

let lab: Lab;

beforeEach(async () => {
  lab = await openLab(SEED, ['anna', 'bobby']);
});

afterEach(async () => {
  await endAll();
  await lab.close();
});

/** Each says so many lines at the same time. Returns the milliseconds from the first to when both have all. */
async function chat(peers: readonly Peer[], what: string): Promise<number> {
  const startMs = performance.now();
  for (let line = 0; line < LINES_EACH; line += LINES_A_TURN) {
    for (const [at, peer] of peers.entries())
      for (let more = 0; more < LINES_A_TURN; more += 1) peer.say(textOf(what, at, line + more));
    await pause(PACE_MS);
  }
  for (const peer of peers) {
    const last = peers.map((_, at) => textOf(what, at, LINES_EACH - 1));
    await peer.sees(...last);
    await peer.last('status', { missing: 0 });
  }
  return performance.now() - startMs;
}

function textOf(what: string, at: number, line: number): string {
  return `${what} ${at}: ${line}`;
}

it('20 % loss, 200 ms of delay, reordering: 1,000 lines each way arrive complete and in order', async () => {
  const peers = await meshOf(lab, { waitMsMax: WAIT_MS_MAX });
  const cleanMs = await chat(peers, 'clean');
  await lab.setFaults(FAULTS);
  const lossyMs = await chat(peers, 'lossy');
  const { sent, lost, reordered } = await lab.counts();
  console.log(
    `${LINES_EACH} lines each way: ${(cleanMs / 1000).toFixed(1)} s without faults, ` +
      `${(lossyMs / 1000).toFixed(1)} s with them; frames: ${sent} sent, ${lost} lost, ${reordered} reordered`,
  );
  expect(lost).toBeGreaterThan(0);
  expect(reordered).toBeGreaterThan(0);
  for (const peer of peers) {
    for (const [at] of peers.entries()) {
      const expected = ['clean', 'lossy'].flatMap((what) =>
        Array.from({ length: LINES_EACH }, (_, line) => textOf(what, at, line)),
      );
      expect(peer.texts(`peer${at}`)).toEqual(expected);
    }
  }
  await lab.setFaults({});
  const [log, ...others] = peers.map(idsInLog);
  for (const other of others) expect(other).toEqual(log);
});
