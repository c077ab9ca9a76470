// Runs the tests that need networks of their own: real peers in namespaces, and a disk that is full.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { claim, obstacle, removeLeftOvers } from './namespaces.ts';

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
    // Real processes and real clocks: starving them of a processor breaks connections by itself.
    fileParallelism: false,
  });
} else {
  console.error(`test:net: ${reason}`);
  process.exitCode = 1;
}
if (!existsSync(report)) {
  mkdirSync(reports, { recursive: true });
  writeFileSync(report, JSON.stringify({ numPassedTests: 0, numFailedTests: 1 }));
}
