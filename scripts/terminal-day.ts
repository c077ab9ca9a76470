// Records a day in the life of three people in tmux: the screens in docs/terminal.md, and the README's picture.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/terminal.md');
const picture = join(root, 'docs/pictures/full-screen.svg');
const parley = join(root, 'packages/cli/bin/parley');
const folder = mkdtempSync(join(tmpdir(), 'parley-day-'));
const socket = `parley-day-${process.pid}`;
const [columns, rows] = [96, 24];
const deadlineMs = 20_000;
const lookMs = 50;
const restMs = 400;
/** So that addresses look alike each time. */
const ports = { anna: 4747, bobby: 4748, carmen: 4749 } as const;

type Name = keyof typeof ports;

function tmux(...args: readonly string[]): string {
  return execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
}

/** In a window of its own, from a shell that stays when it ends. */
function start(name: Name, ...args: readonly string[]): void {
  const listen = `127.0.0.1:${ports[name]}`;
  const words = [
    parley,
    '--no-discovery',
    '--listen',
    listen,
    '--home',
    join(folder, name),
    ...args,
  ];
  const command = words.map((word) => `'${word}'`).join(' ');
  tmux('-u', 'new-session', '-d', '-s', name, '-x', String(columns), '-y', String(rows), command);
}

function keys(name: Name, ...pressed: readonly string[]): void {
  tmux('send-keys', '-t', name, ...pressed);
}

/** Types a line as it is, and sends it. */
function say(name: Name, text: string): void {
  tmux('send-keys', '-t', name, '-l', text);
  keys(name, 'Enter');
}

async function shows(name: Name, ...texts: readonly string[]): Promise<void> {
  const give = performance.now() + deadlineMs;
  for (;;) {
    const screen = tmux('capture-pane', '-p', '-t', name);
    if (texts.every((text) => screen.includes(text))) return;
    if (performance.now() > give) throw new Error(`no ${texts.join(', ')} on:\n${screen}`);
    await pause(lookMs);
  }
}

const scenes = new Map<string, string>();

/** Keeps what someone sees now under a name. */
async function record(scene: string, name: Name): Promise<void> {
  await pause(restMs);
  const screen = tmux('capture-pane', '-p', '-t', name);
  scenes.set(scene, screen.replaceAll(/[ ]+$/gmu, '').trimEnd());
  writeFileSync(join(folder, `${scene}.ansi`), tmux('capture-pane', '-e', '-N', '-p', '-t', name));
}

async function morning(): Promise<void> {
  start('anna');
  await shows('anna', 'Please input chat name:');
  say('anna', 'anna');
  await shows('anna', 'parley --connect', 'missing 0');
  await record('first-start', 'anna');
  start('bobby', '--name', 'bobby', '--connect', `127.0.0.1:${ports.anna}`);
  await shows('anna', 'bobby is here');
  start('carmen', '--name', 'carmen', '--connect', `127.0.0.1:${ports.bobby}`);
  await shows('anna', 'connected to 2 peers');
  await shows('carmen', 'connected to 2 peers');
  say('bobby', 'good morning! 早上好 👋');
  await shows('anna', 'good morning');
  say('anna', 'morning, both. carmen never typed my address, and is here all the same');
  await shows('anna', 'held by 2');
  say('carmen', '\\me makes coffee ☕');
  await shows('anna', 'makes coffee');
  say('bobby', 'the build is green again, by the way');
  await shows('anna', 'the build is green');
  keys('anna', '-l', 'that was ');
  keys('anna', '-l', 'quick');
  await shows('anna', '> that was quick');
  await record('morning', 'anna');
  keys('anna', 'C-u');
}

/** What a command prints that is run beside someone's screen, in another terminal. */
function beside(name: Name, ...args: readonly string[]): string {
  return execFileSync(parley, [...args, '--home', join(folder, name)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

async function room(): Promise<void> {
  const invite = beside('anna', 'room', 'new', 'crew', '--secret');
  say('anna', '\\switch crew');
  await shows('anna', '#crew');
  say('anna', '\\topic 2.0 goes out on Friday');
  await shows('anna', '2.0 goes out');
  say('bobby', `\\join ${invite}`);
  await shows('bobby', '2.0 goes out');
  say('bobby', 'I am in. Who else is to know?');
  await shows('anna', 'Who else');
  say('anna', 'dora: send her the invite, she dials whoever is up');
  await shows('bobby', 'send her the invite');
  say('bobby', '\\invite');
  await shows('bobby', 'parley:');
  await record('room', 'bobby');
  say('bobby', '\\lobby');
  say('anna', '\\lobby');
  await shows('anna', 'lobby  open');
}

async function noon(): Promise<void> {
  say('anna', '\\fork bobby');
  await shows('anna', 'P-> bobby  private session 2');
  say('anna', 'just between us: the cake is for carmen');
  await shows('bobby', 'P~> anna', 'new in 2');
  keys('bobby', 'M-a');
  await shows('bobby', 'the cake is for carmen');
  say('bobby', 'she knows nothing');
  await shows('anna', 'she knows nothing');
  say('carmen', 'what are you two up to?');
  await shows('anna', '0 lobby', 'new in 0');
  say('carmen', 'anna: are you coming to lunch?');
  await shows('anna', '!2');
  await record('private', 'anna');
  keys('anna', 'M-a');
  await shows('anna', 'are you coming to lunch?', '── new');
  await record('mention', 'anna');
  const trace = Array.from(
    { length: 8 },
    (_, at) => `    at step ${at + 1} (build.ts:${at * 7 + 11})`,
  );
  tmux('set-buffer', ['Error: cannot bake', ...trace].join('\n'));
  tmux('paste-buffer', '-p', '-t', 'anna');
  await shows('anna', 'paste 9 lines?');
  await record('paste', 'anna');
  keys('anna', 'Escape');
  await pause(restMs);
}

async function afternoon(): Promise<void> {
  keys('bobby', 'M-0');
  await shows('bobby', 'lobby  open');
  for (let at = 1; at <= 40; at += 1) say('bobby', `deploy step ${at} of 40 is done`);
  await shows('anna', 'step 40 of 40');
  keys('anna', 'PPage');
  await shows('anna', 'scrolled back');
  for (const text of ['all green', 'anyone seen the cake?', 'I did not say that'])
    say('carmen', text);
  await shows('anna', '3 new below');
  await record('scrolled', 'anna');
  keys('anna', 'M->');
  await shows('anna', 'I did not say that');
  say('anna', '\\search cake');
  await shows('anna', 'found ');
  await record('search', 'anna');
  keys('anna', 'Escape');
  await pause(restMs);
}

async function evening(): Promise<void> {
  keys('carmen', 'C-c');
  await shows('anna', 'carmen is gone');
  say('anna', 'said while carmen was away');
  await shows('bobby', 'said while carmen was away');
  say('bobby', 'she will read it when she is back');
  start('carmen');
  await shows('carmen', 'she will read it when she is back');
  await record('back', 'carmen');
  keys('carmen', '?');
  await shows('carmen', 'keys: ');
  await record('keys', 'carmen');
}

/** Puts each scene into the code block behind its mark. */
function fillPage(): void {
  const filled = readFileSync(page, 'utf8').replaceAll(
    /(<!-- screen: ([\w-]+) -->\n\n```\n)(?:(?!```).*\n)*```/gu,
    (_, before: string, scene: string) => {
      const screen = scenes.get(scene);
      if (screen === undefined)
        throw new Error(`docs/terminal.md wants an unknown scene: ${scene}`);
      return `${before}${screen}\n\`\`\``;
    },
  );
  writeFileSync(page, filled);
}

try {
  await morning();
  await room();
  await noon();
  await afternoon();
  await evening();
  fillPage();
  const capture = `parley=${join(folder, 'mention.ansi')}`;
  const drawer = join(root, 'scripts/terminal-picture.ts');
  execFileSync(process.execPath, [drawer, picture, capture], { stdio: 'inherit' });
} finally {
  tmux('kill-server');
  rmSync(folder, { recursive: true, force: true });
}
