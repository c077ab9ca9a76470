// Measures private sessions: how soon one is there, and how fast lines go in it, beside the lobby and `ncat --broker`.

import { forkCommand, requireNcat, startNcat, startParley, startPrivate } from './lib/fan-out.ts';
import type { FanOut } from './lib/fan-out.ts';
import { FLOOD_LINE_BYTES, flood, objectionsTo } from './lib/flood.ts';
import { machineText } from './lib/machine.ts';
import { readOptions, single } from './lib/options.ts';
import { objectionsToPaced, pace } from './lib/pace.ts';
import { progress, progressDone } from './lib/progress.ts';
import { medianOf } from './lib/statistics.ts';
import { decimal, percent, ratio, tableText, whole } from './lib/table.ts';

const COMMAND = 'bench:session';
const FIRST_LINE = 'the first line of all\n';
const SILENCE_MS = 10_000;

/** Ways to say something to others; the first is what this bench is about. */
const ways = [
  { name: 'parley, private session', start: startPrivate },
  { name: 'parley, lobby', start: startParley },
  { name: 'ncat --broker', start: startNcat },
] as const;

type Way = (typeof ways)[number];

interface Sample<Figures> {
  readonly way: Way;
  readonly figures: Figures;
}

const wrong: string[] = [];

/** Takes turns, so that all ways have the same of what else the machine does. */
async function sampled<Figures>(
  what: string,
  runs: number,
  measure: (way: Way) => Promise<Figures>,
): Promise<(way: Way) => readonly Figures[]> {
  const samples: Sample<Figures>[] = [];
  for (let run = 1; run <= runs; run += 1) {
    for (const way of ways) {
      progress(`${what}, run ${run} of ${runs}: ${way.name}`);
      samples.push({ way, figures: await measure(way) });
    }
  }
  return (way) => samples.filter((sample) => sample.way === way).map(({ figures }) => figures);
}

/** The private session's figure by that of each way. */
function besideOurs<Figures>(
  of: (way: Way) => readonly Figures[],
  figure: (figures: Figures) => number,
): (way: Way) => string {
  const ours = medianOf(of(ways[0]), figure);
  return (way) => (way === ways[0] ? '' : ratio(ours, medianOf(of(way), figure)));
}

/** Milliseconds from the writing of its text, in a private session after the command that makes it, to the other's screen. */
async function firstLineMs({ start }: Way): Promise<number> {
  const isPrivate = start === startPrivate;
  const fanOut = await (isPrivate ? startParley : start)(1);
  const { sender, receivers, prefix } = fanOut;
  const [receiver] = receivers;
  if (receiver === undefined) throw new Error('nobody receives');
  const startedMs = performance.now();
  sender.process.stdin.write((isPrivate ? forkCommand(receivers) : '') + FIRST_LINE);
  await receiver.untilOutput(prefix.length + FIRST_LINE.length, SILENCE_MS);
  const tookMs = receiver.lastOutputMs - startedMs;
  const isThere = receiver.output().includes(prefix + FIRST_LINE);
  await end(fanOut);
  return isThere ? tookMs : Number.NaN;
}

async function end(fanOut: FanOut): Promise<void> {
  fanOut.sender.process.stdin.end();
  await fanOut.sender.end();
  await fanOut.stop();
}

async function firstLines(runs: number): Promise<string> {
  const of = await sampled('first line', runs, firstLineMs);
  const beside = besideOurs(of, Number);
  const rows = ways.map((way) => [
    way.name,
    decimal(medianOf(of(way), Number), 1),
    beside(way),
    decimal(Math.max(...of(way)), 1),
  ]);
  if (of(ways[0]).some(Number.isNaN)) wrong.push('the first line of a fork did not arrive');
  return tableText(['first line', 'ms', 'ratio to it', 'most ms'], rows);
}

async function floods(runs: number, lines: number): Promise<string> {
  const of = await sampled('lines a second', runs, async ({ start }) =>
    flood(await start(1), lines),
  );
  const beside = besideOurs(of, ({ linesPerSecond }) => linesPerSecond);
  const rows = ways.map((way) => [
    way.name,
    whole(medianOf(of(way), ({ linesPerSecond }) => linesPerSecond)),
    beside(way),
    percent(medianOf(of(way), ({ lostShare }) => lostShare)),
    whole(Math.max(...of(way).map(({ senderMb }) => senderMb))),
    whole(Math.max(...of(way).map(({ receiverMb }) => receiverMb))),
    decimal(
      medianOf(of(way), ({ senderCpu }) => senderCpu),
      2,
    ),
    decimal(
      medianOf(of(way), ({ receiverCpu }) => receiverCpu),
      2,
    ),
  ]);
  for (const way of [ways[0], ways[1]])
    wrong.push(
      ...of(way).flatMap((one) => objectionsTo(one).map((text) => `${way.name}: ${text}`)),
    );
  const head = ['lines a second', 'lines/s', 'ratio to it', 'lost', 'MB sender', 'MB receiver'];
  return tableText([...head, 'CPU s sender', 'CPU s receiver'], rows);
}

async function delays(runs: number, linesPerSecond: number, seconds: number): Promise<string> {
  const of = await sampled('latency', runs, async ({ start }) =>
    pace(await start(1), { linesPerSecond, seconds }),
  );
  const besideP50 = besideOurs(of, ({ p50Ms }) => p50Ms);
  const besideP99 = besideOurs(of, ({ p99Ms }) => p99Ms);
  const rows = ways.map((way) => [
    way.name,
    decimal(
      medianOf(of(way), ({ p50Ms }) => p50Ms),
      2,
    ),
    besideP50(way),
    decimal(
      medianOf(of(way), ({ p99Ms }) => p99Ms),
      2,
    ),
    besideP99(way),
    decimal(
      medianOf(of(way), ({ mostMs }) => mostMs),
      1,
    ),
    decimal(
      medianOf(of(way), ({ cpuMsPerLine }) => cpuMsPerLine),
      2,
    ),
  ]);
  for (const way of [ways[0], ways[1]])
    wrong.push(
      ...of(way).flatMap((one) => objectionsToPaced(one).map((text) => `${way.name}: ${text}`)),
    );
  const head = ['latency', 'p50 ms', 'ratio to it', 'p99 ms', 'ratio to it', 'most ms'];
  return tableText([...head, 'CPU ms/line'], rows);
}

const options = readOptions({
  command: COMMAND,
  about: 'Private sessions of two: how soon they are there, lines a second, latency.',
  options: {
    runs: { help: 'how often to measure; the medians are shown', standard: [3] },
    lines: { help: `lines of ${FLOOD_LINE_BYTES} bytes to send`, standard: [200_000] },
    rate: { help: 'lines a second for latency', standard: [100] },
    seconds: { help: 'how long latency is measured', standard: [20] },
  },
});
const version = requireNcat(COMMAND);
const [runs, lines] = [single(options.runs), single(options.lines)];
const [rate, seconds] = [single(options.rate), single(options.seconds)];
console.log(
  `${COMMAND}: ${whole(lines)} lines; ${rate} lines/s for ${seconds} s; median of ${runs}, beside ncat ${version}`,
);
console.log(`${machineText()}\n`);
const tables = [
  await firstLines(runs),
  await floods(runs, lines),
  await delays(runs, rate, seconds),
];
progressDone();
console.log(tables.join('\n\n'));
for (const text of wrong) console.error(`WRONG: ${text}`);
process.exit(wrong.length === 0 ? 0 : 1);
