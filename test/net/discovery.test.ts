// Peers on one LAN find each other by multicast DNS, with no address given to anyone.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { Peer, endAll } from '../e2e/peer.ts';
import { openLab } from './lab.ts';
import type { Host, Lab } from './lab.ts';
import { settingsOn } from './swarm.ts';

const SEED = 3;

let lab: Lab;

beforeEach(async () => {
  lab = await openLab(SEED, ['anna', 'bobby', 'carol']);
});

afterEach(async () => {
  await endAll();
  await lab.close();
});

it('two on one LAN meet unasked; a third, cut off from them, meets them when the cut is healed', async () => {
  const [here, beside, away] = lab.hosts as [Host, Host, Host];
  await lab.cut([[here, beside], [away]]);
  const [anna, bobby, carol] = (
    [
      [here, 'anna'],
      [beside, 'bobby'],
      [away, 'carol'],
    ] as const
  ).map(([host, name]) => new Peer(settingsOn(host, '--json', '--name', name))) as [
    Peer,
    Peer,
    Peer,
  ];
  await anna.object('peer', { event: 'connected', name: 'bobby' });
  await bobby.object('peer', { event: 'connected', name: 'anna' });
  anna.say('found you');
  await bobby.sees('found you');
  await carol.object('ready');
  expect(carol.objects.filter(({ type }) => type === 'peer')).toEqual([]);
  await lab.heal();
  await carol.object('peer', { event: 'connected', name: 'anna' });
  await carol.object('peer', { event: 'connected', name: 'bobby' });
  await carol.sees('found you');
});
