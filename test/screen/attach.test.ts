// A second full screen on a profile in use: the same chat in another terminal, with a session and a size of its own.

import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { endAll, startJson } from '../e2e/peer.ts';
import { openFace, prepared } from './face.ts';
import { Terminal, closeTerminals, ctrl, keys } from './terminal.ts';

afterEach(closeTerminals);
afterAll(endAll);

/** What the program wrote last may come behind its end. */
async function isGivenBack(terminal: Terminal): Promise<void> {
  expect(await terminal.becomes(() => terminal.emulator.buffer.active.type === 'normal')).toBe(
    true,
  );
}

describe('a second full screen', () => {
  it('shows the same chat in its own size, and each has its own session', async () => {
    const bobby = await startJson('bobby');
    const first = await openFace('anna', { with: [bobby] });
    const second = await openFace('anna', { home: first.home, columns: 60, rows: 12 });
    await second.terminal.shows('attached to process');
    second.terminal.enter('from the second');
    await Promise.all([first, second].map(({ terminal }) => terminal.shows('from the second')));
    await bobby.sees('from the second');
    second.terminal.enter('\\fork bobby');
    await bobby.object('session', { event: 'opened' });
    first.terminal.enter('for all');
    await bobby.object('line', { session: 'lobby', text: 'for all' });
    second.terminal.enter('for one');
    await bobby.object('line', { session: '1', text: 'for one' });
    second.terminal.resize(100, 30);
    await second.terminal.until('the new size', (screen) => screen.split('\n').length > 30);
    await second.terminal.shows('for one');
    expect(first.terminal.rows()).toHaveLength(24);
  });

  it('gives its terminal back on \\quit and ctrl-c, and the first goes on', async () => {
    const first = await openFace('anna');
    const second = await openFace('anna', { home: first.home });
    expect(second.terminal.emulator.buffer.active.type).toBe('alternate');
    second.terminal.enter('\\quit');
    expect(await second.terminal.end()).toBe(0);
    await isGivenBack(second.terminal);
    expect(second.terminal.text()).toContain('detached; process');
    const third = await openFace('anna', { home: first.home });
    third.terminal.type(ctrl('c'));
    expect(await third.terminal.end()).toBe(0);
    await isGivenBack(third.terminal);
    first.terminal.enter('still here');
    await first.terminal.shows('still here');
  });

  it('is stopped by ctrl-z and goes on by fg, while the first goes on', async () => {
    const first = await openFace('anna');
    const { command, settings } = prepared('anna', { home: first.home });
    const shell = ['/bin/bash', '--norc', '--noprofile', '--noediting', '-i'];
    const second = new Terminal(shell, { ...settings, env: { ...settings.env, PS1: 'shell> ' } });
    await second.shows('shell>');
    second.enter(command.map((word) => `'${word}'`).join(' '));
    await second.shows('attached to process');
    second.type(ctrl('z'));
    await second.shows('Stopped');
    await isGivenBack(second);
    first.terminal.enter('said meanwhile');
    await first.terminal.shows('said meanwhile');
    second.resize(90, 20);
    second.enter('fg');
    await second.shows('said meanwhile', 'missing 0');
    second.enter('back again');
    await first.terminal.shows('back again');
    second.enter('\\quit');
    await second.shows('detached; process');
    expect(first.terminal.exitCode).toBeNull();
  });

  it('is told when the first ends, in its own terminal', async () => {
    const first = await openFace('anna');
    const second = await openFace('anna', { home: first.home });
    first.terminal.enter('\\quit');
    expect(await second.terminal.end()).toBe(0);
    await isGivenBack(second.terminal);
    expect(second.terminal.text()).toMatch(/which had this profile, has\s+ended/u);
  });

  it('has a prompt with keys in line mode, and ends by ctrl-d, ctrl-c and \\quit', async () => {
    const first = await openFace('anna');
    const { command, settings } = prepared('anna', { home: first.home, args: ['--plain'] });
    const ends = [ctrl('d'), ctrl('c'), `\\quit${keys.enter}`];
    for (const [number, end] of ends.entries()) {
      const second = new Terminal(command, settings);
      await second.shows('[lobby]');
      second.type(`helxlo ${number}`, ...Array.from('xlo n', () => '\x1b[D'), '\x1b[3~');
      second.type(keys.enter);
      await first.terminal.shows(`hello ${number}`);
      second.type(end);
      expect(await second.end()).toBe(0);
    }
  });
});
