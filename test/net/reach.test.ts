// What doctor says behind routers: who can be dialled from outside is told so by a peer that tried, and of which kind they are.

import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Peer, endAll, startJson } from '../e2e/peer.ts';
import { contentOf, runParley, secretRoom } from '../e2e/secret-room.ts';
import { sayIn, seesIn } from '../e2e/session.ts';
import type { Host } from './lab.ts';
import { openNatLab } from './nat-lab.ts';
import type { NatLab } from './nat-lab.ts';
import { settingsOn } from './swarm.ts';

let lab: NatLab | null = null;

afterEach(async () => {
  await endAll();
  lab?.close();
  lab = null;
});

interface Finding {
  readonly about: string;
  readonly text: string;
}

let asked = 0;

async function findingsOf(peer: Peer, what: string): Promise<readonly string[]> {
  asked += 1;
  const re = `doctor ${asked}`;
  peer.write(`${JSON.stringify({ type: 'doctor', re })}\n`);
  const { findings } = await peer.object('diagnosis', { re });
  const all = findings as readonly Finding[];
  return all.filter(({ about }) => about === what).map(({ text }) => text);
}

/** Asks until it is said, for ten seconds at most. */
async function untilSaid(peer: Peer, what: string, wanted: string): Promise<string> {
  let seen: readonly string[] = [];
  for (let tries = 0; tries < 40; tries += 1) {
    seen = await findingsOf(peer, what);
    const found = seen.find((text) => text.startsWith(wanted));
    if (found !== undefined) return found;
    await pause(250);
  }
  throw new Error(`no '${wanted}' in ${seen.join('; ')}`);
}

/** Peers that serve on the public host, at these ports. */
async function serveAt(host: Host, ...ports: readonly number[]): Promise<readonly string[]> {
  for (const port of ports) {
    const args = ['serve', '--no-discovery', '--name', `server${port}`];
    const listen = ['--listen', `${host.address}:${port}`];
    const server = new Peer({ launcher: host.launcher, args: [...args, ...listen] });
    await server.until('the server', () => server.stderr.includes('"ready"'));
  }
  return ports.flatMap((port) => ['--connect', `${host.address}:${port}`]);
}

it.each([
  ['cone', 'symmetric'],
  ['full', 'symmetric'],
] as const)(
  'doctor tells %s and %s apart with two peers that serve, and what to do',
  {
    timeout: 60_000,
  },
  async (...kinds) => {
    lab = openNatLab(kinds);
    const { open, hidden } = lab;
    const connect = await serveAt(open, 4747, 4748);
    const anna = await startJson('anna', settingsOn(hidden[0], ...connect));
    const bobby = await startJson('bobby', settingsOn(hidden[1], ...connect));
    expect(await untilSaid(anna, 'NAT', 'cone')).toContain('others see 11.9.0.10:');
    expect(await untilSaid(bobby, 'NAT', 'symmetric')).toContain('others see 11.9.0.20:');
    await untilSaid(bobby, 'relay', 'others reach us over 12D3');
    // A relay's place is not one where we listen.
    for (const peer of [anna, bobby])
      expect((await findingsOf(peer, 'listening')).join(' ')).not.toContain('p2p-circuit');
  },
);

it('a forwarded port is found out and announced; one that is not forwarded is not', {
  timeout: 60_000,
}, async () => {
  lab = openNatLab(['full', 'symmetric']);
  const { open, hidden } = lab;
  const connect = await serveAt(open, 4747);
  const anna = await startJson('anna', settingsOn(hidden[0], ...connect));
  const bobby = await startJson('bobby', settingsOn(hidden[1], ...connect));
  await anna.object('peer', { event: 'connected', name: 'server4747' });
  await bobby.object('peer', { event: 'connected', name: 'server4747' });
  const outside = await untilSaid(anna, 'listening', '11.9.');
  expect(outside).toMatch(/^11\.9\.0\.\d+:4747: others can dial it, says 12D3/u);
  expect((await findingsOf(bobby, 'listening')).filter((text) => text.startsWith('11.9.'))).toEqual(
    [],
  );
});

it('a port that the router opens on request is announced, dialled by an invite without a relay, and shut at the end', {
  timeout: 60_000,
}, async () => {
  lab = openNatLab(['upnp', 'cone']);
  const { open, hidden } = lab;
  // Nobody serves, and nobody told anna of her router.
  const anna = await startJson('anna', settingsOn(hidden[0]));
  const mapped = await untilSaid(anna, 'UPnP', 'the router leads');
  expect(mapped).toBe('the router leads 11.9.0.10:4747 to us');
  expect(lab.openedAt(0)).toEqual([4747]);
  await untilSaid(anna, 'listening', '11.9.0.10:4747: whether others can dial it is not known');
  const invite = await secretRoom(anna, 'gardenparty');
  expect(contentOf(invite).addresses).toContain('11.9.0.10:4747');
  const bobby = await startJson('bobby', settingsOn(open, '--room', invite));
  await bobby.object('peer', { event: 'connected', name: 'anna', path: 'direct' });
  sayIn(bobby, 'lobby', 'through the door');
  await seesIn(anna, 'gardenparty', 'through the door');
  await untilSaid(anna, 'listening', '11.9.0.10:4747: others can dial it, says 12D3');
  expect(runParley(anna.home, 'doctor')).toMatch(/^ok +UPnP +the router leads 11\.9\.0\.10:4747/mu);
  expect((await anna.end('SIGTERM')).code).toBe(0);
  expect(lab.openedAt(0)).toEqual([]);
});
