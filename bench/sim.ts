// Measures how many seeded schedules one core runs in a second: node -C development bench/sim.ts [schedules].

import { createFakeSuite } from '@parley/testkit/fake-suite';
import { runSeed } from '@parley/testkit/world/schedule';

const schedules = Number(process.argv[2] ?? 1_000);
const suite = createFakeSuite();
for (let seed = 0; seed < 50; seed += 1) await runSeed(seed, { suite });

let events = 0;
let entries = 0;
let failed = 0;
const before = process.cpuUsage();
for (let seed = 0; seed < schedules; seed += 1) {
  const verdict = await runSeed(seed, { suite });
  events += verdict.events;
  entries += verdict.entries;
  if (verdict.objections.length > 0) failed += 1;
}
const { user, system } = process.cpuUsage(before);
const seconds = (user + system) / 1_000_000;
const perSecond = Math.round(schedules / seconds);
console.log(
  `${schedules} schedules in ${seconds.toFixed(1)} s of processor time, ${failed} failed`,
);
console.log(`${perSecond} schedules/s/core, ${Math.round(events / seconds)} events/s/core`);
console.log(
  `${(entries / schedules).toFixed(1)} entries and ${Math.round(events / schedules)} events each`,
);
