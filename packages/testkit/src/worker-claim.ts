// What a claim about the work of private sessions is made of, and the sessions that it is told with.

import assert from 'node:assert/strict';
import { newRoster } from '@parley/core';
import type { SessionCryptoHarness } from './session-party.ts';
import { WorkerPerson, WrittenChain, eventsIn } from './worker-person.ts';

export interface WorkerClaim {
  readonly claim: string;
  /** Rejects if the claim does not hold. */
  readonly prove: (harness: SessionCryptoHarness) => Promise<void>;
}

export function claim(text: string, prove: WorkerClaim['prove']): WorkerClaim {
  return { claim: text, prove };
}

/** People with key packages in the directory. */
export async function peopleOf(
  harness: SessionCryptoHarness,
  ...names: readonly string[]
): Promise<WorkerPerson[]> {
  const people = names.map((name) => new WorkerPerson(harness, name));
  for (const person of people) await person.makePackages();
  return people;
}

/** The first forks a session with the others, who join, begin groups of their own, and read each other's. */
async function sessionOfAll(
  harness: SessionCryptoHarness,
  ...names: readonly string[]
): Promise<WorkerPerson[]> {
  const people = await peopleOf(harness, ...names);
  for (const person of people) {
    const { roster } = person;
    const others = people.filter((other) => other !== person);
    person.roster =
      roster ??
      newRoster(
        people[0]?.identity ?? person.identity,
        people.map((one) => one.certificate),
      );
    const add = others.map((other) => other.asNewcomer(person));
    await person.speak({ begins: true, roster: person.roster, add });
    for (const other of others) await other.read(person);
  }
  return people;
}

/** Two people in a session. */
export async function twoIn(
  harness: SessionCryptoHarness,
): Promise<readonly [WorkerPerson, WorkerPerson]> {
  const [anna, bobby] = await sessionOfAll(harness, 'anna', 'bobby');
  if (anna === undefined || bobby === undefined) throw new Error('two people');
  return [anna, bobby];
}

/** Three people in a session. */
export async function threeIn(
  harness: SessionCryptoHarness,
): Promise<readonly [WorkerPerson, WorkerPerson, WorkerPerson]> {
  const [anna, bobby, carmen] = await sessionOfAll(harness, 'anna', 'bobby', 'carmen');
  if (anna === undefined || bobby === undefined || carmen === undefined) throw new Error('three');
  return [anna, bobby, carmen];
}

/** Lets somebody into a group of its own; the keys under which they keep the packages that it took. */
export async function letIn(
  person: WorkerPerson,
  by: WorkerPerson,
  chance: number,
): Promise<string[]> {
  const chain = new WrittenChain(by.suite, by.session, `${by.name} by ${chance}`);
  const work = { chain: chain.chain, begins: true, chance };
  const spoken = await by.trySpeaking({ ...work, add: [person.asNewcomer(by)] });
  assert(spoken.kind === 'spoken');
  for (const { payload } of spoken.payloads) chain.append(payload, by.nowMs);
  person.receive(chain);
  const through = await person.tryReading(by, { chain: chain.chain, from: 0, to: 1 });
  assert.deepEqual(eventsIn(through), ['joined']);
  person.store.commit(through.writes);
  return through.writes.flatMap((write) =>
    write.kind === 'value' && write.key.startsWith('mls/package/') ? [write.key] : [],
  );
}
