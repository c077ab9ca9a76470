// Measures the full-screen client: its start beside weechat and irssi, typing and drawing under load, long histories.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineText } from './lib/machine.ts';
import { readOptions, single } from './lib/options.ts';
import { progress, progressDone } from './lib/progress.ts';
import { PtyProgram } from './lib/pty.ts';
import { medianOf } from './lib/statistics.ts';
import { decimal, ratio, tableText, whole } from './lib/table.ts';
import {
  SIZE,
  burst,
  fill,
  meet,
  opening,
  part,
  startFace,
  startMs,
  typing,
} from './lib/tui-parts.ts';
import type { Burst, Opening, Typing } from './lib/tui-parts.ts';

const COMMAND = 'bench:tui';
const FEW_LINES = 1_000;
const BURST_LINES = 10_000;
const GOALS = { firstFrameMs: 250, echoMs: 16, burstMs: 1_000, residentMb: 150 } as const;

interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly figure: number;
  readonly goal: number;
}

const goals: Goal[] = [];
const missing: string[] = [];

interface Other {
  readonly name: string;
  readonly command: (home: string) => readonly string[];
  /** Stands on its first whole screen. */
  readonly text: string;
}

const others: readonly Other[] = [
  { name: 'weechat', command: (home) => ['weechat', '-a', '-d', home], text: 'weechat.org' },
  { name: 'irssi', command: (home) => ['irssi', '-!', `--home=${home}`], text: '[(status)]' },
];

function isThere({ name, command }: Other): boolean {
  const [program = ''] = command('');
  if (spawnSync(program, ['--version']).error === undefined) return true;
  missing.push(`${name} is missing, so nothing stands beside parley; apt-get install ${name}`);
  return false;
}

async function otherStart(homes: string, { name, command, text }: Other): Promise<number> {
  const program = new PtyProgram(name, command(join(homes, name)), SIZE);
  const ms = await startMs(program, text);
  await program.end('SIGKILL');
  return ms;
}

async function ownStart(homes: string): Promise<number> {
  const face = startFace(homes, 'starter');
  const ms = await startMs(face);
  await face.end('SIGTERM');
  return ms;
}

async function measureStart(homes: string, runs: number): Promise<string> {
  const programs = [
    { name: 'parley', start: () => ownStart(homes) },
    ...others.filter(isThere).map((other) => ({
      name: other.name,
      start: () => otherStart(homes, other),
    })),
  ].map((program) => ({ ...program, times: [] as number[] }));
  for (const { start } of programs) await start(); // From here on profiles and files are there.
  for (let run = 1; run <= runs; run += 1) {
    progress(`start ${run} of ${runs}`);
    for (const { start, times } of programs) times.push(await start());
  }
  const medians = programs.map(({ name, times }) => ({ name, ms: medianOf(times, (ms) => ms) }));
  const ours = medians[0]?.ms ?? Number.NaN;
  goals.push({ what: 'first frame', unit: 'ms', figure: ours, goal: GOALS.firstFrameMs });
  const rows = medians.map(({ name, ms }, at) => [
    name,
    decimal(ms, 0),
    at === 0 ? '' : ratio(ours, ms),
  ]);
  return tableText(['to the first frame', 'ms', 'parley to it'], rows);
}

async function measureTyping(homes: string, runs: number, seconds: number): Promise<string> {
  const quiet: Typing[] = [];
  const loaded: Typing[] = [];
  const bursts: Burst[] = [];
  for (let run = 1; run <= runs; run += 1) {
    progress(`typing, run ${run} of ${runs}`);
    const together = await meet(homes, run);
    quiet.push(await typing(together, { linesPerSecond: 0, seconds: seconds / 2 }));
    loaded.push(await typing(together, { linesPerSecond, seconds }));
    progress(`${BURST_LINES} lines at once, run ${run} of ${runs}`);
    bursts.push(await burst(together, BURST_LINES));
    await part(together);
  }
  const burstMs = medianOf(bursts, ({ ms }) => ms);
  const p95Ms = medianOf(loaded, (run) => run.p95Ms);
  goals.push({ what: 'echo, p95', unit: 'ms', figure: p95Ms, goal: GOALS.echoMs });
  goals.push({ what: '10,000 lines', unit: 'ms', figure: burstMs, goal: GOALS.burstMs });
  const dropped = bursts.reduce((sum, { droppedKeys }) => sum + Math.abs(droppedKeys), 0);
  if (dropped > 0) wrong.push(`${dropped} keys were dropped or came twice`);
  return [
    tableText(
      ['key to echo', 'p50 ms', 'p95 ms', 'most ms', 'frames/s', 'bytes/frame', 'bytes/line'],
      [typingRow('nobody speaks', quiet), typingRow(`${linesPerSecond} lines/s arrive`, loaded)],
    ),
    tableText(
      ['at once', 'ms', 'lines/s', 'frames', 'kB', 'keys dropped'],
      [burstRow(`${whole(BURST_LINES)} lines`, bursts, burstMs, dropped)],
    ),
  ].join('\n\n');
}

function typingRow(name: string, runs: readonly Typing[]): string[] {
  const cell = (figure: (run: Typing) => number, digits: number): string =>
    decimal(medianOf(runs, figure), digits);
  return [
    name,
    cell(({ p50Ms }) => p50Ms, 1),
    cell(({ p95Ms }) => p95Ms, 1),
    cell(({ mostMs }) => mostMs, 1),
    cell(({ framesPerSecond }) => framesPerSecond, 0),
    cell(({ bytesPerFrame }) => bytesPerFrame, 0),
    cell(({ bytesPerLine }) => bytesPerLine, 0),
  ];
}

function burstRow(name: string, runs: readonly Burst[], ms: number, dropped: number): string[] {
  const kilobytes = medianOf(runs, ({ bytes }) => bytes) / 1000;
  const frames = medianOf(runs, (run) => run.frames);
  const rate = whole((BURST_LINES / ms) * 1000);
  return [name, decimal(ms, 0), rate, decimal(frames, 0), decimal(kilobytes, 0), String(dropped)];
}

async function measureHistory(homes: string, runs: number, manyLines: number): Promise<string> {
  const sizes = [FEW_LINES, manyLines].map((lines) => ({ lines, runs: [] as Opening[] }));
  for (const { lines } of sizes) {
    progress(`writing a history of ${whole(lines)} lines`);
    await fill(homes, `history${lines}`, lines);
    await opening(homes, `history${lines}`); // What the first start puts in order is not measured.
  }
  for (let run = 1; run <= runs; run += 1)
    for (const size of sizes) {
      progress(`opening ${whole(size.lines)} lines, run ${run} of ${runs}`);
      size.runs.push(await opening(homes, `history${size.lines}`));
    }
  const figures = sizes.map((size) => ({
    name: `${whole(size.lines)} lines`,
    ms: medianOf(size.runs, ({ ms }) => ms),
    jumpsMs: medianOf(size.runs, ({ jumpsMs }) => jumpsMs),
    residentMb: medianOf(size.runs, ({ residentMb }) => residentMb),
    peakMb: medianOf(size.runs, ({ peakMb }) => peakMb),
  }));
  const [few, many] = figures;
  const residentMb = many?.residentMb ?? Number.NaN;
  goals.push({ what: 'memory', unit: 'MB', figure: residentMb, goal: GOALS.residentMb });
  const rows = figures.map(({ name, ms, jumpsMs, ...memory }, at) => [
    name,
    decimal(ms, 0),
    at === 0 ? '' : ratio(ms, few?.ms ?? Number.NaN),
    decimal(jumpsMs, 0),
    decimal(memory.residentMb, 0),
    decimal(memory.peakMb, 0),
  ]);
  const head = ['a history of', 'ms to its end', 'ratio', 'ms there and back', 'MB', 'MB at most'];
  return tableText(head, rows);
}

function goalText({ what, unit, figure, goal }: Goal): string {
  const word = figure < goal ? 'reached' : 'MISSED';
  return `${word}: ${what} ${decimal(figure, 1)} ${unit}, goal under ${goal} ${unit}`;
}

const options = readOptions({
  command: COMMAND,
  about: 'The full-screen client in a pty: start, typing and drawing under load, long histories.',
  options: {
    runs: { help: 'how often to measure; the medians are shown', standard: [3] },
    starts: { help: 'how often to start each program', standard: [10] },
    rate: { help: 'lines a second that arrive while one types', standard: [500] },
    seconds: { help: 'how long one types in a run', standard: [10] },
    history: { help: 'lines of the long history', standard: [1_000_000] },
  },
});
const wrong: string[] = [];
const linesPerSecond = single(options.rate);
const [runs, seconds] = [single(options.runs), single(options.seconds)];
console.log(`${COMMAND}: ${SIZE.columns}×${SIZE.rows}, medians`);
console.log(`${machineText()}\n`);
const homes = mkdtempSync(join(tmpdir(), 'parley-bench-'));
process.on('exit', () => rmSync(homes, { recursive: true, force: true }));
const tables = [
  await measureStart(homes, single(options.starts)),
  await measureTyping(homes, runs, seconds),
  await measureHistory(homes, runs, single(options.history)),
];
progressDone();
console.log(tables.join('\n\n'));
console.log(`\n${goals.map(goalText).join('\n')}`);
for (const text of missing) console.log(text);
for (const text of wrong) console.error(`WRONG: ${text}`);
process.exit(wrong.length === 0 ? 0 : 1);
