// Measures what it costs to tell a room of many peers a line, in the World, so that the growth of the cost can be seen.

import { parseArgs } from 'node:util';
import { machineText } from './lib/machine.ts';
import { MESH_HEAD, measureMesh, meshRow, objectionsToMesh } from './lib/mesh-world.ts';
import type { MeasuredMesh, MeshLoad } from './lib/mesh-world.ts';
import { progress, progressDone } from './lib/progress.ts';
import { tableText } from './lib/table.ts';

const COMMAND = 'bench:mesh';
const HELP = `What it costs to tell a room of many peers a line, in virtual time: delivery in network delays, copies
per delivery, frames and bytes for each peer and line.

Usage: npm run ${COMMAND} -- [options]

  --peers      sizes of rooms, with commas between them (default: 5,10,25,50,100,1000)
  --authors    who talk; each room has at most as many as peers (default: 20)
  --lines      of each of them (default: 50; a tenth in rooms above 500 peers)
  --seed       what links and chance are drawn from (default: 1)
  --large      also 10,000 peers, 10 of whom say 5 lines each: takes minutes and gigabytes
  --help`;

const LARGE: MeshLoad = { peers: 10_000, authors: 10, linesEach: 5, seed: 1 };
const FEWER_LINES_ABOVE = 500;

/** Whole numbers above 0; ends the process with one line on anything else. */
function numbers(name: string, text: string): number[] {
  const read = text.split(',').map(Number);
  if (read.every((number) => Number.isSafeInteger(number) && number > 0)) return read;
  console.error(`${COMMAND}: --${name} takes whole numbers above 0, not '${text}'`);
  return process.exit(2);
}

function loads(): readonly MeshLoad[] {
  const { values } = parseArgs({
    options: {
      peers: { type: 'string', default: '5,10,25,50,100,1000' },
      authors: { type: 'string', default: '20' },
      lines: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
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
  const sizes = numbers('peers', values.peers).map((peers): MeshLoad => {
    const linesEach = peers > FEWER_LINES_ABOVE ? Math.max(1, Math.round(lines / 10)) : lines;
    return { peers, authors: Math.min(authors, peers), linesEach, seed };
  });
  return values.large ? [...sizes, { ...LARGE, seed }] : sizes;
}

const measured: MeasuredMesh[] = [];
for (const load of loads()) {
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
const wrong = measured.flatMap(objectionsToMesh);
for (const text of wrong) console.error(`WRONG: ${text}`);
process.exit(wrong.length === 0 ? 0 : 1);
