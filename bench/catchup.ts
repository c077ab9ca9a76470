// Measures how fast a new peer fetches the history that another one has, and what goes over the wire.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './lib/child.ts';
import {
  PARLEY,
  freePort,
  listeningAddress,
  peerArgs,
  plainPeer,
  requireNcat,
} from './lib/fan-out.ts';
import { arrivalOf, faultsOf, numberedLine, numberedLines } from './lib/lines.ts';
import type { Arrival } from './lib/lines.ts';
import { machineText } from './lib/machine.ts';
import { readOptions, single } from './lib/options.ts';
import { progress, progressDone } from './lib/progress.ts';
import { startProxy } from './lib/proxy.ts';
import { medianOf } from './lib/statistics.ts';
import { decimal, ratio, tableText, whole } from './lib/table.ts';

const COMMAND = 'bench:catchup';
const LINE_BYTES = 48;
const SILENCE_MS = 10_000;
const START_MS_MAX = 30_000;
const AUTHOR = 'author';
const PREFIX = `${AUTHOR}: `;

interface Run {
  readonly linesPerSecond: number;
  readonly bytesPerLine: number;
  readonly peakMb: number;
  /** The new peer's, its start included. */
  readonly cpuSeconds: number;
  readonly faults: readonly string[];
}

/** Fills a profile from a pipe: whatever gathers goes into one entry. */
async function fillFromPipe(homes: string, lines: number): Promise<void> {
  const author = plainPeer(homes, AUTHOR, []);
  author.process.stdin.end(numberedLines(lines, LINE_BYTES));
  const code = await author.end();
  if (code !== 0) throw new Error(`filling a profile ended with code ${code}: ${author.stderr}`);
}

/** Fills a profile one line at a time, each said when the one before is shown, so that each has an entry of its own. */
async function fillOneByOne(homes: string, lines: number): Promise<void> {
  const author = new Child(AUTHOR, PARLEY, ['--json', ...peerArgs(homes, AUTHOR)]);
  const say = (number: number): void => {
    const text = numberedLine(number, LINE_BYTES).trimEnd();
    author.process.stdin.write(`${JSON.stringify({ type: 'say', session: 'lobby', text })}\n`);
  };
  let shown = 0;
  let rest = '';
  author.onOutput((chunk) => {
    const objects = (rest + chunk.toString('utf8')).split('\n');
    rest = objects.pop() ?? '';
    const own = objects.filter((object) => object.startsWith('{"type":"line"')).length;
    shown += own;
    if (own > 0 && shown < lines) say(shown);
  });
  await author.until('it is ready', () => author.stdoutBytes > 0, START_MS_MAX);
  say(0);
  await author.until('all is said', () => shown === lines);
  author.process.stdin.end();
  const code = await author.end();
  if (code !== 0) throw new Error(`filling a profile ended with code ${code}: ${author.stderr}`);
}

/** A new peer comes to one that has the profile; a proxy between them counts. */
async function catchUp(homes: string, lines: number, newcomer: string): Promise<Run> {
  const author = plainPeer(homes, AUTHOR, []);
  const proxy = await startProxy(await listeningAddress(author));
  const reader = plainPeer(homes, newcomer, ['--connect', proxy.address]);
  const expected = numberedLines(lines, LINE_BYTES, PREFIX);
  await reader.until('it is connected', () => proxy.connectedMs !== null, START_MS_MAX);
  await reader.untilOutput(expected.length, SILENCE_MS);
  const bytes = proxy.bytes;
  const seconds = (reader.lastOutputMs - (proxy.connectedMs ?? Number.NaN)) / 1000;
  for (const child of [author, reader]) child.weigh();
  const codes = [await reader.end('SIGTERM'), await author.end('SIGTERM')];
  proxy.close();
  const arrival = arrivalOf(reader.output(), expected, lines);
  return {
    linesPerSecond: arrival.arrived / seconds,
    bytesPerLine: bytes / arrival.arrived,
    peakMb: Math.max(author.usage.peakMb, reader.usage.peakMb),
    cpuSeconds: reader.usage.cpuSeconds,
    faults: faultsIn(arrival, codes),
  };
}

/** They may come in any order, since the newest are fetched first; but each once. */
function faultsIn(
  { lost, repeated, damaged }: Arrival,
  codes: readonly (number | null)[],
): string[] {
  const faults = faultsOf({ lost, repeated, damaged, disordered: 0, arrived: 0 });
  const bad = codes.filter((code) => code !== 0);
  return bad.length === 0 ? faults : [...faults, `exit codes ${bad.join(', ')}`];
}

/** The bare text over the same proxy: nothing verified, nothing stored. */
async function copy(lines: number): Promise<Run> {
  const port = String(await freePort());
  const source = new Child('source', 'ncat', ['-v', '-l', '--send-only', '127.0.0.1', port]);
  await source.until('it listens', () => source.stderr.includes('Listening on'), START_MS_MAX);
  const text = numberedLines(lines, LINE_BYTES);
  source.process.stdin.end(text);
  const proxy = await startProxy(`127.0.0.1:${port}`);
  const [host = '', proxyPort = ''] = proxy.address.split(':');
  const reader = new Child('reader', 'ncat', ['--recv-only', host, proxyPort]);
  await reader.untilOutput(text.length, SILENCE_MS);
  const arrival = arrivalOf(reader.output(), text, lines);
  for (const child of [source, reader]) child.weigh();
  await Promise.all([reader.end('SIGTERM'), source.end('SIGTERM')]);
  proxy.close();
  return {
    linesPerSecond:
      (arrival.arrived / (reader.lastOutputMs - (proxy.connectedMs ?? Number.NaN))) * 1000,
    bytesPerLine: proxy.bytes / arrival.arrived,
    peakMb: Math.max(source.usage.peakMb, reader.usage.peakMb),
    cpuSeconds: reader.usage.cpuSeconds,
    faults: faultsIn(arrival, []),
  };
}

interface Task {
  readonly name: string;
  readonly lines: number;
  readonly fill: (homes: string, lines: number) => Promise<void>;
}

interface Pair {
  readonly parley: Run;
  readonly ncat: Run;
}

async function measure({ name, lines, fill }: Task, runs: number): Promise<Pair[]> {
  const homes = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  process.on('exit', () => rmSync(homes, { recursive: true, force: true }));
  progress(`${name}: writing ${whole(lines)} lines into a profile`);
  await fill(homes, lines);
  const pairs: Pair[] = [];
  for (let run = 1; run <= runs; run += 1) {
    progress(`${name}: run ${run} of ${runs}`);
    const parley = await catchUp(homes, lines, `new${run}`);
    pairs.push({ parley, ncat: await copy(lines) });
  }
  rmSync(homes, { recursive: true, force: true });
  return pairs;
}

function row(name: string, runs: readonly Run[], besides: readonly string[]): string[] {
  return [
    name,
    whole(medianOf(runs, ({ linesPerSecond }) => linesPerSecond)),
    besides[0] ?? '',
    decimal(
      medianOf(runs, ({ bytesPerLine }) => bytesPerLine),
      1,
    ),
    besides[1] ?? '',
    whole(Math.max(...runs.map(({ peakMb }) => peakMb))),
    decimal(
      medianOf(runs, ({ cpuSeconds }) => cpuSeconds),
      2,
    ),
  ];
}

function rows({ name, lines }: Task, pairs: readonly Pair[]): string[][] {
  const [ours, theirs] = [pairs.map(({ parley }) => parley), pairs.map(({ ncat }) => ncat)];
  const beside = (figure: (run: Run) => number): string =>
    ratio(medianOf(ours, figure), medianOf(theirs, figure));
  const besides = [
    beside(({ linesPerSecond }) => linesPerSecond),
    beside(({ bytesPerLine }) => bytesPerLine),
  ];
  return [
    row(`parley, ${whole(lines)} lines, ${name}`, ours, besides),
    row(`ncat, the bare text of as many`, theirs, []),
  ];
}

const options = readOptions({
  command: COMMAND,
  about: 'How fast a new peer has the history of another one, and the bytes on the wire for it.',
  options: {
    runs: { help: 'how often to measure; the medians are shown', standard: [3] },
    lines: { help: `lines of ${LINE_BYTES} bytes in full entries`, standard: [200_000] },
    entries: { help: 'lines in entries of their own', standard: [20_000] },
  },
});
const version = requireNcat(COMMAND);
const runs = single(options.runs);
console.log(`${COMMAND}: median of ${runs}, beside ncat ${version}`);
console.log(`${machineText()}\n`);
const tasks: readonly Task[] = [
  { name: 'in full entries', lines: single(options.lines), fill: fillFromPipe },
  { name: 'an entry each', lines: single(options.entries), fill: fillOneByOne },
];
const table: string[][] = [];
const wrong: string[] = [];
for (const task of tasks) {
  const pairs = await measure(task, runs);
  table.push(...rows(task, pairs));
  wrong.push(
    ...pairs.flatMap(({ parley }) => parley.faults.map((text) => `${task.name}: ${text}`)),
  );
}
progressDone();
const head = ['', 'lines/s', 'ratio', 'bytes/line', 'ratio', 'peak MB', 'CPU s reader'];
console.log(tableText(head, table));
for (const text of wrong) console.error(`WRONG: ${text}`);
process.exit(wrong.length === 0 ? 0 : 1);
