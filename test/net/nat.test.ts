// Two people behind routers of every kind, and one peer that serves: they chat at once, and without it where that can be.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from '../e2e/peer.ts';
import { openNatLab } from './nat-lab.ts';
import type { NatKind, NatLab } from './nat-lab.ts';
import { differences, settingsOn } from './swarm.ts';

const DIRECT_MS_MAX = 3_000;
const ENDING_MS_MAX = 2_000;
const LINES = 40;
/** Longer than an attempt to do without the relay takes to fail. */
const ATTEMPT_MS = 12_000;
/** Longer than a relayed connection lasts where the settings say one minute. */
const RENEWED_MS = 75_000;
const ONE_MINUTE = '{ "limits": { "relayMinutes": 1 } }';

let lab: NatLab | null = null;

afterEach(async () => {
  await endAll();
  lab?.close();
  lab = null;
});

interface Meeting {
  readonly server: Peer;
  readonly anna: Peer;
  readonly bobby: Peer;
  /** From the moment when each is known to the server until they are linked. */
  readonly metMs: number;
}

/** A home whose settings let relayed connections last for a minute. */
function impatientHome(): { readonly home: string } {
  const home = newHome();
  writeFileSync(join(home, 'config.json'), ONE_MINUTE);
  return { home };
}

/** Both know the one that serves, and nothing of each other. */
async function meetBehind(kinds: readonly [NatKind, NatKind]): Promise<Meeting> {
  lab = openNatLab(kinds);
  const { open, hidden } = lab;
  const settings = {
    ...settingsOn(open, '--no-discovery', '--name', 'server'),
    ...impatientHome(),
  };
  const server = new Peer({ ...settings, args: ['serve', ...(settings.args ?? [])] });
  await server.until('the server', () => server.stderr.includes('"ready"'));
  const connect = ['--connect', `${open.address}:4747`];
  const anna = await startJson('anna', {
    ...settingsOn(hidden[0], ...connect),
    ...impatientHome(),
  });
  await anna.object('peer', { event: 'connected', name: 'server' });
  const startMs = performance.now();
  const bobby = await startJson('bobby', {
    ...settingsOn(hidden[1], ...connect),
    ...impatientHome(),
  });
  await anna.object('peer', { event: 'connected', name: 'bobby' });
  await bobby.object('peer', { event: 'connected', name: 'anna' });
  return { server, anna, bobby, metMs: performance.now() - startMs };
}

function pathTo(peer: Peer, name: string): unknown {
  return peer.objects.findLast((one) => one['type'] === 'peer' && one['name'] === name)?.['path'];
}

/** Both say lines for a while; each arrives once, in order. */
async function chat({ anna, bobby }: Meeting, what: string, paceMs: number): Promise<void> {
  const said: string[] = [];
  for (let line = 0; line < LINES; line += 1) {
    for (const [name, peer] of Object.entries({ anna, bobby })) {
      said.push(`${what} ${line} of ${name}`);
      peer.say(`${what} ${line} of ${name}`);
    }
    await pause(paceMs);
  }
  for (const peer of [anna, bobby]) {
    await peer.sees(...said);
    const seen = peer.texts().filter((text) => text.startsWith(`${what} `));
    expect(differences(seen, said)).toEqual([]);
    for (const name of ['anna', 'bobby']) {
      const ofOne = (texts: readonly string[]): string[] =>
        texts.filter((text) => text.endsWith(name));
      expect(ofOne(seen)).toEqual(ofOne(said));
    }
  }
}

it.each([
  ['cone', 'cone'],
  ['full', 'cone'],
  ['full', 'symmetric'],
] as const)(
  '%s and %s: they chat over the relay at once, directly within 3 s, and without it',
  async (...kinds) => {
    const meeting = await meetBehind(kinds);
    const { server, anna, bobby, metMs } = meeting;
    const linkedMs = performance.now();
    const first = pathTo(anna, 'bobby');
    await anna.until('a direct way', () => pathTo(anna, 'bobby') === 'direct');
    await bobby.until('a direct way', () => pathTo(bobby, 'anna') === 'direct');
    const directMs = performance.now() - linkedMs;
    console.log(
      `${kinds.join('/')}: met ${metMs.toFixed()} ms after the start (${String(first)}), direct ${directMs.toFixed()} ms later`,
    );
    expect(directMs).toBeLessThan(DIRECT_MS_MAX);
    await chat(meeting, 'with the server', 5);
    await server.kill();
    await anna.object('peer', { event: 'disconnected', name: 'server' });
    await chat(meeting, 'without the server', 5);
    for (const peer of [anna, bobby]) {
      const lost = peer.objects.filter(
        ({ type, event }) => type === 'peer' && event === 'disconnected',
      );
      expect(lost.map(({ name }) => name)).toEqual(['server']);
    }
    for (const peer of [anna, bobby]) {
      const { code, ms } = await peer.end('SIGTERM');
      expect(code).toBe(0);
      expect(ms).toBeLessThan(ENDING_MS_MAX);
    }
  },
);

it.each([
  ['symmetric', 'cone', ATTEMPT_MS],
  ['symmetric', 'symmetric', RENEWED_MS],
] as const)(
  '%s and %s: they chat over the relay, also when that is renewed',
  async (one, other, ms) => {
    const meeting = await meetBehind([one, other]);
    const { anna, bobby, metMs } = meeting;
    console.log(`${one}/${other}: met ${metMs.toFixed()} ms after the start`);
    await chat(meeting, 'over the relay', ms / LINES);
    expect(pathTo(anna, 'bobby')).toBe('relayed');
    expect(pathTo(bobby, 'anna')).toBe('relayed');
    for (const peer of [anna, bobby])
      expect(peer.objects.filter(({ event }) => event === 'disconnected')).toEqual([]);
  },
);
