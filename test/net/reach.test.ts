// Whoever can be dialled from outside is told so by a peer that tried, and whoever cannot says nothing false.

import { afterEach, expect, it } from 'vitest';
import { Peer, endAll, startJson } from '../e2e/peer.ts';
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

async function listeningOf(peer: Peer): Promise<readonly string[]> {
  asked += 1;
  const re = `doctor ${asked}`;
  peer.write(`${JSON.stringify({ type: 'doctor', re })}\n`);
  const { findings } = await peer.object('diagnosis', { re });
  const all = findings as readonly Finding[];
  return all.filter(({ about }) => about === 'listening').map(({ text }) => text);
}

it('a forwarded port is found out and announced; one that is not forwarded is not', {
  timeout: 60_000,
}, async () => {
  lab = openNatLab(['full', 'symmetric']);
  const { open, hidden } = lab;
  const settings = settingsOn(open, '--no-discovery', '--name', 'server');
  const server = new Peer({ ...settings, args: ['serve', ...(settings.args ?? [])] });
  await server.until('the server', () => server.stderr.includes('"ready"'));
  const connect = ['--connect', `${open.address}:4747`];
  const anna = await startJson('anna', settingsOn(hidden[0], ...connect));
  const bobby = await startJson('bobby', settingsOn(hidden[1], ...connect));
  await anna.object('peer', { event: 'connected', name: 'server' });
  await bobby.object('peer', { event: 'connected', name: 'server' });
  let seen: readonly string[] = [];
  for (let tries = 0; tries < 40 && !seen.some((text) => text.startsWith('11.9.')); tries += 1) {
    seen = await listeningOf(anna);
    await new Promise((resolve) => {
      setTimeout(resolve, 250);
    });
  }
  const outside = seen.find((text) => text.startsWith('11.9.')) ?? '';
  expect(outside).toMatch(/^11\.9\.0\.\d+:4747: others can dial it, says 12D3/u);
  expect((await listeningOf(bobby)).filter((text) => text.startsWith('11.9.'))).toEqual([]);
});
