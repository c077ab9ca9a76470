// Scrolling: it stays where it is while lines arrive, reads older lines from the view, and finds lines.

import { FakeClient, personOf, privateSummary } from '@parley/testkit';
import type { IdentityKey } from '@parley/core';
import { afterEach, describe, expect, it } from 'vitest';
import { TUI_LIMITS } from '../src/limits.ts';
import { Stage } from './kit/screen.ts';

const bobby = personOf({ identity: 'b'.repeat(64) as IdentityKey, name: 'bobby', path: 'lan' });
const startMs = new Date(2026, 10, 22, 8).getTime();

let stage: Stage;
afterEach(() => stage.face.stop());

function say(client: FakeClient, number: number, fields: object = {}): void {
  const timeMs = startMs + number * 100;
  client.addLine({ ...bobby, text: `line ${number}.`, timeMs, ...fields });
}

function open(lines: number, client = new FakeClient()): Stage {
  client.view.allPeople = [...client.view.allPeople, bobby];
  for (let number = 0; number < lines; number += 1) say(client, number);
  stage = new Stage(80, 24, client).open();
  return stage;
}

const linesIn = (screen: string): string[] => screen.match(/line \d+\./gu) ?? [];
const pageUp = '\x1b[5~';
const pageDown = '\x1b[6~';

describe('the scrollback', () => {
  it('stays where it is while lines arrive, and tells how many are below', async () => {
    open(100).type(pageUp);
    const before = await stage.shows((text) => text.includes('scrolled back'));
    for (let number = 100; number < 112; number += 1) say(stage.client, number);
    const after = await stage.shows((text) => text.includes('12 new below'));
    expect(linesIn(after)).toEqual(linesIn(before));
    stage.type('\x1b[1;5F');
    const end = await stage.shows((text) => text.includes('line 111.'));
    expect(end).not.toContain('new below');
  });

  it('comes back to the end page by page', async () => {
    open(100).type(pageUp + pageUp);
    await stage.shows((text) => text.includes('scrolled back') && !text.includes('line 99.'));
    stage.type(pageDown + pageDown + pageDown);
    await stage.shows((text) => text.includes('line 99.') && !text.includes('scrolled back'));
    say(stage.client, 100);
    await stage.shows((text) => text.includes('line 100.'));
    expect(stage.told).toEqual([]);
  });

  it('opens a long history with as few lines read as a short one, and reads more as one scrolls', async () => {
    open(1_000);
    await stage.shows((text) => text.includes('line 999.'));
    const short = stage.client.view.pagedLines;
    stage.face.stop();
    open(50_000);
    await stage.shows((text) => text.includes('line 49999.'));
    expect(stage.client.view.pagedLines).toBe(short);
    for (let page = 0; page < 30; page += 1) stage.type(pageUp);
    await stage.shows((text) => text.includes('scrolled back') && /line 49[34]\d\d\./u.test(text));
    expect(stage.client.view.pagedLines).toBeLessThanOrEqual(short + 4 * TUI_LIMITS.pageLines);
  });

  it('holds a bounded part of the history however far one scrolls, and goes on from there', async () => {
    open(3_000);
    await stage.shows((text) => text.includes('line 2999.'));
    for (let page = 0; page < 170; page += 1) stage.type(pageUp);
    await stage.shows((text) => text.includes('line 0.'));
    for (let page = 0; page < 180; page += 1) stage.type(pageDown);
    await stage.shows((text) => text.includes('line 2999.') && !text.includes('scrolled back'));
    expect(stage.told).toEqual([]);
  });

  it('fills the screen when it grows', async () => {
    open(60).type('\x1b<');
    await stage.shows((text) => text.includes('line 0.'));
    stage.terminal.resize(80, 10);
    await stage.shows((text) => text.includes('scrolled back'));
    stage.terminal.resize(80, 40);
    const screen = await stage.shows((text) => text.includes('line 0.'));
    expect(linesIn(screen)).toHaveLength(36);
  });

  it('goes to the oldest line and to the newest', async () => {
    open(5_000).type('\x1b<');
    await stage.shows((text) => text.includes('line 0.'));
    stage.type('\x1b>');
    await stage.shows((text) => text.includes('line 4999.'));
    expect(stage.told).toEqual([]);
  });

  it('puts a late line where it belongs, and marks it', async () => {
    open(5);
    await stage.shows((text) => text.includes('line 4.'));
    say(stage.client, 2.5, { text: 'in between', late: true });
    const screen = await stage.shows((text) => text.includes('in between'));
    const rows = screen.split('\n').filter((row) => /bobby:/u.test(row));
    expect(rows[3]).toContain('08:00~bobby: in between');
    expect(rows[4]).toContain('line 3.');
  });

  it('tells of own lines once they are stored, and by how many they are held', async () => {
    open(0).type('mine\r');
    await stage.shows((text) => text.includes('anna: mine'));
    const id = stage.client.view.lines[0]?.id ?? '';
    stage.client.emit({ kind: 'stored', session: 'lobby', id });
    await stage.shows((text) => text.includes('mine (stored)'));
    stage.client.emit({ kind: 'delivered', session: 'lobby', id, heldBy: 2 });
    const screen = await stage.shows((text) => text.includes('mine (held by 2)'));
    expect(screen).toContain('missing 0 · held by 2');
  });

  it('calls people by the name they have now, also in what they said before', async () => {
    open(1);
    await stage.shows((text) => text.includes('bobby: line 0.'));
    stage.client.view.allPeople = [{ ...bobby, name: 'robert', label: 'robert' }];
    stage.client.emit({ kind: 'notice', text: 'bobby is now called robert', level: 'info' });
    await stage.shows((text) => text.includes('robert: line 0.'));
    expect(stage.told).toEqual([]);
  });
});

describe('searching', () => {
  it('goes to the newest line found while one types, to older ones, and back with escape', async () => {
    open(3_000).type('\x12line 12');
    const screen = await stage.shows((text) => text.includes('search (1 of'));
    expect(screen).toMatch(/line 129\d\./u);
    stage.type('\x12');
    await stage.shows((text) => text.includes('search (2 of'));
    stage.type('\x1b');
    await stage.shows((text) => text.includes('line 2999.'));
    expect(stage.told).toEqual([]);
  });

  it('\\search finds lines of all sessions, and enter goes to the chosen one', async () => {
    const client = new FakeClient();
    client.view.allSessions = [...client.view.allSessions, privateSummary(1, 'us', [bobby])];
    open(500, client);
    client.addLine({ ...bobby, session: '1', text: 'line secret', timeMs: startMs });
    stage.type('\\search secret\r');
    await stage.shows((text) => text.includes('found 1:') && text.includes('session 1'));
    stage.type('\r');
    await stage.shows((text) => text.includes('end-to-end') && text.includes('line secret'));
    expect(stage.told).toEqual([]);
  });
});
