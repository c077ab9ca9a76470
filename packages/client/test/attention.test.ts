// What is unread: counted where nobody looks, also for what came while we were away.

import type { Conversation, Store } from '@parley/core';
import { encodeUtf8 } from '@parley/core';
import { afterEach, expect, test } from 'vitest';
import type { ShownLine } from '../src/api.ts';
import { Attention } from '../src/attention.ts';
import type { Listed, SessionList } from '../src/session-list.ts';
import { Swarm, heard, until } from './swarm.ts';
import type { Member } from './swarm.ts';

let swarm = new Swarm();

afterEach(async () => {
  await swarm.stop();
  swarm = new Swarm();
});

function unread({ client }: Member): number | undefined {
  return client.view.sessions()[0]?.unread;
}

async function pair(): Promise<readonly [Member, Member]> {
  const anna = await swarm.start('anna');
  const bobby = await swarm.start('bobby', { connect: [anna.address] });
  await until('they are connected', () => anna.client.view.status('lobby').peers === 1);
  return [anna, bobby];
}

test('lines of others are unread where nobody looks, and read once somebody does', async () => {
  const [anna, bobby] = await pair();
  anna.client.attend('lobby');
  bobby.client.say('lobby', 'seen', 'say');
  await until('it is heard', () => heard(anna).length === 1);
  expect(unread(anna)).toBe(0);
  anna.client.attend(null);
  anna.client.say('lobby', 'own', 'say');
  bobby.client.say('lobby', 'not seen', 'say');
  await until('it is heard', () => heard(anna).length === 3);
  expect(unread(anna)).toBe(1);
  anna.client.attend('lobby');
  expect(unread(anna)).toBe(0);
});

test('what is looked at in one face is read in all, as long as one of them looks', async () => {
  const [anna, bobby] = await pair();
  anna.client.attend('lobby', 'one');
  anna.client.attend('lobby', 'two');
  anna.client.attend(null, 'one');
  bobby.client.say('lobby', 'seen by the other', 'say');
  await until('it is heard', () => heard(anna).length === 1);
  expect(unread(anna)).toBe(0);
  anna.client.attend(null, 'two');
  bobby.client.say('lobby', 'seen by nobody', 'say');
  await until('it is heard', () => heard(anna).length === 2);
  expect(unread(anna)).toBe(1);
});

test('how far one has read is kept over a restart', async () => {
  const [anna, bobby] = await pair();
  anna.client.attend('lobby');
  bobby.client.say('lobby', 'read', 'say');
  await until('it is heard', () => heard(anna).length === 1);
  await anna.client.stop();
  for (const text of ['one', 'two']) bobby.client.say('lobby', text, 'say');
  const again = await swarm.start('anna', { disk: anna.disk, connect: [bobby.address] });
  await until('it is heard', () => heard(again).length === 3);
  expect(unread(again)).toBe(2);
  await again.client.stop();
  const later = await swarm.start('anna', { disk: anna.disk });
  expect(unread(later)).toBe(2);
  later.client.attend('lobby');
  await later.client.stop();
  const last = await swarm.start('anna', { disk: anna.disk });
  expect(unread(last)).toBe(0);
});

test('what a face keeps is there again after a restart, until it is emptied', async () => {
  const anna = await swarm.start('anna');
  anna.client.keep('history/lobby', '["grüße"]');
  anna.client.keep('gone', 'x');
  anna.client.keep('gone', '');
  expect(() => anna.client.keep('big', 'x'.repeat(2_000_000))).toThrow('big');
  await anna.client.stop();
  const again = await swarm.start('anna', { disk: anna.disk });
  expect(again.client.recall('history/lobby')).toBe('["grüße"]');
  expect(again.client.recall('gone')).toBe(null);
});

test('lines are found in all sessions or one, the newest first, and pages go on from any line', async () => {
  const anna = await swarm.start('anna');
  for (let number = 0; number < 30; number += 1)
    anna.client.say('lobby', `line ${number} ${number % 10 === 0 ? 'round' : 'odd'}`, 'say');
  await until('all are there', () => heard(anna).length === 30);
  const { view } = anna.client;
  const found = view.search('round', null, 2).map(({ text }) => text);
  expect(found).toEqual(['line 20 round', 'line 10 round']);
  expect(view.search('round', 'lobby', 9)).toHaveLength(3);
  expect(view.search('round', '7', 9)).toEqual([]);
  const newest = view.page('lobby', { linesMax: 5 });
  const [first] = newest.lines;
  if (first === undefined) throw new Error('there are no lines');
  const older = view.page('lobby', { linesMax: 100, before: first.place });
  const newer = view.page('lobby', { linesMax: 100, after: first.place });
  expect(older.end && newer.end && !newest.end).toBe(true);
  const texts = [...older.lines, first, ...newer.lines].map(({ text }) => text);
  expect(texts).toEqual(view.history('lobby', { linesMax: 100 }).map(({ text }) => text));
});

test('counting what is unread after a flood reads each entry about once, not once for each page', async () => {
  const [anna, bobby] = await pair();
  const session = bobby.client.fork([anna.client.view.self.identity]);
  if (!session.ok) throw new Error(session.reason.kind);
  const lines = 20_000;
  for (let line = 0; line < lines; line += 1) {
    if (!bobby.client.hasRoom) await bobby.client.ready();
    bobby.client.say(session.value, `line ${line}`, 'say');
  }
  await until('all is heard', () => heard(anna).length === lines);
  await anna.client.stop();
  let read = 0;
  const counted = (store: Store): Store => {
    const arrivals = store.arrivals.bind(store);
    return Object.assign(store, {
      arrivals: (after: number, entriesMax: number) => {
        const found = arrivals(after, entriesMax);
        read += found.length;
        return found;
      },
    });
  };
  const again = await swarm.start('anna', { disk: anna.disk, wrap: counted });
  const entries = again.store.lastArrival();
  expect(again.client.view.sessions()[1]?.unread).toBe(lines);
  expect(read).toBeLessThan(entries * 3);
});

test('what was read before two crossing forks turned out to be one is read still', () => {
  const [lower, higher] = ['a'.repeat(64), 'b'.repeat(64)].map((id) => ({ id }) as Conversation);
  const conversations = [higher, lower] as Conversation[];
  const listed = {
    name: '1',
    kind: 'private',
    conversation: lower,
    conversations,
  } as unknown as Listed;
  const lines = [1, 2, 3].map((arrival) => ({ session: '1', own: false, arrival }) as ShownLine);
  const attention = new Attention({
    sessions: { all: () => [listed] } as unknown as SessionList,
    store: {
      value: (key: string) => (key === `read/${higher?.id}` ? encodeUtf8('2') : null),
    } as unknown as Store,
    view: () => ({ newest: () => 3, linesAfter: () => ({ lines, through: 3, end: true }) }),
  });
  expect(attention.unread('1')).toBe(1);
});
