// What people are told of private sessions: who is in them, and in which of several something happened.

import type { Client, SessionSummary } from '@parley/client';
import { afterEach, expect, test } from 'vitest';
import { Swarm, heard, until } from './swarm.ts';
import type { Member } from './swarm.ts';

let swarm = new Swarm();

afterEach(async () => {
  await swarm.stop();
  swarm = new Swarm();
});

function noticesOf(client: Client): readonly string[] {
  const texts: string[] = [];
  client.onChange((change) => {
    if (change.kind === 'notice') texts.push(change.text);
  });
  return texts;
}

async function met(count: number, ...members: readonly Member[]): Promise<void> {
  const isMet = ({ client }: Member): boolean => client.view.people('lobby').length === count;
  await until('all know of each other', () => members.every(isMet));
}

/** Forks, says something, and waits until all of them read it. */
async function opened(by: Member, ...others: readonly Member[]): Promise<string> {
  const people = others.map(({ client }) => client.view.self.identity);
  const session = by.client.fork(people);
  if (!session.ok) throw new Error(session.reason.kind);
  by.client.say(session.value, `in ${session.value}`, 'say');
  const isRead = (each: Member): boolean =>
    heard(each).some((line) => line.endsWith(`: in ${session.value}`));
  await until('all read it', () => others.every(isRead));
  return session.value;
}

const sessionsOf = ({ client }: Member): readonly SessionSummary[] => client.view.sessions();

test('who leaves, is let in and is removed is told with the number of the session', async () => {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address] });
  const carmen = await swarm.start('carmen', { connect: [anna.address] });
  await met(3, anna, bobby, carmen);
  await opened(anna, bobby);
  await opened(anna, bobby, carmen);
  const [told, toldCarmen] = [noticesOf(bobby.client), noticesOf(carmen.client)];
  anna.client.remove('2', carmen.client.view.self.identity);
  await until('bobby hears', () => told.includes('anna removed carmen from session 2'));
  await until('carmen hears', () => toldCarmen.includes('anna removed you from session 1'));
  anna.client.invite('1', carmen.client.view.self.identity);
  await until('bobby hears', () => told.includes('anna let carmen into session 1'));
  anna.client.leave('1');
  await until('bobby hears', () => told.length === 3);
  expect(told[2]).toBe('anna left session 1');
});

test('of two people with one name it is shown in private sessions too which one it is', async () => {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address] });
  const other = await swarm.start('other', { connect: [anna.address], called: 'bobby' });
  await met(3, anna, bobby, other);
  await opened(anna, bobby);
  await opened(anna, other);
  const titles = sessionsOf(anna).map(({ title }) => title);
  expect(titles).toEqual([
    'lobby',
    expect.stringMatching(/^bobby·/u),
    expect.stringMatching(/^bobby·/u),
  ]);
  expect(new Set(titles).size).toBe(3);
  expect(heard(other)).toEqual(['anna: in 2']);
  other.client.say('1', 'which am I', 'say');
  await until('it is heard', () => heard(anna).includes(`${titles[2] ?? ''}: which am I`));
});

test('people stand in a title by the alphabet, and by name from the first moment', async () => {
  const anna = await swarm.start('anna');
  const names = ['dora', 'bobby', 'carmen'];
  const others: Member[] = [];
  for (const name of names) others.push(await swarm.start(name, { connect: [anna.address] }));
  await met(4, anna);
  const forked = anna.client.fork(others.map(({ client }) => client.view.self.identity));
  expect(forked.ok).toBe(true);
  expect(sessionsOf(anna)[1]?.title).toBe('bobby, carmen, dora');
});

test('what was said in one go with forking and leaving is heard before the goodbye', async () => {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address] });
  await met(2, anna, bobby);
  const forked = anna.client.fork([bobby.client.view.self.identity]);
  if (!forked.ok) throw new Error(forked.reason.kind);
  anna.client.say(forked.value, 'one word and gone', 'say');
  anna.client.leave(forked.value);
  await until('bobby reads it', () => heard(bobby).includes('anna: one word and gone'));
  await until('bobby knows that anna left', () => sessionsOf(bobby)[1]?.open === false);
  expect(sessionsOf(anna)).toHaveLength(1);
});

test('at the end it is told how much was said in private sessions and not written', async () => {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address], canFork: false });
  await met(2, anna, bobby);
  const forked = anna.client.fork([bobby.client.view.self.identity]);
  if (!forked.ok) throw new Error(forked.reason.kind);
  anna.client.say(forked.value, 'to nobody', 'say');
  anna.client.leave(forked.value);
  expect(sessionsOf(anna)).toHaveLength(1);
  expect(await anna.client.settle()).toMatchObject({ unsaidLines: 1 });
  expect(anna.client.unsaidLines).toBe(1);
});
