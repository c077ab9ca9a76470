// What stands where, at the sizes people have, and while the window changes its size.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endAll, startJson } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { sayIn } from '../e2e/session.ts';
import { openFace, prepared } from './face.ts';
import type { Face } from './face.ts';
import { pictureOf } from './picture.ts';
import { Terminal, closeTerminals, keys } from './terminal.ts';

let bobby: Peer;
let anna: Face;

beforeAll(async () => {
  bobby = await startJson('bobby');
  anna = await openFace('anna', { with: [bobby] });
  const { terminal } = anna;
  await terminal.shows('bobby is here');
  bobby.say('good morning');
  await terminal.shows('good morning');
  terminal.enter(
    'hello bobby, this is a line that is so long that it cannot stand beside the time',
  );
  await terminal.shows('beside the time', 'held by 1');
  bobby.say('two\nlines');
  await terminal.shows('lines');
  bobby.command('\\fork anna');
  await terminal.shows('P~> bobby');
});

afterAll(async () => {
  await closeTerminals();
  await endAll();
});

describe('the layout', () => {
  it.each([
    [80, 24],
    [120, 40],
    [300, 100],
    [50, 12],
    [20, 5],
  ])('of %i×%i is reached by resizing the living screen', async (columns, rows) => {
    anna.terminal.resize(columns, rows);
    const picture = await pictureOf(anna.terminal, `layout-${columns}x${rows}`);
    expect(picture.shown).toBe(picture.kept);
  });

  it('is the same again at 80×24 after 20×5, and after rows and columns came one by one', async () => {
    const { terminal } = anna;
    for (let columns = 20; columns < 80; columns += 3) terminal.resize(columns, 5);
    for (let rows = 5; rows <= 24; rows += 1) terminal.resize(80, rows);
    const picture = await pictureOf(terminal, 'layout-80x24');
    expect(picture.shown).toBe(picture.kept);
  });

  it('goes on to take keys and lines at 20×5', async () => {
    const { terminal } = anna;
    terminal.resize(20, 5);
    terminal.type('small');
    await terminal.shows('> small');
    sayIn(bobby, 'lobby', 'seen at 20x5');
    await terminal.shows('seen at 20x5');
    terminal.type(keys.enter);
    await bobby.sees('small');
    terminal.resize(80, 24);
    await terminal.shows('seen at 20x5', 'anna: small');
    expect(terminal.rows()).toHaveLength(24);
  });

  it('gives the columns at the sides to the scrollback when they are hidden', async () => {
    const { terminal } = anna;
    terminal.type('\x1bs');
    await terminal.hides('0 lobby');
    terminal.type('\x1bp');
    await terminal.hides('anna (you)', '│');
    terminal.type('\x1bs', '\x1bp');
    await terminal.shows('0 lobby', 'anna (you)');
    expect(terminal.rows()[1]?.split('│')).toHaveLength(3);
  });
});

describe('the first start', () => {
  it('asks for a name, takes the terminal then, and tells how to invite someone', async () => {
    const { command, settings } = prepared('', {});
    const nameless = command.filter(
      (word, at) => word !== '--name' && command[at - 1] !== '--name',
    );
    const terminal = new Terminal(nameless, settings);
    await terminal.shows('Please input chat name:');
    expect(terminal.emulator.buffer.active.type).toBe('normal');
    terminal.enter('dora');
    await terminal.shows('missing 0', 'parley --connect', 'lists the keys');
    const firstStart = await pictureOf(terminal, 'first-start');
    expect(firstStart.shown).toBe(firstStart.kept);
    terminal.type('?');
    const keyList = await pictureOf(terminal, 'keys');
    expect(keyList.shown).toBe(keyList.kept);
  });
});
