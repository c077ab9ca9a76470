// Runs the tests that need networks of their own: real peers in namespaces, and a disk that is full.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaseSequencer, startVitest } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';
import { claim, obstacle, removeLeftOvers } from './namespaces.ts';

function rank({ moduleId }: TestSpecification): string {
  return `${moduleId.includes('partition') ? 0 : 1}${moduleId}`;
}

/** The files in the order of their names, but the one that waits for minutes first. */
class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1)));
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const reports = join(root, '.reports');
const report = join(reports, 'net.json');

rmSync(report, { force: true });
claim();
const reason = obstacle();
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
    // The cut of three minutes goes on beside the others, which take less; more at once would starve them of processors.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  });
} else {
  console.error(`test:net: ${reason}`);
  process.exitCode = 1;
}
if (!existsSync(report)) {
  mkdirSync(reports, { recursive: true });
  writeFileSync(report, JSON.stringify({ numPassedTests: 0, numFailedTests: 1 }));
}
