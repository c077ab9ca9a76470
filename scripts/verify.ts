// The whole gate in one command: runs each check in turn and stops at the first that fails.

import { spawnSync } from 'node:child_process';

const steps: readonly (readonly [name: string, script: string])[] = [
  ['format', 'check:format'],
  ['lint', 'check:lint'],
  ['types', 'check:types'],
  ['source', 'check:source'],
  ['unused', 'check:unused'],
  ['tests', 'test'],
];

for (const [name, script] of steps) {
  console.log(`== ${name}`);
  const startedMs = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', script], { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`verify: ${name} failed; run it alone with: npm run ${script}`);
    process.exit(1);
  }
  console.log(`== ${name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
