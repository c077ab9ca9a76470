// However it ends, the terminal is given back: to the shell one had, in the modes it had.

import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { endAll } from '../e2e/peer.ts';
import { configure, pidOf, prepared } from './face.ts';
import type { FaceSettings } from './face.ts';
import { Terminal, alt, closeTerminals, ctrl } from './terminal.ts';

afterEach(closeTerminals);
afterAll(endAll);

const shell = ['/bin/bash', '--norc', '--noprofile', '--noediting', '-i'];
const prompt = 'shell> ';

/** What the emulator was switched to by whatever ran in it, and what the line discipline says. */
interface Modes {
  readonly emulator: object;
  readonly screen: string;
  readonly isCursorHidden: boolean;
  readonly line: string;
}

interface ShellWithFace {
  readonly terminal: Terminal;
  readonly home: string;
  readonly before: Modes;
}

/** A shell in a terminal, and in the shell the client. */
async function faceInShell(settings: FaceSettings = {}): Promise<ShellWithFace> {
  const { home, command, settings: wishes } = prepared('anna', settings);
  const terminal = new Terminal(shell, { ...wishes, env: { ...wishes.env, PS1: prompt } });
  await terminal.shows(prompt.trim());
  const before = await modesOf(terminal);
  expect(before).toMatchObject({ screen: 'normal', isCursorHidden: false });
  terminal.enter(`clear; ${command.map((word) => `'${word}'`).join(' ')}; echo "code $?"`);
  await terminal.shows('missing 0', 'anna (you)');
  expect(terminal.emulator.buffer.active.type).toBe('alternate');
  expect(await rawIn(terminal, home)).toBe(true);
  return { terminal, home, before };
}

async function modesOf(terminal: Terminal): Promise<Modes> {
  terminal.enter('clear; stty -a; echo modes-end');
  const line = await terminal.until('modes', (screen) =>
    /speed[^]*(?=^modes-end)/mu.exec(screen)?.at(0),
  );
  const { modes, buffer } = terminal.emulator;
  const { written } = terminal;
  const isCursorHidden = written.lastIndexOf('\x1b[?25l') > written.lastIndexOf('\x1b[?25h');
  return { emulator: { ...modes }, screen: buffer.active.type, isCursorHidden, line };
}

/** Whether keys come one by one: as the terminal's own settings say, once they are so. */
async function rawIn(terminal: Terminal, home: string): Promise<boolean> {
  return terminal.becomes(() => pidOf(home) > 0 && terminal.emulator.modes.sendFocusMode);
}

/** What it is after the client has ended with this code: to be as it was before. */
async function modesAfter({ terminal }: ShellWithFace, code: number): Promise<Modes> {
  await terminal.shows(`code ${code}`);
  return modesOf(terminal);
}

describe('the terminal is as it was', () => {
  it('after \\quit', async () => {
    const face = await faceInShell();
    face.terminal.enter('\\quit');
    expect(await modesAfter(face, 0)).toEqual(face.before);
  });

  it('after ctrl-c', async () => {
    const face = await faceInShell();
    face.terminal.type(ctrl('c'));
    expect(await modesAfter(face, 0)).toEqual(face.before);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('after %s', async (signal) => {
    const face = await faceInShell();
    process.kill(pidOf(face.home), signal);
    expect(await modesAfter(face, 0)).toEqual(face.before);
  });

  it('after an exception that nobody caught, which is told below it in one line', async () => {
    const fault = `process.on('SIGUSR2',()=>{throw new Error('provoked')})`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
    const face = await faceInShell({ env });
    process.kill(pidOf(face.home), 'SIGUSR2');
    await face.terminal.shows('parley: ', 'provoked');
    expect(await modesAfter(face, 1)).toEqual(face.before);
  });

  it('after the database was damaged under it, which is told below it', async () => {
    const face = await faceInShell();
    for (const name of ['parley.db', 'parley.db-wal']) {
      writeSync(openSync(join(face.home, name), 'r+'), Buffer.alloc(65_536, 0x5a), 0, 65_536, 0);
    }
    face.terminal.enter('said to a broken disk');
    await face.terminal.shows('parley: ');
    expect(await modesAfter(face, 1)).toEqual(face.before);
  });

  it('while it is stopped by ctrl-z; fg shows all again and takes keys', async () => {
    const face = await faceInShell();
    const { terminal } = face;
    terminal.type('half a li');
    await terminal.shows('> half a li');
    terminal.type(ctrl('z'));
    await terminal.shows('Stopped');
    expect(await modesOf(terminal)).toEqual(face.before);
    terminal.resize(100, 30);
    terminal.enter('fg; echo "code $?"');
    await terminal.shows('> half a li', 'anna (you)');
    terminal.enter('ne');
    await terminal.shows('anna: half a line');
    expect(terminal.rows()[29]).toBe('>');
    terminal.enter('\\quit');
    await terminal.shows('code 0');
    terminal.resize(80, 24);
    expect(await modesOf(terminal)).toEqual(face.before);
  });
});

describe('a terminal that can do little', () => {
  it('of TERM=dumb gets line mode: no escape sequence at all', async () => {
    const { command, settings } = prepared('anna', { env: { TERM: 'dumb' } });
    const terminal = new Terminal(command, settings);
    await terminal.shows('listening on');
    terminal.enter('\\sessions');
    await terminal.shows('lobby', 'missing');
    expect(terminal.written).not.toContain('\x1b');
    terminal.enter('\\quit');
    expect(await terminal.end()).toBe(0);
  });

  it('of --plain --time gets line mode on the best terminal', async () => {
    const { command, settings } = prepared('anna', { args: ['--plain', '--time'] });
    const terminal = new Terminal(command, settings);
    await terminal.shows('listening on', '[lobby]');
    expect(terminal.emulator.buffer.active.type).toBe('normal');
    expect(terminal.written).not.toContain('\x1b[?1049h');
  });

  it('with NO_COLOR is given no colours, and with colours it is', async () => {
    const coloured = /\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/u;
    const seen = await Promise.all(
      [{}, { NO_COLOR: '1' }].map(async (env) => {
        const { command, settings } = prepared('anna', { env });
        const terminal = new Terminal(command, settings);
        await terminal.shows('missing 0', 'lists the keys');
        return coloured.test(terminal.written);
      }),
    );
    expect(seen).toEqual([true, false]);
  });
});

describe('the configuration', () => {
  it('gives an action another key when \\reload reads it again, and takes the old one', async () => {
    const { home, command, settings } = prepared('anna');
    const terminal = new Terminal(command, settings);
    await terminal.shows('missing 0', 'anna (you)');
    terminal.type('one two', ctrl('w'));
    await terminal.until('one word', (screen) => /^> one$/mu.test(screen));
    terminal.type(' two');
    configure(home, '{\n  // Words go by alt-q.\n  "keys": { "delete-word-left": "alt-q" }\n}\n');
    terminal.type(ctrl('u'));
    terminal.enter('\\reload');
    await terminal.shows('configuration read');
    terminal.type('one two', ctrl('w'), '!');
    await terminal.shows('> one two!');
    terminal.type(alt('q'));
    await terminal.until('one word', (screen) => /^> one$/mu.test(screen));
    expect(terminal.text()).toContain('configuration read');
  });

  it('that is wrong is told with the numbers of its lines, and the rest of it holds', async () => {
    const config = '{\n  "people": false,\n  "belll": "all",\n  "keys": { "undo": "hyper-x" }\n}\n';
    const { home, command, settings } = prepared('anna', { config, columns: 160 });
    const terminal = new Terminal(command, settings);
    await terminal.shows('config.json:3: ', 'config.json:4: ', 'belll', 'keys.undo');
    expect(terminal.text()).not.toContain('anna (you)');
    configure(home, '{\n  "people": true\n  "sessions": true\n}\n');
    terminal.enter('\\reload');
    await terminal.shows('config.json:3: a comma', '0 lobby');
  });
});
