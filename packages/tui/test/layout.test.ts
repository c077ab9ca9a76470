// What stands where on the screen, at several sizes.

import { FakeClient, ownIdentity, personOf, privateSummary } from '@parley/testkit';
import type { IdentityKey } from '@parley/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Stage, picture } from './kit/screen.ts';

const bobby = personOf({ identity: 'b'.repeat(64) as IdentityKey, name: 'bobby', path: 'lan' });
const carmen = personOf({ identity: 'c'.repeat(64) as IdentityKey, name: 'carmen' });
const at = (hour: number, minute: number): number => new Date(2026, 10, 22, hour, minute).getTime();

function populated(): FakeClient {
  const client = new FakeClient();
  const { view } = client;
  view.allPeople = [...view.allPeople, bobby, carmen];
  view.allSessions = [...view.allSessions, privateSummary(1, 'them', [bobby])];
  const say = (identity: IdentityKey, name: string, text: string, minute: number): void => {
    client.addLine({ identity, name, text, timeMs: at(10, minute) });
  };
  say(bobby.identity, 'bobby', 'good morning', 1);
  say(
    ownIdentity,
    'anna',
    'hello bobby, a line that is so long that it does not fit beside the time',
    2,
  );
  say(carmen.identity, 'carmen', 'two\nlines', 3);
  return client;
}

let stage: Stage | null = null;
afterEach(() => stage?.face.stop());

describe('the layout', () => {
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
    [50, 12],
    [20, 5],
  ] as const) {
    it(`of ${columns}×${rows} shows what has room there`, async () => {
      stage = new Stage(columns, rows, populated()).open();
      const screen = await stage.shows((text) => text.includes('lines'));
      expect(screen).toBe(picture(`layout-${columns}x${rows}`, screen));
    });
  }

  it('follows the terminal when it changes its size', async () => {
    stage = new Stage(100, 30, populated()).open();
    await stage.shows((text) => text.includes('good morning'));
    stage.terminal.resize(20, 5);
    await stage.shows((text) => text.includes('lines'));
    stage.terminal.resize(80, 24);
    const screen = await stage.shows((text) => text.includes('good morning'));
    expect(screen).toBe(picture('layout-80x24', screen));
  });

  it('tells at a size where nothing fits that it is too small', async () => {
    stage = new Stage(8, 2, populated()).open();
    expect(await stage.shows()).toContain('too sm');
  });
});
