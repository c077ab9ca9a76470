// A disk that runs full under a peer: the error is clear, nothing that was shown is lost, and with room again it goes on.

import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endAll, startJson } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { ownPrefix, run } from './namespaces.ts';
import { differences, logOf } from './swarm.ts';

const BATCH = 20;
const LINES_MAX = 10_000;
const FILLER = 'x'.repeat(2_000);

let disk: string;

beforeEach(() => {
  disk = join(tmpdir(), `${ownPrefix()}disk`);
  mkdirSync(disk);
  run('mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk);
});

afterEach(async () => {
  await endAll();
  run('umount', disk);
  rmSync(disk, { recursive: true });
});

/** Says long lines, some at a time, until the disk takes no more. */
async function sayUntilFull(peer: Peer): Promise<void> {
  const refused = (): boolean => peer.objects.some(({ type }) => type === 'error');
  for (let line = 0; line < LINES_MAX && !refused(); line += BATCH) {
    for (let more = 0; more < BATCH; more += 1) peer.say(`${line + more} ${FILLER}`);
    await peer.until('a batch', () => refused() || peer.texts().length >= line + BATCH);
  }
}

function textsInLog(home: string): string[] {
  return logOf(home).map(({ text }) => String(text));
}

it('a full disk is told in one clear error, and loses nothing that was shown as said', async () => {
  const home = join(disk, 'profile');
  const anna = await startJson('anna', { home });
  const bobby = await startJson('bobby', { args: ['--connect', anna.address] });
  await bobby.object('peer', { event: 'connected', name: 'anna' });
  await sayUntilFull(anna);
  expect((await anna.end()).code).toBe(1);
  const errors = anna.objects.filter(({ type }) => type === 'error').map(({ text }) => text);
  expect(errors).toEqual([expect.stringMatching(/^no room left on the disk for .*: free some/u)]);
  expect(anna.stderr).toMatch(/^parley: no room left on the disk for [^\n]*\n$/u);

  const shown = anna.texts();
  expect(shown.length).toBeGreaterThan(1_000);
  expect(textsInLog(home)).toEqual(shown);
  run('mount', '-o', 'remount,size=64m', disk);
  const again = await startJson('anna', { home, args: ['--connect', bobby.address] });
  again.say('there is room again');
  await bobby.sees('there is room again');
  expect(textsInLog(home)).toEqual([...shown, 'there is room again']);
  expect(differences(bobby.texts(), [...shown, 'there is room again'])).toEqual([]);
  const notices = bobby.objects.filter(({ type }) => type === 'notice').map(({ text }) => text);
  expect(notices.filter((text) => String(text).includes('two different things'))).toEqual([]);
});
