// What holds of the key packages that a person keeps, and of first contacts.

import assert from 'node:assert/strict';
import { LIMITS, equalBytes, newRoster } from '@parley/core';
import type { Contact, PackagesMade } from '@parley/core';
import { claim, letIn, peopleOf } from './worker-claim.ts';
import type { WorkerClaim } from './worker-claim.ts';
import { WorkerPerson, WrittenChain } from './worker-person.ts';

const hourMs = 3_600_000;

function keptBy(person: WorkerPerson): string[] {
  return person.store.values('mls/package/').map(({ key }) => key);
}

async function lookAgain(person: WorkerPerson, afterMs: number): Promise<PackagesMade> {
  person.nowMs += afterMs;
  return person.makePackages();
}

/** Lets the person in by the one-time packages in these places of the directory. */
async function useUp(
  person: WorkerPerson,
  by: WorkerPerson,
  places: readonly number[],
): Promise<void> {
  for (const at of places) await letIn(person, by, at / LIMITS.keyPackagesOneTime);
}

export const packages: readonly WorkerClaim[] = [
  claim(
    'one of last resort and 32 others are stated, and no more while they are good',
    async (harness) => {
      const anna = new WorkerPerson(harness, 'anna');
      const { statement, againMs } = await anna.makePackages();
      assert(statement !== null);
      assert.equal(statement.length, 1 + LIMITS.keyPackagesOneTime);
      anna.vouchers.certify(anna.certificate.bytes);
      const contents = await Promise.all(
        statement.map((each) => anna.crypto.readKeyPackage(each, anna.nowMs)),
      );
      assert.deepEqual(
        contents.map((content) => content.ok && content.value.lastResort),
        [true, ...statement.slice(1).map(() => false)],
      );
      assert.equal(againMs, anna.nowMs + LIMITS.keyPackageOneTimeMs);
      const again = await anna.makePackages();
      assert.deepEqual([again.statement, again.againMs, again.writes], [null, againMs, []]);
    },
  ),

  claim(
    'the first few are stated alone, and the others when they are asked for',
    async (harness) => {
      const anna = new WorkerPerson(harness, 'anna');
      const few = LIMITS.keyPackagesFirst;
      const first = await anna.makePackages(few);
      assert(first.statement !== null);
      assert.equal(first.statement.length, 1 + few);
      assert.equal((await anna.makePackages(few)).statement, null);
      const all = await anna.makePackages();
      assert(
        first.statement.every((one) => all.statement?.some((other) => equalBytes(one, other))),
      );
      assert.equal(all.statement?.length, 1 + LIMITS.keyPackagesOneTime);
    },
  ),

  claim(
    'those that are used are replaced when few are left, and forgotten a day later',
    async (harness) => {
      const [anna, bobby] = await peopleOf(harness, 'anna', 'bobby');
      assert(anna !== undefined && bobby !== undefined);
      anna.roster = newRoster(anna.identity, [anna.certificate, bobby.certificate]);
      const before = new Set(keptBy(bobby));
      const places = Array.from({ length: LIMITS.keyPackagesOneTime }, (_, at) => at);
      await useUp(bobby, anna, places.slice(LIMITS.keyPackagesLeast));
      assert.equal((await bobby.makePackages()).statement, null);
      await useUp(bobby, anna, [0]);
      const { statement } = await bobby.makePackages();
      assert.equal(statement?.length, 1 + LIMITS.keyPackagesOneTime);
      assert.equal(keptBy(bobby).filter((key) => before.has(key)).length, before.size);
      await lookAgain(bobby, LIMITS.keyPackageUsedKeptMs + LIMITS.futureMsMax);
      assert.equal(keptBy(bobby).length, 1 + LIMITS.keyPackagesOneTime);
      const left = keptBy(bobby).filter((key) => before.has(key)).length;
      assert.equal(left, 1 + LIMITS.keyPackagesLeast - 1);
    },
  ),

  claim(
    'those that expire are replaced, and their secrets kept until nobody comes with them',
    async (harness) => {
      const [anna] = await peopleOf(harness, 'anna');
      assert(anna !== undefined);
      const before = new Set(keptBy(anna));
      const next = await lookAgain(anna, LIMITS.keyPackageOneTimeMs);
      assert.equal(next.statement?.length, 1 + LIMITS.keyPackagesOneTime);
      assert.equal(keptBy(anna).length, before.size + LIMITS.keyPackagesOneTime);
      await lookAgain(anna, LIMITS.keyPackageExpiredKeptMs - hourMs);
      assert(keptBy(anna).filter((key) => before.has(key)).length === before.size);
      await lookAgain(anna, hourMs);
      assert.equal(keptBy(anna).filter((key) => before.has(key)).length, 1);
    },
  ),

  claim('that of last resort is replaced when half its life is over', async (harness) => {
    const [anna] = await peopleOf(harness, 'anna');
    assert(anna !== undefined);
    const first = (await lookAgain(anna, LIMITS.keyPackageOneTimeMs)).statement?.[0];
    const due = LIMITS.keyPackageLastResortMs / 2 - LIMITS.keyPackageOneTimeMs;
    const second = (await lookAgain(anna, due)).statement?.[0];
    assert(first !== undefined && second !== undefined);
    assert.notDeepEqual(first, second);
  }),
];

async function contactFor(
  person: WorkerPerson,
  chain: WrittenChain,
  inbox = chain.conversation,
): Promise<Contact | null> {
  person.receive(chain);
  const opened = await person.perform({ kind: 'contact', inbox, chain: chain.chain });
  assert(opened.kind === 'contact');
  return opened.contact;
}

export const contacts: readonly WorkerClaim[] = [
  claim(
    'a first contact names the session and who forked it, to nobody but whom it is for',
    async (harness) => {
      const [anna, bobby, carmen] = await peopleOf(harness, 'anna', 'bobby', 'carmen');
      assert(anna !== undefined && bobby !== undefined && carmen !== undefined);
      anna.roster = newRoster(anna.identity, [anna.certificate, bobby.certificate]);
      const inbox = bobby.inbox();
      const spoken = await anna.speak({ begins: true, add: [bobby.asNewcomer(anna, { inbox })] });
      const [contact] = spoken.contacts;
      assert(contact !== undefined && spoken.contacts.length === 1);
      assert.equal(contact.inbox, inbox);
      const left = new WrittenChain(anna.suite, inbox, 'one-off');
      left.append(contact.sealed, anna.nowMs);
      const found = await contactFor(bobby, left);
      assert.equal(found?.session, anna.session);
      assert.deepEqual(found?.secret, anna.secret);
      assert.equal(found?.madeMs, anna.nowMs);
      assert.deepEqual(found?.certificate, anna.certificate.bytes);
      assert.equal(await contactFor(carmen, left), null);
      // What stands in one inbox cannot be carried into another.
      assert.equal(await contactFor(bobby, left, carmen.inbox()), null);
    },
  ),

  claim('garbage in an inbox is no contact', async (harness) => {
    const [bobby] = await peopleOf(harness, 'bobby');
    assert(bobby !== undefined);
    const left = new WrittenChain(bobby.suite, bobby.inbox(), 'garbage');
    left.append(new Uint8Array(300).fill(7), bobby.nowMs);
    assert.equal(await contactFor(bobby, left), null);
  }),
];
