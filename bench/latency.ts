// Measures how long a line takes from one peer's stdin to the stdout of others, beside `ncat --broker`.

import type { Child } from './lib/child.ts';
import { requireNcat, startNcat, startParley } from './lib/fan-out.ts';
import type { FanOut } from './lib/fan-out.ts';
import { machineText } from './lib/machine.ts';
import { readOptions, single } from './lib/options.ts';
import { progress, progressDone } from './lib/progress.ts';
import { medianOf, percentile } from './lib/statistics.ts';
import { decimal, percent, ratio, tableText } from './lib/table.ts';

const COMMAND = 'bench:latency';
const LINE_BYTES = 48;
/** A stamp: milliseconds of performance.now(), with zeros in front. */
const STAMP_DIGITS = 3;
const STAMP_BYTES = 16;
/** After the last line, for those still on their way. */
const SILENCE_MS = 2_000;

interface Load {
  readonly linesPerSecond: number;
  readonly seconds: number;
  readonly receivers: number;
}

interface Run {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly lostShare: number;
  /** Processor time of all programs together, a line. */
  readonly cpuMsPerLine: number;
  readonly codes: readonly (number | null)[];
}

type Start = (receivers: number) => Promise<FanOut>;

/** Each line says when it was written; the reader has the same clock, being the same process. */
async function measure(start: Start, load: Load): Promise<Run> {
  const fanOut = await start(load.receivers);
  const { sender, receivers, everyone, prefix } = fanOut;
  const delaysMs: number[] = [];
  for (const receiver of receivers) {
    const read = stampReader((stampMs, nowMs) => delaysMs.push(nowMs - stampMs));
    receiver.onOutput(read);
  }
  const count = load.linesPerSecond * load.seconds;
  const cpuSeconds = cpuSecondsOf(everyone);
  await everyTick(count, 1000 / load.linesPerSecond, () => {
    sender.process.stdin.write(stampedLine(performance.now()));
  });
  const bytes = count * (prefix.length + LINE_BYTES);
  await Promise.all(receivers.map((one) => one.untilOutput(bytes, SILENCE_MS)));
  const cpuMsPerLine = ((cpuSecondsOf(everyone) - cpuSeconds) * 1000) / count;
  sender.process.stdin.end();
  const codes = [await sender.end(), ...(await fanOut.stop())];
  return {
    p50Ms: percentile(delaysMs, 0.5),
    p99Ms: percentile(delaysMs, 0.99),
    mostMs: percentile(delaysMs, 1),
    lostShare: 1 - delaysMs.length / (count * receivers.length),
    cpuMsPerLine,
    codes,
  };
}

function cpuSecondsOf(children: readonly Child[]): number {
  for (const child of children) child.weigh();
  return children.reduce((sum, { usage }) => sum + usage.cpuSeconds, 0);
}

function stampedLine(nowMs: number): string {
  return `${nowMs
    .toFixed(STAMP_DIGITS)
    .padStart(STAMP_BYTES, '0')
    .padEnd(LINE_BYTES - 1, '.')}\n`;
}

/** Takes pieces of output, and tells of each line's stamp and of when the line was whole. */
function stampReader(found: (stampMs: number, nowMs: number) => void): Reader {
  let rest = '';
  return (chunk, nowMs) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const start = line.length + 1 - LINE_BYTES;
      found(Number(line.slice(start, start + STAMP_BYTES)), nowMs);
    }
  };
}

type Reader = (chunk: Buffer, nowMs: number) => void;

/** Calls `each` so often, at even times that do not drift. */
async function everyTick(count: number, intervalMs: number, each: () => void): Promise<void> {
  const startMs = performance.now();
  for (let tick = 0; tick < count; tick += 1) {
    const waitMs = startMs + tick * intervalMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    each();
  }
}

interface Pair {
  readonly parley: Run;
  readonly ncat: Run;
}

function row(name: string, runs: readonly Run[], beside: readonly string[]): string[] {
  return [
    name,
    decimal(
      medianOf(runs, ({ p50Ms }) => p50Ms),
      2,
    ),
    beside[0] ?? '',
    decimal(
      medianOf(runs, ({ p99Ms }) => p99Ms),
      2,
    ),
    beside[1] ?? '',
    decimal(
      medianOf(runs, ({ mostMs }) => mostMs),
      1,
    ),
    percent(medianOf(runs, ({ lostShare }) => lostShare)),
    decimal(
      medianOf(runs, ({ cpuMsPerLine }) => cpuMsPerLine),
      2,
    ),
  ];
}

function rows(receivers: number, pairs: readonly Pair[]): string[][] {
  const [ours, theirs] = [pairs.map(({ parley }) => parley), pairs.map(({ ncat }) => ncat)];
  const beside = (figure: (run: Run) => number): string =>
    ratio(medianOf(ours, figure), medianOf(theirs, figure));
  return [
    row(`parley, ${receivers} receiving`, ours, [
      beside(({ p50Ms }) => p50Ms),
      beside(({ p99Ms }) => p99Ms),
    ]),
    row(`ncat --broker, ${receivers} receiving`, theirs, []),
  ];
}

function objections(pairs: readonly Pair[]): string[] {
  return pairs.flatMap(({ parley: { lostShare, codes } }) => [
    ...(lostShare === 0 ? [] : [`${percent(lostShare)} lost`]),
    ...(codes.every((code) => code === 0) ? [] : [`exit codes ${codes.join(', ')}`]),
  ]);
}

const options = readOptions({
  command: COMMAND,
  about: 'Milliseconds from the stdin of one peer to the stdout of others, at an even pace.',
  options: {
    runs: { help: 'how often to measure; the medians are shown', standard: [3] },
    rate: { help: 'lines a second', standard: [100] },
    seconds: { help: 'how long a run lasts', standard: [20] },
    receivers: { help: 'how many receive, one number for each pair of rows', standard: [1, 8] },
  },
});
const version = requireNcat(COMMAND);
const runs = single(options.runs);
const [linesPerSecond, seconds] = [single(options.rate), single(options.seconds)];
console.log(
  `${COMMAND}: ${linesPerSecond} lines/s for ${seconds} s, median of ${runs}, beside ncat ${version}`,
);
console.log(`${machineText()}\n`);
const table: string[][] = [];
const wrong: string[] = [];
for (const receivers of options.receivers) {
  const pairs: Pair[] = [];
  const load = { linesPerSecond, seconds, receivers };
  for (let run = 1; run <= runs; run += 1) {
    progress(`${receivers} receiving, run ${run} of ${runs}: parley`);
    const parley = await measure(startParley, load);
    progress(`${receivers} receiving, run ${run} of ${runs}: ncat`);
    pairs.push({ parley, ncat: await measure(startNcat, load) });
  }
  table.push(...rows(receivers, pairs));
  wrong.push(...objections(pairs).map((text) => `parley, ${receivers} receiving: ${text}`));
}
progressDone();
console.log(
  tableText(['', 'p50 ms', 'ratio', 'p99 ms', 'ratio', 'most ms', 'lost', 'CPU ms/line'], table),
);
for (const text of wrong) console.error(`WRONG: ${text}`);
process.exit(wrong.length === 0 ? 0 : 1);
