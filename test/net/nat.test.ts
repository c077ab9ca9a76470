// Two people behind routers of every kind find each other by an invite, and chat at once; without the relay where that can be.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Peer, endAll, newHome, startJson } from '../e2e/peer.ts';
import {
  contentOf,
  foundIn,
  foundOnDisk,
  hiddenOf,
  runParley,
  secretRoom,
} from '../e2e/secret-room.ts';
import { sayIn, seesIn, textsIn } from '../e2e/session.ts';
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
const ROOM = 'gardenparty';

let lab: NatLab | null = null;

afterEach(async () => {
  await endAll();
  lab?.close();
  lab = null;
});

/**
 * What bobby has: an invite with anna's address at a relay; or one that says nothing of where she is, and the address
 * of a peer that is in none of their rooms, where both look for the room by its blinded key.
 */
type Known = 'the relay’s address' | 'a common peer';

interface Member {
  readonly peer: Peer;
  /** What the room is called there. */
  readonly session: string;
}

interface Meeting {
  readonly server: Peer;
  readonly anna: Member;
  readonly bobby: Member;
  readonly invite: string;
}

/** A home whose settings let relayed connections last for a minute. */
function impatientHome(): { readonly home: string } {
  const home = newHome();
  writeFileSync(join(home, 'config.json'), ONE_MINUTE);
  return { home };
}

/** They are linked when this returns. */
async function meetBehind(kinds: readonly [NatKind, NatKind], known: Known): Promise<Meeting> {
  lab = openNatLab(kinds);
  const { open, hidden } = lab;
  const settings = {
    ...settingsOn(open, '--no-discovery', '--name', 'server'),
    ...impatientHome(),
  };
  const server = new Peer({ ...settings, args: ['serve', ...(settings.args ?? [])] });
  await server.until('the server', () => server.stderr.includes('"ready"'));
  const connect = ['--connect', `${open.address}:4747`];
  const start = (name: string, host: 0 | 1, ...args: readonly string[]): Promise<Peer> =>
    startJson(name, { ...settingsOn(hidden[host], ...args), ...impatientHome() });
  const lone = known === 'a common peer' ? inviteToNowhere() : null;
  const anna = await start('anna', 0, ...connect, ...(lone === null ? [] : ['--room', lone]));
  await anna.object('peer', { event: 'connected', name: 'server' });
  const invite = lone ?? (await inviteOverRelay(anna));
  const startMs = performance.now();
  const bobby = await start('bobby', 1, '--room', invite, ...(lone === null ? [] : connect));
  await anna.object('peer', { event: 'connected', name: 'bobby' });
  await bobby.object('peer', { event: 'connected', name: 'anna' });
  const met = (performance.now() - startMs).toFixed();
  console.log(`${kinds.join('/')}, by ${known}: met ${met} ms after bobby's start`);
  return {
    server,
    anna: { peer: anna, session: lone === null ? ROOM : 'lobby' },
    bobby: { peer: bobby, session: 'lobby' },
    invite,
  };
}

/** Made on a machine without a network. */
function inviteToNowhere(): string {
  const invite = /parley:\S+/u.exec(runParley(newHome(), 'room', 'new', ROOM, '--secret'))?.[0];
  expect(contentOf(invite ?? '').addresses).toEqual([]);
  return invite ?? '';
}

/** As anna gives it to bobby: as soon as it says at which relay she is. */
async function inviteOverRelay(anna: Peer): Promise<string> {
  let invite = await secretRoom(anna, ROOM);
  for (let tries = 0; tries < 20; tries += 1) {
    if (contentOf(invite).addresses.some((each) => each.includes('/p2p-circuit'))) return invite;
    await pause(100);
    invite = runParley(anna.home, 'invite', ROOM);
  }
  throw new Error(`no relay in the invite: ${contentOf(invite).addresses.join(' ')}`);
}

function pathTo(peer: Peer, name: string): unknown {
  return peer.objects.findLast((one) => one['type'] === 'peer' && one['name'] === name)?.['path'];
}

function disconnectedFrom(peer: Peer): unknown[] {
  return peer.objects.filter(({ event }) => event === 'disconnected').map(({ name }) => name);
}

/** Both say lines for a while; each arrives once, in order. */
async function chat({ anna, bobby }: Meeting, what: string, paceMs: number): Promise<void> {
  const said: string[] = [];
  for (let line = 0; line < LINES; line += 1) {
    for (const [name, { peer, session }] of Object.entries({ anna, bobby })) {
      said.push(`${what} ${line} of ${name}`);
      sayIn(peer, session, `${what} ${line} of ${name}`);
    }
    await pause(paceMs);
  }
  for (const { peer, session } of [anna, bobby]) {
    await seesIn(peer, session, ...said);
    const seen = textsIn(peer, session).filter((text) => text.startsWith(`${what} `));
    expect(differences(seen, said)).toEqual([]);
    for (const name of ['anna', 'bobby']) {
      const ofOne = (texts: readonly string[]): string[] =>
        texts.filter((text) => text.endsWith(name));
      expect(ofOne(seen)).toEqual(ofOne(said));
    }
  }
}

/** Who relayed, introduced and answered STUN has nothing of their room. */
function learnedNothing({ server, anna, invite }: Meeting): void {
  const hidden = hiddenOf(invite, 'with the server 0 of anna');
  expect(foundOnDisk(hidden, server.home)).toEqual([]);
  expect(foundIn(hidden, Buffer.from(server.stdout + server.stderr))).toEqual([]);
  expect(foundOnDisk(hidden, anna.peer.home)).toContain('the id as bytes');
}

it.each([
  ['cone', 'cone', 'the relay’s address'],
  ['full', 'cone', 'a common peer'],
  ['full', 'symmetric', 'the relay’s address'],
] as const)(
  '%s and %s, an invite and %s: they chat at once, directly within 3 s, and on without the peer that serves',
  async (one, other, known) => {
    const meeting = await meetBehind([one, other], known);
    const { server } = meeting;
    const [anna, bobby] = [meeting.anna.peer, meeting.bobby.peer];
    const linkedMs = performance.now();
    const first = pathTo(anna, 'bobby');
    const chatting = chat(meeting, 'with the server', 5);
    await anna.until('a direct way', () => pathTo(anna, 'bobby') === 'direct');
    await bobby.until('a direct way', () => pathTo(bobby, 'anna') === 'direct');
    const directMs = performance.now() - linkedMs;
    console.log(
      `${one}/${other}: ${String(first)} at first, direct ${directMs.toFixed()} ms later`,
    );
    expect(directMs).toBeLessThan(DIRECT_MS_MAX);
    await chatting;
    await server.kill();
    await anna.object('peer', { event: 'disconnected', name: 'server' });
    await chat(meeting, 'without the server', 5);
    // Who found a direct way in the invite never was linked to the server.
    for (const peer of [anna, bobby])
      expect(disconnectedFrom(peer).filter((name) => name !== 'server')).toEqual([]);
    learnedNothing(meeting);
    for (const peer of [anna, bobby]) {
      const { code, ms } = await peer.end('SIGTERM');
      expect(code).toBe(0);
      expect(ms).toBeLessThan(ENDING_MS_MAX);
    }
  },
);

it.each([
  ['symmetric', 'cone', 'a common peer', ATTEMPT_MS],
  ['symmetric', 'symmetric', 'the relay’s address', RENEWED_MS],
] as const)(
  '%s and %s, an invite and %s: they chat over the relay, also when that is renewed',
  async (one, other, known, ms) => {
    const meeting = await meetBehind([one, other], known);
    const [anna, bobby] = [meeting.anna.peer, meeting.bobby.peer];
    await chat(meeting, 'with the server', ms / LINES);
    expect([pathTo(anna, 'bobby'), pathTo(bobby, 'anna')]).toEqual(['relayed', 'relayed']);
    expect([anna, bobby].map(disconnectedFrom)).toEqual([[], []]);
    learnedNothing(meeting);
  },
);
