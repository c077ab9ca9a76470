// Measures the time from starting the process to being ready, and the memory then, beside `ncat -l` and bare node.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './lib/child.ts';
import { PARLEY, freePort, peerArgs, requireNcat } from './lib/fan-out.ts';
import { machineText } from './lib/machine.ts';
import { readOptions, single } from './lib/options.ts';
import { progress, progressDone } from './lib/progress.ts';
import { medianOf } from './lib/statistics.ts';
import { decimal, ratio, tableText } from './lib/table.ts';

const COMMAND = 'bench:start';
const NODE = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const ENDLESS = 'process.stdout.write("ready\\n"); setInterval(() => {}, 1e9)';

interface Run {
  readonly ms: number;
  readonly residentMb: number;
}

interface Program {
  readonly name: string;
  readonly measure: () => Promise<Run>;
}

async function untilReady(child: Child, isReady: () => boolean): Promise<Run> {
  await child.until('it is ready', isReady);
  const ms = performance.now() - child.startedMs;
  child.weigh();
  await child.end('SIGTERM');
  return { ms, residentMb: child.usage.residentMb };
}

/** Ready when it has ended, and weighs nothing then. */
async function untilEnd(child: Child): Promise<Run> {
  child.process.stdin.end();
  const code = await child.end();
  if (code !== 0) throw new Error(`${child.name} ended with code ${code}: ${child.stderr}`);
  return { ms: performance.now() - child.startedMs, residentMb: Number.NaN };
}

function parley(homes: string, name: string): Promise<Run> {
  const child = new Child(name, PARLEY, ['--json', ...peerArgs(homes, name)]);
  return untilReady(child, () => child.output().includes('{"type":"ready"'));
}

async function listeningNcat(): Promise<Run> {
  const port = String(await freePort());
  const child = new Child('ncat', 'ncat', ['-v', '-l', '127.0.0.1', port]);
  return untilReady(child, () => child.stderr.includes('Listening on'));
}

function endlessNode(): Promise<Run> {
  const child = new Child('node', NODE, ['-e', ENDLESS]);
  return untilReady(child, () => child.stdoutBytes > 0);
}

function programs(homes: string): Program[] {
  let newcomers = 0;
  const newcomer = (): string => {
    newcomers += 1;
    return `new${newcomers}`;
  };
  return [
    { name: 'parley, with its profile there', measure: () => parley(homes, 'known') },
    { name: 'parley, making a profile', measure: () => parley(homes, newcomer()) },
    { name: 'ncat -l', measure: listeningNcat },
    { name: 'node, to its first output', measure: endlessNode },
    {
      name: 'node -e 0, to its end',
      measure: () => untilEnd(new Child('node', NODE, ['-e', '0'])),
    },
  ];
}

const options = readOptions({
  command: COMMAND,
  about: 'Milliseconds from the start of the process to the ready object, and memory then.',
  options: { runs: { help: 'how often to start each', standard: [10] } },
});
const version = requireNcat(COMMAND);
const runs = single(options.runs);
console.log(`${COMMAND}: median of ${runs} starts each, beside ncat ${version} and bare node`);
console.log(`${machineText()}\n`);
const homes = mkdtempSync(join(tmpdir(), 'parley-bench-'));
process.on('exit', () => rmSync(homes, { recursive: true, force: true }));
const measured = programs(homes).map((program) => ({ ...program, runs: [] as Run[] }));
for (const { measure } of measured) await measure(); // From here on the files are in memory.
for (let run = 1; run <= runs; run += 1) {
  progress(`start ${run} of ${runs}`);
  for (const program of measured) program.runs.push(await program.measure());
}
progressDone();
const medians = measured.map((program) => ({
  name: program.name,
  ms: medianOf(program.runs, ({ ms }) => ms),
  residentMb: medianOf(program.runs, ({ residentMb }) => residentMb),
}));
const ours = medians[0]?.ms ?? Number.NaN;
const table = medians.map(({ name, ms, residentMb }, at) => [
  name,
  decimal(ms, 1),
  at === 0 ? '' : ratio(ours, ms),
  decimal(residentMb, 1),
]);
console.log(tableText(['', 'ms', 'ratio to it', 'MB then'], table));
process.exit(0);
