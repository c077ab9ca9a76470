// Runs the tests that need networks of their own: real peers in namespaces, and a disk that is full.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaseSequencer, startVitest } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';
import { claim, obstacle, removeLeftOvers } from './namespaces.ts';

/** Two that mostly wait, then those that want the processors for themselves; the others come when there is room. */
const FIRST = ['partition', 'nat', 'fifty', 'crowd', 'flood', 'lossy'];

function rank({ moduleId }: TestSpecification): number {
  const at = FIRST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return at < 0 ? FIRST.length : at;
}

class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((one, other) => rank(one) - rank(other)));
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const reports = join(root, '.reports');
const report = join(reports, 'net.json');

rmSync(report, { force: true });
claim();
const reason = obstacle();
const startMs = performance.now();
if (reason === null) {
  removeLeftOvers();
  process.on('exit', () => removeLeftOvers());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => process.exit(1));
  await startVitest('test', process.argv.slice(2), {
    config: false,
    root,
    watch: false,
    name: 'net',
    include: ['test/net/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: report },
    testTimeout: 300_000,
    hookTimeout: 60_000,
    // Two files wait for minutes beside the one at work; more at once would starve them of processors.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  });
  console.log(`test:net took ${((performance.now() - startMs) / 1_000).toFixed()} s`);
} else {
  console.error(`test:net: ${reason}`);
  process.exitCode = 1;
}
if (!existsSync(report)) {
  mkdirSync(reports, { recursive: true });
  writeFileSync(report, JSON.stringify({ numPassedTests: 0, numFailedTests: 1 }));
}
