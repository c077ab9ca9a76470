import type { Change } from '@parley/client';
import { lobbyId } from '@parley/core';
import { createNodeSuite } from '@parley/crypto-node';
import { MemoryDisk, TestChain } from '@parley/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { Swarm, heard, until } from './swarm.ts';

let swarm = new Swarm();

afterEach(async () => {
  await swarm.stop();
  swarm = new Swarm();
});

test('a chain of three becomes a mesh, and each line is shown once to each', async () => {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address] });
  const carmen = await swarm.start('carmen', { connect: [bobby.address] });
  await until('all are connected', () =>
    [anna, bobby, carmen].every(({ client }) => client.view.status('lobby').peers === 2),
  );
  anna.client.say('lobby', 'one', 'say');
  await until('carmen hears one', () => heard(carmen).length === 1);
  bobby.client.say('lobby', 'two', 'say');
  await until('anna hears two', () => heard(anna).length === 2);
  carmen.client.say('lobby', 'three', 'me');
  const all = ['anna: one', 'bobby: two', 'carmen: three'];
  for (const member of [anna, bobby, carmen]) {
    await until('all lines are there', () => heard(member).length === 3);
    expect(heard(member)).toEqual(all);
    expect(member.client.view.status('lobby')).toMatchObject({ held: 3, missing: 0 });
  }
});

test('who comes later has everything, also from someone who only heard it', async () => {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address] });
  await until('they are connected', () => bobby.client.view.status('lobby').peers === 1);
  for (let number = 0; number < 3_000; number += 1)
    anna.client.say('lobby', `line ${number}`, 'say');
  await until('bobby has all', () => heard(bobby).length === 3_000);
  await anna.client.stop();
  const carmen = await swarm.start('carmen', { connect: [bobby.address] });
  await until('carmen has all', () => heard(carmen).length === 3_000);
  expect(carmen.client.view.status('lobby').missing).toBe(0);
  expect(carmen.client.view.history('lobby', { linesMax: 2 }).map(({ text }) => text)).toEqual([
    'line 2998',
    'line 2999',
  ]);
  expect(
    carmen.client.view.history('lobby', { linesMax: 2, sinceMs: 0 }).map(({ text }) => text),
  ).toEqual(['line 0', 'line 1']);
});

test('own lines are told as held once others hold them, and settle waits for that', async () => {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address] });
  await until('they are connected', () => bobby.client.view.status('lobby').peers === 1);
  const changes: Change[] = [];
  anna.client.onChange((change) => changes.push(change));
  anna.client.say('lobby', 'hello', 'say');
  expect(await anna.client.settle()).toEqual({
    acknowledged: 1,
    silent: [],
    unacknowledgedEntries: 0,
    unsaidLines: 0,
  });
  const [line] = anna.client.view.linesAfter(0, 10).lines;
  expect(changes).toContainEqual({ kind: 'delivered', session: 'lobby', id: line?.id, heldBy: 1 });
  expect(changes).toContainEqual({ kind: 'stored', session: 'lobby', id: line?.id });
});

test('a peer that comes back goes on in its chain and has what it missed', async () => {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address] });
  await until('they are connected', () => anna.client.view.status('lobby').peers === 1);
  anna.client.say('lobby', 'before', 'say');
  await until('bobby hears it', () => heard(bobby).length === 1);
  await anna.client.stop();
  bobby.client.say('lobby', 'meanwhile', 'say');
  const again = await swarm.start('anna', { disk: anna.disk, connect: [bobby.address] });
  await until('anna has what she missed', () => heard(again).length === 2);
  again.client.say('lobby', 'after', 'say');
  await until('bobby hears her', () => heard(bobby).length === 3);
  expect(heard(bobby)).toEqual(['anna: before', 'bobby: meanwhile', 'anna: after']);
});

test('what was said is indexed for search once it is quiet', async () => {
  const disk = new MemoryDisk({ sync: 'soon' });
  const anna = await swarm.start('anna', { disk });
  const indexed = vi.spyOn(anna.store, 'indexSome');
  anna.client.say('lobby', 'a needle in the hay', 'say');
  await until('all is indexed', () => indexed.mock.results.some(({ value }) => value === 0));
  expect(anna.store.search('needle', null, 10)).toHaveLength(1);
});

test('lines that were parked are all shown when their time has come, however many', async () => {
  const disk = new MemoryDisk({ sync: 'soon' });
  const chain = new TestChain(lobbyId(createNodeSuite()));
  for (let number = 0; number < 5_000; number += 1) chain.say([`line ${number}`]);
  const store = disk.open();
  const write = chain.write(0);
  if (write.kind !== 'entries') throw new Error('a chain writes entries');
  store.commit([{ ...write, parked: true }]);
  await store.close();
  const anna = await swarm.start('anna', { disk });
  await until('all are shown', () => heard(anna).length === 5_000);
  expect(new Set(heard(anna)).size).toBe(5_000);
});
