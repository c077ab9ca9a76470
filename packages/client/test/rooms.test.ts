// Rooms among several clients: who meets there, what the invite is good for, what stays after leaving.

import type { Client, SessionName } from '@parley/client';
import type { RoomKey } from '@parley/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Swarm, heard, until } from './swarm.ts';
import type { Member } from './swarm.ts';

const ops: RoomKey = { kind: 'open', name: 'ops' };
const secretOps: RoomKey = { kind: 'secret', name: 'ops', secret: new Uint8Array(32).fill(7) };

let swarm: Swarm;

beforeEach(() => {
  swarm = new Swarm();
});
afterEach(() => swarm.stop());

/** Joined, or the test fails. */
function join({ client }: Member, room: RoomKey): SessionName {
  const joined = client.rooms.join(room);
  if (!joined.ok) throw new Error(joined.reason);
  return joined.value;
}

async function inviteOf({ client }: Member, session: SessionName): Promise<string> {
  await until('it listens', () => client.view.listening().length > 0);
  const written = client.rooms.inviteTo(session, null);
  if (!written.ok) throw new Error(written.reason);
  return written.value.text;
}

function take({ client }: Member, text: string): SessionName {
  const invite = client.rooms.read(text);
  if (!invite.ok) throw new Error(invite.reason.kind);
  const entered = client.rooms.enter(invite.value);
  if (!entered.ok) throw new Error(entered.reason);
  return entered.value;
}

const rowsOf = (client: Client): string[] =>
  client.view.sessions().map(({ number, session, title }) => `${number} ${session} ${title}`);

function noticesOf({ client }: Member): string[] {
  const notices: string[] = [];
  client.onChange((change) => {
    if (change.kind === 'notice') notices.push(change.text);
  });
  return notices;
}

describe('an open room', () => {
  it('is where those meet who know its name, and nobody else hears of it', async () => {
    const anna = await swarm.start('anna');
    const bobby = await swarm.start('bobby', { connect: [anna.address] });
    const carmen = await swarm.start('carmen', { connect: [anna.address, bobby.address] });
    for (const member of [anna, bobby]) expect(join(member, ops)).toBe('ops');
    expect(anna.client.say('ops', 'only here', 'say').ok).toBe(true);
    await until('bobby hears it', () => heard(bobby).includes('anna: only here'));
    carmen.client.say('lobby', 'hello', 'say');
    await until('both hear carmen', () => heard(bobby).includes('carmen: hello'));
    expect(heard(carmen)).toEqual(['carmen: hello']);
    expect(rowsOf(carmen.client)).toEqual(['0 lobby lobby']);
    const people = bobby.client.view.people('ops').map(({ name }) => name);
    expect(people.toSorted()).toEqual(['anna', 'bobby']);
  });

  it('keeps its number and its unread lines over a restart, among private sessions', async () => {
    const anna = await swarm.start('anna');
    const bobby = await swarm.start('bobby', { connect: [anna.address] });
    join(bobby, { kind: 'open', name: 'first' });
    join(bobby, ops);
    join(anna, ops);
    bobby.client.leave('first');
    await until('both are in it', () => anna.client.view.status('ops').peers === 1);
    bobby.client.attend('lobby');
    anna.client.say('ops', 'one', 'say');
    anna.client.say('ops', 'two', 'say');
    await until('bobby has them', () => heard(bobby).length === 2);
    await bobby.client.stop();
    const again = await swarm.start('bobby', { disk: bobby.disk });
    expect(rowsOf(again.client)).toEqual(['0 lobby lobby', '2 ops #ops']);
    expect(again.client.view.sessions()[1]).toMatchObject({ kind: 'room', unread: 2 });
  });

  it('that is left is forgotten, lines and all, and not there at the next start', async () => {
    const anna = await swarm.start('anna');
    join(anna, ops);
    anna.client.say('ops', 'forget me', 'say');
    await until('it is said', () => heard(anna).length === 1);
    const told: string[] = [];
    anna.client.onChange((change) => {
      if (change.kind === 'session') told.push(`${change.event} ${change.session}`);
    });
    expect(anna.client.leave('ops').ok).toBe(true);
    expect(told).toEqual(['left ops']);
    expect(anna.client.view.search('forget', null, 9)).toEqual([]);
    expect(anna.client.say('ops', 'again', 'say')).toEqual({
      ok: false,
      reason: 'unknown-session',
    });
    await anna.client.stop();
    const again = await swarm.start('anna', { disk: anna.disk });
    expect(rowsOf(again.client)).toEqual(['0 lobby lobby']);
    expect(heard(again)).toEqual([]);
  });

  it('has a topic and a retention that everyone in it is told', async () => {
    const anna = await swarm.start('anna');
    const bobby = await swarm.start('bobby', { connect: [anna.address] });
    for (const member of [anna, bobby]) join(member, ops);
    const notices = noticesOf(bobby);
    expect(anna.client.rooms.setTopic('ops', 'releases').ok).toBe(true);
    expect(anna.client.rooms.setKeep('ops', 30).ok).toBe(true);
    const room = (): object | undefined => bobby.client.view.sessions()[1];
    await until('bobby knows', () => JSON.stringify(room()).includes('"keepDays":30'));
    expect(room()).toMatchObject({ topic: 'releases', keepDays: 30, secret: false });
    await until('bobby is told', () => notices.length === 2);
    expect(notices[0]).toBe('anna set the topic of #ops: releases');
    expect(anna.client.rooms.setTopic('ops', 'x'.repeat(2_000))).toMatchObject({
      reason: 'too-long',
    });
  });
});

describe('an invite', () => {
  it('leads from another network into a secret room, by its addresses alone', async () => {
    const anna = await swarm.start('anna');
    const carmen = await swarm.start('carmen', { connect: [anna.address] });
    join(anna, secretOps);
    const text = await inviteOf(anna, 'ops');
    const bobby = await swarm.start('bobby');
    expect(take(bobby, text)).toBe('ops');
    await until('they meet', () => bobby.client.view.status('ops').peers === 1);
    bobby.client.say('ops', 'thank you', 'say');
    await until('anna hears bobby', () => heard(anna).includes('bobby: thank you'));
    expect(bobby.client.view.sessions()[1]).toMatchObject({ secret: true, title: '#ops' });
    const met = bobby.client.view.people('ops').find(({ name }) => name === 'anna');
    expect(met).toMatchObject({ metByInvite: true, verified: false });
    // Whoever is in an open room of that name is not in this one.
    join(carmen, ops);
    carmen.client.say('ops', 'anyone?', 'say');
    await until('carmen said it', () => heard(carmen).includes('carmen: anyone?'));
    anna.client.say('ops', 'hush', 'say');
    await until('bobby hears anna', () => heard(bobby).includes('anna: hush'));
    expect(heard(carmen)).toEqual(['carmen: anyone?']);
    expect(heard(bobby)).not.toContain('carmen: anyone?');
  });

  it('of the lobby dials whoever made it, also by \\connect', async () => {
    const anna = await swarm.start('anna');
    const bobby = await swarm.start('bobby');
    expect(bobby.client.connect(await inviteOf(anna, 'lobby')).ok).toBe(true);
    await until('they meet', () => bobby.client.view.status('lobby').peers === 1);
    expect(bobby.client.connect('parley:2222222222')).toMatchObject({
      reason: expect.stringContaining('missing or mistyped'),
    });
  });

  it('makes it known when somebody else comes under that name, also after a restart', async () => {
    const anna = await swarm.start('anna');
    const bobby = await swarm.start('bobby');
    take(bobby, await inviteOf(anna, 'lobby'));
    await until('they meet', () => bobby.client.view.status('lobby').peers === 1);
    await bobby.client.stop();
    const again = await swarm.start('bobby', { disk: bobby.disk });
    const notices = noticesOf(again);
    await swarm.start('mallory', { called: 'anna', connect: [again.address] });
    await until('bobby is warned', () => notices.some((text) => text.includes('careful')));
    expect(notices.join('\n')).toMatch(
      /anna·\w+ is not anna·\w+, whose key came with your invite/u,
    );
  });

  it('to a private session there is none', async () => {
    const anna = await swarm.start('anna');
    expect(anna.client.rooms.inviteTo('7', null)).toMatchObject({ reason: 'unknown-session' });
  });
});

describe('rooms of one name', () => {
  it('are told apart, for as long as parley runs', async () => {
    const anna = await swarm.start('anna');
    expect(join(anna, ops)).toBe('ops');
    const other = join(anna, secretOps);
    expect(other).toMatch(/^ops·[0-9a-z]{4}$/u);
    expect(join(anna, secretOps)).toBe(other);
    expect(rowsOf(anna.client)).toEqual(['0 lobby lobby', '1 ops #ops', `2 ${other} #${other}`]);
    anna.client.leave('ops');
    expect(rowsOf(anna.client)[1]).toBe(`2 ${other} #${other}`);
    expect(anna.client.say(other, 'here', 'say').ok).toBe(true);
    expect(join(anna, { kind: 'secret', name: 'lobby', secret: new Uint8Array(32) })).toMatch(
      /^lobby·/u,
    );
  });
});

describe('a private lobby', () => {
  it('is session 0, and those in the open one are not in it', async () => {
    const anna = await swarm.start('anna', { lobby: secretOps });
    const bobby = await swarm.start('bobby', { lobby: secretOps, connect: [anna.address] });
    const carmen = await swarm.start('carmen', { connect: [anna.address] });
    expect(rowsOf(anna.client)).toEqual(['0 lobby #ops']);
    await until('bobby is here', () => anna.client.view.status('lobby').peers === 1);
    anna.client.say('lobby', 'among us', 'say');
    await until('bobby hears it', () => heard(bobby).includes('anna: among us'));
    expect(carmen.client.view.status('lobby').peers).toBe(0);
    expect(heard(carmen)).toEqual([]);
    expect(take(carmen, await inviteOf(anna, 'lobby'))).toBe('ops');
    carmen.client.say('ops', 'in now', 'say');
    await until('anna hears carmen', () => heard(anna).includes('carmen: in now'));
  });
});
