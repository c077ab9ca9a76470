// Measures how fast lines get from one peer's stdin to the stdout of others, beside `ncat --broker`.

import { requireNcat, startNcat, startParley } from './lib/fan-out.ts';
import type { FanOut } from './lib/fan-out.ts';
import { arrivalOf, faultsOf, numberedLines } from './lib/lines.ts';
import type { Arrival } from './lib/lines.ts';
import { machineText } from './lib/machine.ts';
import { readOptions, single } from './lib/options.ts';
import { progress, progressDone } from './lib/progress.ts';
import { medianOf } from './lib/statistics.ts';
import { percent, ratio, tableText, whole, decimal } from './lib/table.ts';

const COMMAND = 'bench:throughput';
const LINE_BYTES = 48;
const PEAK_MB_MAX = 300;
/** So long after its last word a receiver that still lacks lines will not get them. */
const SILENCE_MS = 5_000;

interface Run {
  /** The slowest receiver's. */
  readonly linesPerSecond: number;
  /** Of all receivers together, 0 … 1. */
  readonly lostShare: number;
  readonly senderMb: number;
  /** The largest receiver's. */
  readonly receiverMb: number;
  readonly senderCpu: number;
  /** One receiver's. */
  readonly receiverCpu: number;
  readonly faults: readonly string[];
}

interface Load {
  readonly lines: number;
  readonly receivers: number;
}

type Start = (receivers: number) => Promise<FanOut>;

async function measure(start: Start, { lines, receivers: count }: Load): Promise<Run> {
  const fanOut = await start(count);
  const { sender, receivers, everyone, prefix } = fanOut;
  const expected = numberedLines(lines, LINE_BYTES, prefix);
  const input = numberedLines(lines, LINE_BYTES);
  const startedMs = performance.now();
  sender.process.stdin.end(input);
  await Promise.all(receivers.map((one) => one.untilOutput(expected.length, SILENCE_MS)));
  for (const child of everyone) child.weigh();
  const codes = [await sender.end(), ...(await fanOut.stop())];
  const arrivals = receivers.map((one) => arrivalOf(one.output(), expected, lines));
  const seconds = receivers.map((one) => (one.lastOutputMs - startedMs) / 1000);
  const rates = arrivals.map(({ arrived }, at) => arrived / (seconds[at] ?? 0));
  return {
    linesPerSecond: Math.min(...rates),
    lostShare: mean(arrivals.map(({ lost }) => lost / lines)),
    senderMb: sender.usage.peakMb,
    receiverMb: Math.max(...receivers.map(({ usage }) => usage.peakMb)),
    senderCpu: sender.usage.cpuSeconds,
    receiverCpu: mean(receivers.map(({ usage }) => usage.cpuSeconds)),
    faults: faultsIn(arrivals, codes),
  };
}

/** What parley must not do; the codes are empty where a program has no clean end. */
function faultsIn(arrivals: readonly Arrival[], codes: readonly (number | null)[]): string[] {
  const faults = arrivals.flatMap((arrival, at) =>
    faultsOf(arrival).map((fault) => `receiver ${at}: ${fault}`),
  );
  const bad = codes.filter((code) => code !== 0);
  return bad.length === 0 ? faults : [...faults, `exit codes ${bad.join(', ')}`];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

interface Pair {
  readonly parley: Run;
  readonly ncat: Run;
}

function row(name: string, runs: readonly Run[], beside: string): string[] {
  return [
    name,
    whole(medianOf(runs, rate)),
    beside,
    percent(medianOf(runs, ({ lostShare }) => lostShare)),
    whole(Math.max(...runs.map(({ senderMb }) => senderMb))),
    whole(Math.max(...runs.map(({ receiverMb }) => receiverMb))),
    decimal(
      medianOf(runs, ({ senderCpu }) => senderCpu),
      2,
    ),
    decimal(
      medianOf(runs, ({ receiverCpu }) => receiverCpu),
      2,
    ),
  ];
}

function rate({ linesPerSecond }: Run): number {
  return linesPerSecond;
}

function rows(receivers: number, pairs: readonly Pair[]): string[][] {
  const [ours, theirs] = [pairs.map(({ parley }) => parley), pairs.map(({ ncat }) => ncat)];
  const beside = ratio(medianOf(ours, rate), medianOf(theirs, rate));
  return [
    row(`parley, ${receivers} receiving`, ours, beside),
    row(`ncat --broker, ${receivers} receiving`, theirs, ''),
  ];
}

function objections(pairs: readonly Pair[]): string[] {
  return pairs.flatMap(({ parley: { faults, senderMb, receiverMb } }) => {
    const peakMb = Math.max(senderMb, receiverMb);
    const text = `a process of ${whole(peakMb)} MB, where ${PEAK_MB_MAX} are allowed`;
    return peakMb < PEAK_MB_MAX ? faults : [...faults, text];
  });
}

const options = readOptions({
  command: COMMAND,
  about: 'Lines a second from the stdin of one peer to the stdout of others.',
  options: {
    runs: { help: 'how often to measure; the medians are shown', standard: [3] },
    lines: { help: `lines of ${LINE_BYTES} bytes to send`, standard: [200_000] },
    receivers: { help: 'how many receive, one number for each pair of rows', standard: [1, 4, 8] },
  },
});
const version = requireNcat(COMMAND);
const [runs, lines] = [single(options.runs), single(options.lines)];
console.log(`${COMMAND}: ${whole(lines)} lines, median of ${runs}, beside ncat ${version}`);
console.log(`${machineText()}\n`);
const table: string[][] = [];
const wrong: string[] = [];
for (const receivers of options.receivers) {
  const pairs: Pair[] = [];
  for (let run = 1; run <= runs; run += 1) {
    progress(`${receivers} receiving, run ${run} of ${runs}: parley`);
    const parley = await measure(startParley, { lines, receivers });
    progress(`${receivers} receiving, run ${run} of ${runs}: ncat`);
    pairs.push({ parley, ncat: await measure(startNcat, { lines, receivers }) });
  }
  table.push(...rows(receivers, pairs));
  wrong.push(...objections(pairs).map((text) => `parley, ${receivers} receiving: ${text}`));
}
progressDone();
const head = [
  '',
  'lines/s',
  'ratio',
  'lost',
  'MB sender',
  'MB receiver',
  'CPU s sender',
  'CPU s receiver',
];
console.log(tableText(head, table));
for (const text of wrong) console.error(`WRONG: ${text}`);
process.exit(wrong.length === 0 ? 0 : 1);
