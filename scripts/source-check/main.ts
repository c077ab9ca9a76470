// Prints what the source check finds, one finding a line; fails if there is any.

import { check } from './check.ts';
import { readSources } from './read-sources.ts';

const sources = readSources();
const findings = check(sources);
for (const { rule, path, line, message } of findings) {
  console.error(`${path === '' ? 'packages' : `${path}:${line}`}: ${message} (${rule})`);
}
console.log(`source check: ${sources.size} files, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
