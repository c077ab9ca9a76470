// Measures how fast lines get from one peer's stdin to the stdout of others, beside `ncat --broker`.

import { requireNcat, startNcat, startParley } from './lib/fan-out.ts';
import type { FanOut } from './lib/fan-out.ts';
import { FLOOD_LINE_BYTES, flood, objectionsTo } from './lib/flood.ts';
import type { Flood } from './lib/flood.ts';
import { machineText } from './lib/machine.ts';
import { readOptions, single } from './lib/options.ts';
import { progress, progressDone } from './lib/progress.ts';
import { medianOf } from './lib/statistics.ts';
import { percent, ratio, tableText, whole, decimal } from './lib/table.ts';

const COMMAND = 'bench:throughput';

interface Load {
  readonly lines: number;
  readonly receivers: number;
}

type Start = (receivers: number) => Promise<FanOut>;

async function measure(start: Start, { lines, receivers }: Load): Promise<Flood> {
  return flood(await start(receivers), lines);
}

interface Pair {
  readonly parley: Flood;
  readonly ncat: Flood;
}

function row(name: string, runs: readonly Flood[], beside: string): string[] {
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

function rate({ linesPerSecond }: Flood): number {
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

const options = readOptions({
  command: COMMAND,
  about: 'Lines a second from the stdin of one peer to the stdout of others.',
  options: {
    runs: { help: 'how often to measure; the medians are shown', standard: [3] },
    lines: { help: `lines of ${FLOOD_LINE_BYTES} bytes to send`, standard: [200_000] },
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
  wrong.push(
    ...pairs
      .flatMap(({ parley }) => objectionsTo(parley))
      .map((text) => `parley, ${receivers} receiving: ${text}`),
  );
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
