// Measures how long a line takes from one peer's stdin to the stdout of others, beside `ncat --broker`.

import { requireNcat, startNcat, startParley } from './lib/fan-out.ts';
import type { FanOut } from './lib/fan-out.ts';
import { machineText } from './lib/machine.ts';
import { readOptions, single } from './lib/options.ts';
import { objectionsToPaced, pace } from './lib/pace.ts';
import type { Pace, Paced } from './lib/pace.ts';
import { progress, progressDone } from './lib/progress.ts';
import { medianOf } from './lib/statistics.ts';
import { decimal, percent, ratio, tableText } from './lib/table.ts';

const COMMAND = 'bench:latency';

interface Load extends Pace {
  readonly receivers: number;
}

type Start = (receivers: number) => Promise<FanOut>;

async function measure(start: Start, load: Load): Promise<Paced> {
  return pace(await start(load.receivers), load);
}

interface Pair {
  readonly parley: Paced;
  readonly ncat: Paced;
}

function row(name: string, runs: readonly Paced[], beside: readonly string[]): string[] {
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
  const beside = (figure: (run: Paced) => number): string =>
    ratio(medianOf(ours, figure), medianOf(theirs, figure));
  return [
    row(`parley, ${receivers} receiving`, ours, [
      beside(({ p50Ms }) => p50Ms),
      beside(({ p99Ms }) => p99Ms),
    ]),
    row(`ncat --broker, ${receivers} receiving`, theirs, []),
  ];
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
  wrong.push(
    ...pairs
      .flatMap(({ parley }) => objectionsToPaced(parley))
      .map((text) => `parley, ${receivers} receiving: ${text}`),
  );
}
progressDone();
console.log(
  tableText(['', 'p50 ms', 'ratio', 'p99 ms', 'ratio', 'most ms', 'lost', 'CPU ms/line'], table),
);
for (const text of wrong) console.error(`WRONG: ${text}`);
process.exit(wrong.length === 0 ? 0 : 1);
