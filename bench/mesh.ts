// Measures what it costs to tell a room of many peers a line, in the World and with real peers, so that its growth can be seen.

import { parseArgs } from 'node:util';
import { machineText } from './lib/machine.ts';
import { MESH_HEAD, measureMesh, meshRow, objectionsToMesh } from './lib/mesh-world.ts';
import type { MeasuredMesh, MeshLoad } from './lib/mesh-world.ts';
import { PROCESS_MESH_HEAD, measureProcesses, processMeshRow } from './lib/mesh-processes.ts';
import type { ProcessMeshRun } from './lib/mesh-processes.ts';
import { progress, progressDone } from './lib/progress.ts';
import { tableText } from './lib/table.ts';

const COMMAND = 'bench:mesh';
const HELP = `What it costs to tell a room of many peers a line: in the World, in virtual time, delivery in network delays,
copies per delivery, frames and bytes for each peer and line; and with real peers on loopback, in milliseconds.

Usage: npm run ${COMMAND} -- [options]

  --peers      sizes of rooms, with commas between them (default: 5,10,25,50,100,1000)
  --authors    who talk; at most as many as peers, and a quarter of them above 500 peers (default: 20)
  --lines      of each of them (default: 50)
  --seed       what links and chance are drawn from (default: 1)
  --real       sizes of rooms of real peers, with commas between them; 0: none (default: 5,10,25,50)
  --runs       of real peers, of which the medians are shown (default: 3)
  --large      also 10,000 peers, 2 of whom say 5 lines each: takes 18 minutes and 6 GB
  --help`;

const LARGE: MeshLoad = { peers: 10_000, authors: 2, linesEach: 5, seed: 1 };
const FEWER_AUTHORS_ABOVE = 500;
/** Real peers: ten share a process, a few of them talk, and the processors stay free enough to time it. */
const REAL = { peersPerProcess: 10, authors: 5, lines: 60, perSecond: 4 };

/** Whole numbers above 0; ends the process with one line on anything else. */
function numbers(name: string, text: string): number[] {
  const read = text.split(',').map(Number);
  if (read.every((number) => Number.isSafeInteger(number) && number > 0)) return read;
  console.error(`${COMMAND}: --${name} takes whole numbers above 0, not '${text}'`);
  return process.exit(2);
}

interface Asked {
  readonly loads: readonly MeshLoad[];
  readonly real: readonly number[];
  readonly runs: number;
}

function asked(): Asked {
  const { values } = parseArgs({
    options: {
      peers: { type: 'string', default: '5,10,25,50,100,1000' },
      authors: { type: 'string', default: '20' },
      lines: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      real: { type: 'string', default: '5,10,25,50' },
      runs: { type: 'string', default: '3' },
      large: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const [authors = 1] = numbers('authors', values.authors);
  const [lines = 1] = numbers('lines', values.lines);
  const [seed = 1] = numbers('seed', values.seed);
  const real = values.real === '0' ? [] : numbers('real', values.real);
  const [runs = 1] = numbers('runs', values.runs);
  const sizes = numbers('peers', values.peers).map((peers): MeshLoad => {
    const most = peers > FEWER_AUTHORS_ABOVE ? Math.ceil(authors / 4) : peers;
    return { peers, authors: Math.min(authors, most), linesEach: lines, seed };
  });
  return { loads: values.large ? [...sizes, { ...LARGE, seed }] : sizes, real, runs };
}

const { loads, real, runs } = asked();
/** Throws where a line was lost or came twice. */
async function realText(sizes: readonly number[], runsEach: number): Promise<string> {
  const rows: (readonly string[])[] = [];
  for (const peers of sizes) {
    const done: ProcessMeshRun[] = [];
    for (let run = 1; run <= runsEach; run += 1) {
      progress(`${peers} real peers, run ${run} of ${runsEach}`);
      done.push(await measureProcesses({ peers, ...REAL }));
    }
    rows.push(processMeshRow(peers, done));
  }
  progressDone();
  return `
Real peers on loopback, ${REAL.peersPerProcess} in a process, ${REAL.authors} of whom say ${REAL.lines} lines together, ${REAL.perSecond} a second:

${tableText(PROCESS_MESH_HEAD, rows)}

p50, p99: from the saying to each other peer's view. bytes: of frames, in and out, for each peer and line.
CPU: of all peers, for each delivery.`;
}

const measured: MeasuredMesh[] = [];
for (const load of loads) {
  progress(`${load.peers} peers, ${load.authors} of whom say ${load.linesEach} lines each`);
  measured.push(await measureMesh(load));
}
progressDone();
console.log(`${COMMAND}: in the World, every link with the same delay\n${machineText()}\n`);
console.log(tableText(MESH_HEAD, measured.map(meshRow)));
console.log(`
p50, p99: from the author to each other peer, in network delays, the first line of each author included.
copies: entries that came, by entries that were new; later: the same for the second half of the lines.
frames, heads, bytes: for each peer and line; heads are announcements, which carry no entries.`);
if (real.length > 0) console.log(await realText(real, runs));
const wrong = measured.flatMap(objectionsToMesh);
for (const text of wrong) console.error(`WRONG: ${text}`);
process.exit(wrong.length === 0 ? 0 : 1);
