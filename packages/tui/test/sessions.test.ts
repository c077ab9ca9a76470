// Going from session to session, what is new where, and who is told when.

import { FakeClient, personOf, privateSummary } from '@parley/testkit';
import type { IdentityKey } from '@parley/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../src/config/load.ts';
import { usualConfig } from '../src/config/config.ts';
import { themes } from '../src/style/theme.ts';
import { Stage, picture } from './kit/screen.ts';

const bobby = personOf({ identity: 'b'.repeat(64) as IdentityKey, name: 'bobby', path: 'lan' });
const carmen = personOf({ identity: 'c'.repeat(64) as IdentityKey, name: 'carmen', path: 'lan' });
const timeMs = new Date(2026, 10, 22, 9, 59).getTime();

let stage: Stage;
afterEach(() => stage.face.stop());

function world(): FakeClient {
  const client = new FakeClient();
  const { view } = client;
  view.allPeople = [...view.allPeople, bobby, carmen];
  view.allSessions = [
    ...view.allSessions,
    privateSummary(1, 'us', [bobby]),
    privateSummary(2, 'them', [carmen]),
  ];
  return client;
}

function unread(client: FakeClient, session: string, count: number): void {
  client.change(session, { unread: count });
}

describe('sessions', () => {
  it('are told apart by number, title, unread lines and level', async () => {
    const client = world();
    stage = new Stage(80, 24, client).open();
    client.addLine({ ...carmen, session: '2', text: 'psst', timeMs });
    unread(client, '2', 1);
    client.addLine({ ...bobby, session: '1', text: 'ANNA!', timeMs });
    unread(client, '1', 12);
    const screen = await stage.shows((text) => text.includes('!12'));
    expect(screen).toBe(picture('sessions-unread', screen));
  });

  it('ctrl-n and ctrl-p go around, alt and a digit goes to a number', async () => {
    stage = new Stage(80, 24, world()).open();
    stage.type('\x0e');
    await stage.shows((text) => text.includes('private session 1'));
    stage.type('\x10\x10');
    await stage.shows((text) => text.includes('private session 2'));
    stage.type('\x1b0');
    await stage.shows((text) => text.includes('open to whoever connects'));
    expect(stage.client.calls.filter((call) => call.startsWith('attend'))).toEqual([
      'attend lobby',
      'attend 1',
      'attend lobby',
      'attend 2',
      'attend lobby',
    ]);
  });

  it('alt-a goes where one was named, then to what is private, then to the rest', async () => {
    const client = world();
    stage = new Stage(80, 24, client).open();
    stage.type('\x1b2');
    await stage.shows((text) => text.includes('private session 2'));
    unread(client, 'lobby', 5);
    unread(client, '1', 1);
    await stage.shows((text) => text.includes('new in 0,1'));
    stage.type('\x1ba');
    await stage.shows((text) => text.includes('private session 1'));
    unread(client, '1', 0);
    stage.type('\x1ba');
    await stage.shows((text) => text.includes('open to whoever connects'));
    expect(stage.told).toEqual([]);
  });

  it('show a line before what came unread, and alt-u goes there', async () => {
    const client = world();
    for (let at = 0; at < 60; at += 1)
      client.addLine({ ...bobby, session: '1', text: `n ${at}`, timeMs });
    unread(client, '1', 40);
    stage = new Stage(80, 24, client).open();
    stage.type('\x1b1');
    await stage.shows((text) => text.includes('n 59'));
    stage.type('\x1bu');
    const screen = await stage.shows((text) => text.includes('── new ─'));
    expect(screen).toMatch(/── new ─+[^\n]*\n[^\n]*n 20/u);
  });

  it('are not read in a window that nobody looks at', async () => {
    const client = world();
    stage = new Stage(80, 24, client).open();
    client.addLine({ ...bobby, text: 'seen', timeMs });
    await stage.shows((text) => text.includes('seen'));
    stage.type('\x1b[O');
    client.addLine({ ...bobby, text: 'not seen', timeMs });
    await stage.shows((text) => /── new ─+[^\n]*\n[^\n]*not seen/u.test(text));
    stage.type('\x1b[I');
    await stage.shows();
    expect(client.calls.filter((call) => call.startsWith('attend'))).toEqual([
      'attend lobby',
      'attend nothing',
      'attend lobby',
    ]);
  });

  it('that others opened are announced, and left ones lead back to the lobby', async () => {
    const client = new FakeClient();
    stage = new Stage(80, 24, client).open();
    await stage.shows();
    client.view.allSessions = [...client.view.allSessions, privateSummary(1, 'them', [bobby])];
    client.emit({ kind: 'session', event: 'opened', session: '1' });
    await stage.shows((text) => text.includes('bobby opened a private session with you'));
    stage.type('\x1b1');
    await stage.shows((text) => text.includes('P~> bobby'));
    stage.type('\\leave\r');
    await stage.shows((text) => text.includes('open to whoever connects'));
    expect(stage.told).toEqual([]);
  });
});

describe('who came and went', () => {
  it('is folded into one note, however many they are', async () => {
    const client = new FakeClient();
    stage = new Stage(120, 24, client).open();
    const peer = (event: 'connected' | 'disconnected', name: string): void => {
      const rest = { address: 'x:1', path: 'lan' } as const;
      client.emit({ kind: 'peer', event, identity: bobby.identity, name, ...rest });
    };
    for (let at = 0; at < 9; at += 1) peer('connected', `p${at}`);
    peer('disconnected', 'p3');
    const screen = await stage.shows((text) => text.includes('gone'));
    expect(screen).toContain('p0, p1, p2, p4, p5 and 3 more are here; p3 is gone');
  });
});

const bell = '\u0007';

function notified(): string {
  return stage.terminal.writes.filter((text) => text.endsWith(bell)).join('');
}

function settings(chosen: object): () => Settings {
  return () => ({ config: { ...usualConfig, ...chosen }, theme: themes.dark, complaints: [] });
}

describe('calling a person', () => {
  it('rings for a name said while nobody looks, once in a while, and shows no content where that is hidden', async () => {
    const client = world();
    const chosen = { settings: settings({ notifyBy: 'osc9', notifyContent: false }) };
    stage = new Stage(80, 24, client, chosen).open();
    stage.type('\x1b[O');
    client.addLine({ ...bobby, text: 'anyone?', timeMs: stage.nowMs });
    client.addLine({ ...bobby, text: 'anna: secret', timeMs: stage.nowMs });
    client.addLine({ ...bobby, text: 'anna: again', timeMs: stage.nowMs });
    await stage.shows((text) => text.includes('again'));
    expect(notified()).toContain('\x1b]9;something new\x07');
    expect(notified()).not.toContain('secret');
    expect(notified().split('\x1b]9;')).toHaveLength(2);
  });

  it('is silent where nobody wants to be called, and for what was said long ago', async () => {
    const client = world();
    stage = new Stage(80, 24, client, { settings: settings({ notify: 'off' }) }).open();
    stage.type('\x1b[O');
    client.addLine({ ...bobby, text: 'anna: hello', timeMs: stage.nowMs });
    await stage.shows((text) => text.includes('hello'));
    expect(notified()).not.toContain('hello');
    expect(notified().startsWith(bell)).toBe(false);
  });
});
