// A member who asks without end to be let in again: each time costs everyone keys, so that it is done now and then.

import { expect, it } from 'vitest';
import { LIMITS } from '../../src/limits.ts';
import { tick } from '../peers.ts';
import type { TestPeer } from '../peers.ts';
import { act, blamesOf, fork, party, says, shownTo } from './party.ts';
import { plainly } from './plain-worker.ts';

/** How often someone let others into her group. */
function letIn(peer: TestPeer): number {
  return peer.outputs.filter((output) => {
    return output.kind === 'work' && output.work.kind === 'speak' && output.work.add.length > 0;
  }).length;
}

it('who asks with every line to be let in again is, a few times, then twice a minute, and is heard', () => {
  const peers = party('anna', 'bob', 'mallory');
  const [anna, bob, mallory] = peers;
  fork(peers, anna, [bob, mallory]);
  for (const [at, peer] of peers.entries()) act(peers, peer, says(`I am ${peer.id}`), 200 + at);
  mallory.answer = (work) => {
    if (work.kind !== 'speak') return plainly(mallory)(work);
    const ask = { owner: anna.identity, again: true };
    return plainly(mallory)({ ...work, asks: [ask] });
  };
  const before = letIn(anna);
  const seconds = 60;
  for (let second = 1; second <= seconds; second += 1) {
    act(peers, mallory, says(`again ${second}`), second * 1_000);
    act(peers, anna, says(`${second}`), second * 1_000 + 100);
    tick(peers, second * 1_000 + 500);
  }
  const most = LIMITS.againBurst + (seconds * 1_000) / LIMITS.againMs;
  expect(letIn(anna) - before).toBeGreaterThanOrEqual(LIMITS.againBurst);
  expect(letIn(anna) - before).toBeLessThanOrEqual(most);
  expect(shownTo(bob)).toContain(`again ${seconds}`);
  expect(shownTo(bob)).toContain(`${seconds}`);
  expect(blamesOf(anna)).toEqual([]);
});
