// Blocking as a face sees it: gone from everything that is shown, and back again.

import { afterEach, expect, test } from 'vitest';
import { Swarm, heard, until } from './swarm.ts';
import type { Member } from './swarm.ts';

let swarm = new Swarm();

afterEach(async () => {
  await swarm.stop();
  swarm = new Swarm();
});

async function pair(): Promise<readonly [Member, Member]> {
  const anna = await swarm.start('anna');
  const mallory = await swarm.start('mallory', { connect: [anna.address] });
  await until('they are connected', () => anna.client.view.status('lobby').peers === 1);
  return [anna, mallory];
}

function identityOf({ client }: Member): Member['client']['view']['self']['identity'] {
  return client.view.self.identity;
}

test('what someone who is blocked said is neither shown, found nor unread; unblocked, it is again', async () => {
  const [anna, mallory] = await pair();
  mallory.client.say('lobby', 'needle one', 'say');
  await until('anna hears it', () => heard(anna).length === 1);
  expect(anna.client.block(identityOf(mallory), true).ok).toBe(true);
  const { view } = anna.client;
  expect(heard(anna)).toEqual([]);
  expect(view.search('needle', null, 10)).toEqual([]);
  expect(view.history('lobby', { linesMax: 10 })).toEqual([]);
  expect(view.people('lobby').find(({ name }) => name === 'mallory')?.blocked).toBe(true);
  expect(view.blocked().map(({ label }) => label)).toEqual(['mallory']);
  mallory.client.say('lobby', 'needle two', 'say');
  anna.client.say('lobby', 'mine', 'say');
  await until('mallory hears anna', () => heard(mallory).length === 3);
  expect(view.status('lobby').missing).toBe(0);
  anna.client.block(identityOf(mallory), false);
  await until('all of it is here', () => heard(anna).length === 3);
  expect(view.blocked()).toEqual([]);
});

test('a private session forked by someone who is blocked does not open', async () => {
  const [anna, mallory] = await pair();
  anna.client.block(identityOf(mallory), true);
  await until('mallory has keys', () => mallory.client.fork([identityOf(anna)]).ok);
  mallory.client.say('1', 'psst', 'say');
  await until('it went out', () => mallory.client.view.status('1').held > 0);
  anna.client.say('lobby', 'after that', 'say');
  await until('mallory hears anna', () =>
    heard(mallory).some((text) => text.includes('after that')),
  );
  expect(anna.client.view.sessions().map(({ session }) => session)).toEqual(['lobby']);
});

test('in a private session that is shared already their lines are hidden, and it goes on', async () => {
  const [anna, mallory] = await pair();
  await until('anna has keys', () => anna.client.fork([identityOf(mallory)]).ok);
  anna.client.say('1', 'hello', 'say');
  await until('mallory reads it', () => heard(mallory).some((text) => text.includes('hello')));
  anna.client.block(identityOf(mallory), true);
  mallory.client.say('1', 'you cannot see this', 'say');
  anna.client.say('1', 'still here', 'say');
  await until('mallory reads on', () => heard(mallory).some((text) => text.includes('still here')));
  await until('nothing is missing', () => anna.client.view.status('1').missing === 0);
  expect(heard(anna).filter((text) => text.startsWith('mallory'))).toEqual([]);
  expect(anna.client.view.sessions().map(({ unread }) => unread)).toEqual([0, 0]);
  anna.client.block(identityOf(mallory), false);
  await until('it is shown now', () => heard(anna).some((text) => text.includes('cannot see')));
});

test('nobody blocks themselves', async () => {
  const [anna] = await pair();
  expect(anna.client.block(identityOf(anna), true)).toEqual({ ok: false, reason: 'self' });
});
