// Replays one seed, or tries many: npm run sim -- --seed 42 [--to 99] [--trace] [--plan] [--crypto].

import { parseArgs } from 'node:util';
import { createNodeSuite } from '@parley/crypto-node';
import { createFakeSuite } from '@parley/testkit/fake-suite';
import { planOf } from '@parley/testkit/world/plan';
import { runPlan } from '@parley/testkit/world/schedule';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    to: { type: 'string' },
    trace: { type: 'boolean', default: false },
    plan: { type: 'boolean', default: false },
    crypto: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const last = values.to === undefined ? first : Number(values.to);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last < first) {
  console.error('sim: --seed N is needed, a whole number; --to M tries all seeds up to M');
  process.exit(2);
}

const suite = values.crypto ? createNodeSuite() : createFakeSuite();
const trace = values.trace ? { trace: (line: string): void => console.log(line) } : {};
let failed = 0;
for (let seed = first; seed <= last; seed += 1) {
  const plan = planOf(seed);
  if (values.plan) console.log(JSON.stringify(plan, null, 2));
  const { objections, events, entries, healedMs, occurred } = await runPlan(plan, {
    suite,
    ...trace,
  });
  if (objections.length === 0 && first !== last) continue;
  const summary = `${entries} entries, ${events} events, healed after ${healedMs} ms`;
  const verdict = objections.length === 0 ? 'well' : 'FAILED';
  console.log(`seed ${seed}: ${verdict}; ${summary}; ${[...occurred].join(' ')}`);
  for (const text of objections) console.log(`  ${text}`);
  if (objections.length > 0) failed += 1;
}
if (first !== last) console.log(`${last - first + 1} seeds, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
