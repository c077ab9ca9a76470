// Sessions on the screen: what is new where, going there, forking, and scrolling while others speak.

import { afterEach, describe, expect, it } from 'vitest';
import { endAll, startJson } from '../e2e/peer.ts';
import { sayIn } from '../e2e/session.ts';
import { openFace } from './face.ts';
import { pictureOf } from './picture.ts';
import { alt, closeTerminals, ctrl, keys } from './terminal.ts';
import type { Terminal } from './terminal.ts';

afterEach(async () => {
  await closeTerminals();
  await endAll();
});

const numbered = (text: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${text} ${at + 1}`);

/** The row of a session in the list on the left. */
function listed(terminal: Terminal, number: number): string {
  const row = terminal.rows().find((text) => text.startsWith(`${number} `));
  return row?.split('│')[0]?.trim().replaceAll(/ +/gu, ' ') ?? '';
}

async function isListed(terminal: Terminal, number: number, as: string): Promise<void> {
  await terminal.until(`session as ${as}`, () => listed(terminal, number) === as);
}

async function goesTo(terminal: Terminal, topic: string): Promise<void> {
  await terminal.until(`topic ${topic}`, () => terminal.rows()[0]?.includes(`│ ${topic}`));
}

describe('unread lines', () => {
  it('are counted for each session with their level, and alt-a goes to the most urgent first', async () => {
    const bobby = await startJson('bobby');
    const carmen = await startJson('carmen', { args: ['--connect', bobby.address] });
    const { terminal } = await openFace('anna', { with: [bobby] });
    await terminal.shows('connected to 2 peers');
    terminal.enter('\\fork bobby');
    await goesTo(terminal, 'P-> bobby');
    await bobby.object('session', { event: 'opened' });
    bobby.command('\\sw 1');
    carmen.command('\\fork anna');
    await isListed(terminal, 2, '2 P~> carmen');
    sayIn(carmen, 'lobby', 'to all of you');
    await isListed(terminal, 0, '0 lobby 1');
    sayIn(carmen, '1', 'to you alone');
    await isListed(terminal, 2, '2 P~> carmen *1');
    sayIn(carmen, 'lobby', 'anna: that is you');
    await isListed(terminal, 0, '0 lobby !2');
    await terminal.shows('new in 0,2');
    const unread = await pictureOf(terminal, 'unread');
    expect(unread.shown).toBe(unread.kept);
    terminal.type(alt('a'));
    await goesTo(terminal, 'lobby');
    await isListed(terminal, 0, '0 lobby');
    terminal.type(alt('a'));
    await goesTo(terminal, 'P~> carmen');
    await terminal.hides('new in');
    terminal.type(alt('1'));
    await goesTo(terminal, 'P-> bobby');
    terminal.type(ctrl('n'));
    await goesTo(terminal, 'P~> carmen');
    terminal.type(ctrl('p'), ctrl('p'));
    await goesTo(terminal, 'lobby');
    terminal.enter('\\switch carmen');
    await goesTo(terminal, 'P~> carmen');
    expect(terminal.text()).toContain('to you alone');
  });

  it('are not read in a window without the focus; alt-u goes to the first of them', async () => {
    const bobby = await startJson('bobby');
    const { terminal } = await openFace('anna', { with: [bobby] });
    bobby.say('seen while she looks');
    await terminal.shows('seen while she looks');
    terminal.type(keys.focusOut);
    for (const text of numbered('while she is away', 60)) bobby.say(text);
    await isListed(terminal, 0, '0 lobby 60');
    await terminal.shows('while she is away 60');
    terminal.type(keys.focusIn);
    await isListed(terminal, 0, '0 lobby');
    terminal.type(alt('u'));
    await terminal.shows('seen while she looks', '── new ─', 'while she is away 1');
    const rows = terminal.rows();
    const rule = rows.findIndex((row) => row.includes('── new ─'));
    expect(rows[rule - 1]).toContain('seen while she looks');
    expect(rows[rule + 1]).toMatch(/while she is away 1 /u);
  });

  it('are still unread after a restart', async () => {
    const bobby = await startJson('bobby');
    const { terminal, home } = await openFace('anna', { with: [bobby] });
    terminal.type(keys.focusOut);
    for (const text of numbered('unread', 3)) bobby.say(text);
    await isListed(terminal, 0, '0 lobby 3');
    terminal.enter('\\quit');
    expect(await terminal.end()).toBe(0);
    const again = await openFace('anna', { home });
    await again.terminal.shows('── new ─', 'unread 1', 'unread 3');
    expect(again.terminal.text()).toMatch(/── new ─[^]*unread 1[^]*unread 2[^]*unread 3/u);
  });
});

describe('a private session', () => {
  it('is marked as ours or theirs, says what it is, and closes visibly', async () => {
    const bobby = await startJson('bobby');
    const { terminal } = await openFace('anna', { with: [bobby] });
    await terminal.shows('bobby is here', '│ bobby');
    terminal.enter('\\fork bobby');
    await goesTo(terminal, 'P-> bobby  private session 1, end-to-end encrypted');
    terminal.enter('just between us');
    await bobby.sees('just between us');
    sayIn(bobby, '1', 'yes, between us');
    await terminal.shows('yes, between us', 'held by 1');
    terminal.type(alt('0'));
    await terminal.hides('between us');
    terminal.type(alt('1'));
    await terminal.shows('between us', 'yes, between us');
    const session = await pictureOf(terminal, 'private');
    expect(session.shown).toBe(session.kept);
    bobby.command('\\sw 1');
    bobby.command('\\leave');
    await terminal.shows('closed');
    terminal.enter('into the void');
    await terminal.shows('!! ', '> into the void');
  });
});

describe('the scrollback', () => {
  it('stays where one looks while hundreds of lines come, counts them, and goes back to the end', async () => {
    const bobby = await startJson('bobby');
    const { terminal } = await openFace('anna', { with: [bobby] });
    for (const text of numbered('early', 100)) bobby.say(text);
    await terminal.shows('early 100');
    terminal.type(keys.pageUp, keys.pageUp);
    await terminal.shows('early 60', 'scrolled back');
    const looked = scrollback(terminal);
    for (const text of numbered('later', 500)) bobby.say(text);
    await terminal.shows('500 new below');
    expect(scrollback(terminal)).toBe(looked);
    terminal.type('typed meanwhile');
    await terminal.shows('> typed meanwhile');
    expect(scrollback(terminal)).toBe(looked);
    terminal.type(keys.pageDown);
    await terminal.until('a page on', () => scrollback(terminal) !== looked);
    terminal.type(alt('>'));
    await terminal.shows('later 500');
    await terminal.hides('new below');
  });

  it('reaches the first line of a history much longer than what is held, and back', async () => {
    const bobby = await startJson('bobby');
    const { terminal, home } = await openFace('anna', { with: [bobby], rows: 50 });
    bobby.say('the very first');
    bobby.say(numbered('of one block', 300).join('\n'));
    for (const text of numbered('line', 3_000)) bobby.say(text);
    await terminal.shows('line 3000');
    terminal.enter('\\quit');
    expect(await terminal.end()).toBe(0);
    const again = await openFace('anna', { home, rows: 50 });
    await again.terminal.shows('line 3000');
    again.terminal.type(alt('<'));
    await again.terminal.shows('the very first', 'of one block 1');
    for (let page = 0; page < 5; page += 1) again.terminal.type(keys.pageDown);
    await again.terminal.shows('of one block 250');
    again.terminal.type(alt('>'));
    await again.terminal.shows('line 3000');
  });

  it('finds by \\search what was said long ago and goes there', async () => {
    const bobby = await startJson('bobby');
    const { terminal } = await openFace('anna', { with: [bobby] });
    bobby.say('the needle lies here');
    for (const text of numbered('hay', 400)) bobby.say(text);
    await terminal.shows('hay 400');
    terminal.enter('\\search needle');
    await terminal.shows('found 1:', 'the needle lies here');
    terminal.type(keys.enter);
    await terminal.shows('the needle lies here', 'hay 1');
    expect(terminal.text()).not.toContain('hay 400');
  });
});

/** The rows between the topic and the status, without the people beside them. */
function scrollback(terminal: Terminal): string {
  return terminal
    .rows()
    .slice(1, -2)
    .map((row) => row.split('│')[1])
    .join('\n');
}
