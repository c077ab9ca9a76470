// Seeds that once found a fault, run for ever.

import { readFileSync } from 'node:fs';
import { createFakeSuite } from '@parley/testkit';
import { runRoomSeed, runSeed, runSessionSeed } from '@parley/testkit/world/schedule';
import { describe, expect, it } from 'vitest';
import { failureText } from './slice.ts';

const path = new URL('./kept-seeds.json', import.meta.url);
const kept = JSON.parse(readFileSync(path, 'utf8')) as Readonly<
  Record<'lobby' | 'sessions' | 'rooms', readonly number[]>
>;

describe('a seed that once failed', () => {
  it.each(kept.lobby)('%i heals', async (seed) => {
    const verdict = await runSeed(seed, { suite: createFakeSuite() });
    expect(verdict.objections.length === 0 ? null : failureText(verdict)).toBeNull();
  });

  it.each(kept.sessions)('%i with private sessions keeps what it promises', async (seed) => {
    const verdict = await runSessionSeed(seed, { suite: createFakeSuite() });
    expect(verdict.objections.length === 0 ? null : failureText(verdict)).toBeNull();
  });

  it.each(kept.rooms)('%i with rooms heals', async (seed) => {
    const verdict = await runRoomSeed(seed, { suite: createFakeSuite() });
    expect(verdict.objections.length === 0 ? null : failureText(verdict)).toBeNull();
  });

  it('replays to the last event and the last byte', async () => {
    const [seed = 0] = kept.lobby;
    expect(await countsOf(runSeed, seed)).toEqual(await countsOf(runSeed, seed));
    expect(await countsOf(runRoomSeed, seed)).toEqual(await countsOf(runRoomSeed, seed));
    expect(await countsOf(runSessionSeed, seed)).toEqual(await countsOf(runSessionSeed, seed));
  });
});

async function countsOf(run: typeof runSeed, seed: number): Promise<unknown> {
  const { events, traffic, told, healedMs } = await run(seed, { suite: createFakeSuite() });
  return { events, traffic, told, healedMs };
}
