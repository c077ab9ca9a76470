// Replays one seed, or tries many: npm run sim -- --seed 42 [--to 99] [--sessions [--kills] | --rooms] [--trace] [--plan] [--crypto].

import { parseArgs } from 'node:util';
import { createMlsSessionCrypto } from '@parley/crypto-mls';
import { createNodeSuite } from '@parley/crypto-node';
import { createFakeSuite } from '@parley/testkit/fake-suite';
import { EPOCH_MS } from '@parley/testkit/world/clock';
import { planOf } from '@parley/testkit/world/plan';
import { roomPlanOf } from '@parley/testkit/world/room-plan';
import { runPlan } from '@parley/testkit/world/schedule';
import { sessionPlanOf } from '@parley/testkit/world/session-plan';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    to: { type: 'string' },
    trace: { type: 'boolean', default: false },
    plan: { type: 'boolean', default: false },
    crypto: { type: 'boolean', default: false },
    sessions: { type: 'boolean', default: false },
    rooms: { type: 'boolean', default: false },
    kills: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const last = values.to === undefined ? first : Number(values.to);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last < first) {
  console.error('sim: --seed N is needed, a whole number; --to M tries all seeds up to M');
  process.exit(2);
}

const suite = values.crypto ? createNodeSuite() : createFakeSuite();
// The real one looks at the clock of the machine, too; schedules without --kills have members whom it refuses all the same.
if (values.crypto) Date.now = (): number => EPOCH_MS + 1_800_000;
const encryption = values.crypto ? { sessionCrypto: createMlsSessionCrypto } : {};
const { kills } = values;
const trace = values.trace ? { trace: (line: string): void => console.log(line) } : {};
let failed = 0;
for (let seed = first; seed <= last; seed += 1) {
  const plan = values.rooms
    ? roomPlanOf(seed)
    : values.sessions
      ? sessionPlanOf(seed, { kills })
      : planOf(seed);
  if (values.plan) console.log(JSON.stringify(plan, null, 2));
  const verdict = await runPlan(plan, { suite, ...encryption, ...trace });
  const { objections, events, entries, told, healedMs, occurred, happened } = verdict;
  if (objections.length === 0 && first !== last) continue;
  const summary = `${entries} entries, ${told} private lines, ${events} events, healed after ${healedMs} ms`;
  const outcome = objections.length === 0 ? 'well' : 'FAILED';
  console.log(`seed ${seed}: ${outcome}; ${summary}; ${[...occurred, ...happened].join(', ')}`);
  for (const text of objections) console.log(`  ${text}`);
  if (objections.length > 0) failed += 1;
}
if (first !== last) console.log(`${last - first + 1} seeds, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
