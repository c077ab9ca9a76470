// What is written to the terminal: little, never while it is behind, and all of it undone at the end.

import { FakeClient, personOf } from '@parley/testkit';
import type { IdentityKey } from '@parley/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Stage } from './kit/screen.ts';

const bobby = personOf({ identity: 'b'.repeat(64) as IdentityKey, name: 'bobby', path: 'lan' });
const timeMs = new Date(2026, 10, 22, 9, 59).getTime();

let stage: Stage;
afterEach(() => stage.face.stop());

function open(columns = 120, rows = 40): Stage {
  const client = new FakeClient();
  client.view.allPeople = [...client.view.allPeople, bobby];
  stage = new Stage(columns, rows, client, { color: true }).open();
  return stage;
}

const frames = (writes: readonly string[]): string[] =>
  writes.filter((text) => text.includes('\x1b[?2026h'));

describe('what is written', () => {
  it('for a key is a few bytes', async () => {
    open();
    for (let at = 0; at < 60; at += 1)
      stage.client.addLine({ ...bobby, text: `line ${at}`, timeMs });
    await stage.shows((text) => text.includes('line 59'));
    const before = stage.terminal.writes.length;
    stage.type('a');
    await stage.shows((text) => text.includes('> a'));
    const bytes = stage.terminal.writes.slice(before).join('').length;
    expect(bytes).toBeLessThan(300);
  });

  it('for 10,000 lines at once is a few screens, and the newest is seen', async () => {
    open();
    await stage.shows();
    const before = stage.terminal.writes.length;
    for (let at = 0; at < 10_000; at += 1)
      stage.client.addLine({ ...bobby, text: `line ${at} of many`, timeMs });
    stage.type('typed meanwhile');
    await stage.shows((text) => text.includes('line 9999') && text.includes('> typed meanwhile'));
    const written = stage.terminal.writes.slice(before);
    expect(frames(written).length).toBeLessThan(40);
    expect(Math.max(...written.map((text) => text.length))).toBeLessThan(20_000);
  });

  it('is nothing where nothing changed', async () => {
    open();
    await stage.shows();
    const before = stage.terminal.writes.length;
    for (let at = 0; at < 5; at += 1) stage.client.emit({ kind: 'status', session: 'lobby' });
    await stage.shows();
    expect(stage.terminal.writes.slice(before)).toEqual([]);
  });

  it('waits while the terminal is behind, and is then the newest only', async () => {
    open();
    await stage.shows();
    stage.terminal.hasRoom = false;
    const before = stage.terminal.writes.length;
    for (let at = 0; at < 50; at += 1) {
      stage.client.addLine({ ...bobby, text: `line ${at}.`, timeMs });
      stage.type('x');
    }
    await stage.shows();
    expect(frames(stage.terminal.writes.slice(before))).toEqual([]);
    stage.terminal.makeRoom();
    await stage.shows((text) => text.includes('line 49.'));
    expect(frames(stage.terminal.writes.slice(before))).toHaveLength(1);
  });

  it('ctrl-l draws everything anew', async () => {
    open();
    const screen = await stage.shows();
    stage.terminal.emulator.write('\x1b[2J\x1b[Hgarbage');
    stage.type('\x0c');
    expect(await stage.shows((text) => !text.includes('garbage'))).toBe(screen);
  });
});

describe('the terminal', () => {
  const modes = ['?1049', '?2004', '?1004'];

  it('is given back at the end as it was', async () => {
    open();
    await stage.shows();
    expect(stage.terminal.isTaken).toBe(true);
    stage.face.stop();
    stage.face.stop();
    const all = stage.terminal.writes.join('');
    for (const mode of modes) {
      expect(all.lastIndexOf(`\x1b[${mode}l`)).toBeGreaterThan(all.lastIndexOf(`\x1b[${mode}h`));
    }
    expect(all.lastIndexOf('\x1b[?7h')).toBeGreaterThan(all.lastIndexOf('\x1b[?7l'));
    expect(all.lastIndexOf('\x1b[?25h')).toBeGreaterThan(all.lastIndexOf('\x1b[?25l'));
    expect(stage.terminal.isTaken).toBe(false);
  });

  it('is given to the shell by ctrl-z, and taken back when the job goes on', async () => {
    open();
    const screen = await stage.shows();
    stage.type('\x1a');
    await stage.shows();
    expect(stage.terminal.suspensions).toBe(1);
    expect(stage.terminal.isTaken).toBe(true);
    expect(await stage.shows((text) => text === screen)).toBe(screen);
  });

  it('ctrl-c is for those who run this, also while something is open', async () => {
    open().type('?\x03');
    await stage.shows();
    expect(stage.told).toEqual(['interrupt']);
  });
});
