// The same in tmux, as people have it: three windows, three clients, and what tmux itself says that they show.

import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endAll, startJson } from '../e2e/peer.ts';
import type { Peer } from '../e2e/peer.ts';
import { prepared } from './face.ts';

const socket = `parley-screen-${process.pid}`;
const deadlineMs = 15_000;
const lookMs = 50;
const hasTmux = isThere();

function isThere(): boolean {
  try {
    execFileSync('tmux', ['-V']);
    return true;
  } catch {
    return false;
  }
}

function tmux(...args: readonly string[]): string {
  return execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
}

/** A detached session in which one client runs. */
function startIn(name: string, peer: Peer): void {
  const { command, settings } = prepared(name, { with: [peer] });
  const env = Object.entries(settings.env ?? {}).map(([key, value]) => `${key}='${value}'`);
  const words = [
    'exec',
    'env',
    'TZ=UTC',
    'LANG=C.UTF-8',
    ...env,
    ...command.map((word) => `'${word}'`),
  ];
  tmux('-u', 'new-session', '-d', '-s', name, '-x', '80', '-y', '24', words.join(' '));
}

/** tmux tells nobody that something changed, so it is asked again and again. */
async function shows(name: string, ...texts: readonly string[]): Promise<string> {
  const give = performance.now() + deadlineMs;
  for (;;) {
    const screen = tmux('capture-pane', '-p', '-t', name);
    if (texts.every((text) => screen.includes(text))) return screen;
    if (performance.now() > give) throw new Error(`no ${texts.join(', ')} on:\n${screen}`);
    await pause(lookMs);
  }
}

describe.skipIf(!hasTmux)('in tmux', () => {
  let carmen: Peer;

  beforeAll(async () => {
    carmen = await startJson('carmen');
    for (const name of ['anna', 'bobby']) startIn(name, carmen);
    await shows('anna', 'connected to 2 peers');
    await shows('bobby', 'connected to 2 peers');
  });

  afterAll(async () => {
    tmux('kill-server');
    await endAll();
  });

  it('two clients and a peer talk, in the lobby and in a private session', async () => {
    tmux('send-keys', '-t', 'anna', 'hello from tmux', 'Enter');
    await shows('bobby', 'anna: hello from tmux');
    await carmen.sees('hello from tmux');
    tmux('send-keys', '-t', 'bobby', '\\fork anna', 'Enter');
    await shows('bobby', 'P-> anna  private session 1');
    tmux('send-keys', '-t', 'bobby', 'between us two', 'Enter');
    await shows('anna', 'P~> bobby', '*1');
    tmux('send-keys', '-t', 'anna', 'M-a');
    expect(await shows('anna', 'P~> bobby  private session 1')).toContain('bobby: between us two');
    tmux('send-keys', '-t', 'anna', 'M-0');
    await shows('anna', 'hello from tmux');
  });

  it('keeps the columns where they are beside emoji and wide characters', async () => {
    for (const text of ['👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ 1️⃣', '漢字カナ 한국어', 'शक्ति é🇩🇪']) carmen.say(text);
    carmen.say('after them');
    const screen = await shows('anna', 'after them');
    const rows = screen.split('\n').slice(1, 22);
    expect(new Set(rows.map((row) => row.replaceAll(/[^│]/gu, '')))).toEqual(new Set(['││']));
    expect(new Set(rows.map((row) => row.indexOf('│'))).size).toBe(1);
  });

  it('follows the window when it changes its size', async () => {
    tmux('resize-window', '-t', 'anna', '-x', '120', '-y', '40');
    await shows('anna', 'after them', `${' '.repeat(60)}│ anna (you)`);
    tmux('resize-window', '-t', 'anna', '-x', '20', '-y', '5');
    await shows('anna', 'after them');
    tmux('resize-window', '-t', 'anna', '-x', '80', '-y', '24');
    const screen = await shows('anna', 'after them', 'anna (you)', 'missing 0');
    expect(screen.split('\n')).toHaveLength(25);
  });
});
