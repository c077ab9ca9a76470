// Sums the JSON reports of the test runs and prints `N passed, N failed`; fails without a passed test.

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
}

const folder = fileURLToPath(new URL('../.reports/', import.meta.url));
let passed = 0;
let failed = 0;
for (const name of globSync('*.json', { cwd: folder })) {
  const report = JSON.parse(readFileSync(folder + name, 'utf8')) as Report;
  passed += report.numPassedTests;
  failed += report.numFailedTests;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
