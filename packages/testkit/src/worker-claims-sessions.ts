// What holds when people fork a session, speak in it, come and go.

import assert from 'node:assert/strict';
import { LIMITS, isPresent, newRoster, sameRoster, withMember, withoutMember } from '@parley/core';
import type { Line, ReadEvent, ReadThrough } from '@parley/core';
import { claim, letIn, peopleOf, threeIn, twoIn } from './worker-claim.ts';
import type { WorkerClaim } from './worker-claim.ts';
import { WorkerPerson, eventsIn, saidIn } from './worker-person.ts';

function only<Kind extends ReadEvent['kind']>(
  { events }: ReadThrough,
  kind: Kind,
): Extract<ReadEvent, { kind: Kind }>[] {
  return events.filter((event): event is Extract<ReadEvent, { kind: Kind }> => event.kind === kind);
}

function linesOf(count: number, text: string): Line[] {
  return Array.from({ length: count }, (_, at) => ({ type: 'say', text: `${text} ${at}` }));
}

export const forking: readonly WorkerClaim[] = [
  claim(
    'who is forked into a session reads its roster and what is said, from one entry',
    async (harness) => {
      const [anna, bobby] = await peopleOf(harness, 'anna', 'bobby');
      assert(anna !== undefined && bobby !== undefined);
      anna.roster = newRoster(anna.identity, [anna.certificate, bobby.certificate]);
      const spoken = await anna.speak({
        begins: true,
        roster: anna.roster,
        add: [bobby.asNewcomer(anna)],
        batches: [linesOf(1, 'hello')],
      });
      assert.equal(spoken.payloads.length, 1);
      assert.deepEqual(spoken.added, [bobby.device]);
      assert.equal(spoken.epoch, 1);
      assert.deepEqual(spoken.payloads[0]?.lines, linesOf(1, 'hello'));

      const through = await bobby.read(anna);
      assert.deepEqual(eventsIn(through), ['joined', 'content']);
      assert.deepEqual(only(through, 'joined')[0]?.owner, anna.signer.credential);
      assert.deepEqual(saidIn(through), ['hello 0']);
      assert.deepEqual([through.next, through.end], [1, 'all']);
      assert(bobby.roster !== null && isPresent(bobby.roster, bobby.identity));
      assert.equal(bobby.roster.initiator, anna.identity);
    },
  ),

  claim(
    'batches of 256 lines go out one message each and are read in their order',
    async (harness) => {
      const [anna, bobby] = await twoIn(harness);
      const batches = [1, 2, 3].map((each) => linesOf(LIMITS.entryLinesMax, `batch ${each}`));
      const { payloads } = await anna.speak({ batches });
      assert.deepEqual(
        payloads.map(({ lines }) => lines),
        batches,
      );
      const through = await bobby.read(anna);
      assert.deepEqual(
        only(through, 'content').map(({ lines }) => lines),
        batches,
      );
      assert.deepEqual(eventsIn(await bobby.read(anna)), []);
    },
  ),

  claim(
    'a reader reads so many entries at a time, and those of a later time when it comes',
    async (harness) => {
      const [anna, bobby] = await twoIn(harness);
      for (let at = 0; at < LIMITS.readEntriesPerWork; at += 1) await anna.say(`${at}`);
      anna.nowMs += 10_000;
      await anna.say('tomorrow');
      const at = bobby.next.get(anna.own.chain) ?? 0;
      const first = await bobby.read(anna);
      assert.equal(first.next, at + LIMITS.readEntriesPerWork);
      assert.equal(first.end, 'all');
      const waiting = await bobby.read(anna, { throughMs: bobby.nowMs + 5_000 });
      assert.deepEqual([waiting.end, eventsIn(waiting)], ['future', []]);
      assert.deepEqual(saidIn(await bobby.read(anna)), ['tomorrow']);
    },
  ),

  claim(
    'who has no package in the directory is refused, and the others are let in',
    async (harness) => {
      const [anna, bobby] = await peopleOf(harness, 'anna', 'bobby');
      const carmen = new WorkerPerson(harness, 'carmen');
      assert(anna !== undefined && bobby !== undefined);
      const all = [anna, bobby, carmen].map((one) => one.certificate);
      anna.roster = newRoster(anna.identity, all);
      const add = [
        { ...bobby.asNewcomer(anna), identity: carmen.identity, device: carmen.device },
        bobby.asNewcomer(anna),
        { ...bobby.asNewcomer(anna), directory: [] },
      ];
      const spoken = await anna.speak({ begins: true, roster: anna.roster, add });
      assert.deepEqual(spoken.added, [bobby.device]);
      assert.deepEqual(spoken.refused, [
        { identity: carmen.identity, reason: 'not-vouched' },
        { identity: bobby.identity, reason: 'no-package' },
      ]);
      assert.deepEqual(eventsIn(await bobby.read(anna)), ['joined', 'content']);
    },
  ),

  claim('an expired package is refused', async (harness) => {
    const [anna, bobby] = await peopleOf(harness, 'anna', 'bobby');
    assert(anna !== undefined && bobby !== undefined);
    anna.roster = newRoster(anna.identity, [anna.certificate, bobby.certificate]);
    anna.nowMs += LIMITS.keyPackageLastResortMs + LIMITS.keyPackageBackdatedMs;
    const spoken = await anna.speak({ begins: true, add: [bobby.asNewcomer(anna)] });
    assert.deepEqual(spoken.refused, [{ identity: bobby.identity, reason: 'expired' }]);
    assert.deepEqual(spoken.payloads, []);
  }),

  claim(
    'chance says which one-time package is taken, and the last resort is for when none is left',
    async (harness) => {
      const [anna, bobby] = await peopleOf(harness, 'anna', 'bobby');
      assert(anna !== undefined && bobby !== undefined);
      anna.roster = newRoster(anna.identity, [anna.certificate, bobby.certificate]);
      const taken = new Set<string>();
      for (const chance of [0, 0.5, 0.999]) {
        for (const key of await letIn(bobby, anna, chance)) taken.add(key);
      }
      assert.equal(taken.size, 3);
      const [lastResort] = bobby.stated;
      assert(lastResort !== undefined);
      bobby.state([lastResort]);
      const [last, ...others] = await letIn(bobby, anna, 0.25);
      assert(last !== undefined && others.length === 0 && !taken.has(last));
      assert.deepEqual(await letIn(bobby, anna, 0.75), [last]);
    },
  ),
];

export const sizes: readonly WorkerClaim[] = [
  claim(
    'a session of 32 is forked in entries within their limits, and the last reads it',
    async (harness) => {
      const people = Array.from(
        { length: LIMITS.sessionMembersMax },
        (_, at) => new WorkerPerson(harness, `person${at}`),
      );
      for (const person of people) await person.makePackages(1);
      const [first, ...others] = people;
      const last = others.at(-1);
      assert(first !== undefined && last !== undefined);
      const certificates = people.map((one) => one.certificate);
      first.roster = newRoster(first.identity, certificates);
      const { added, payloads } = await first.speak({
        begins: true,
        roster: first.roster,
        add: others.map((other) => other.asNewcomer(first)),
        batches: [linesOf(1, 'all of you')],
      });
      assert.equal(added.length, others.length);
      assert(payloads.every(({ payload }) => payload.length <= LIMITS.entryPayloadBytesMax));
      const through = await last.read(first);
      assert.deepEqual(eventsIn(through), ['joined', 'content']);
      assert.deepEqual(saidIn(through), ['all of you 0']);
    },
  ),

  claim('whoever is one too many is refused, and the others are let in', async (harness) => {
    const people = Array.from(
      { length: LIMITS.sessionMembersMax + 1 },
      (_, at) => new WorkerPerson(harness, `person${at}`),
    );
    for (const person of people) await person.makePackages(1);
    const [first, ...others] = people;
    const last = others.at(-1);
    assert(first !== undefined && last !== undefined);
    first.roster = newRoster(
      first.identity,
      people.map((one) => one.certificate),
    );
    const add = others.map((other) => other.asNewcomer(first));
    const { added, refused, epoch } = await first.speak({ begins: true, add });
    assert.equal(epoch, 1);
    assert.equal(added.length, LIMITS.sessionMembersMax - 1);
    assert.deepEqual(refused, [{ identity: last.identity, reason: 'too-many-members' }]);
  }),

  claim(
    'a roster of all who ever can be in it is said in parts, and merges into the same',
    async (harness) => {
      const [anna, bobby] = await twoIn(harness);
      assert(anna.roster !== null);
      for (let at = anna.roster.members.size; at < LIMITS.sessionPeopleMax; at += 1) {
        const { certificate, own } = new WorkerPerson(harness, `person${at}`);
        const cuts = Array.from(
          { length: LIMITS.rosterCutsMax },
          (_, each) =>
            `${own.chain.slice(0, -2)}${String(each).padStart(2, '0')}` as typeof own.chain,
        );
        const added = withMember(anna.roster, certificate);
        anna.roster = withoutMember(
          added,
          certificate.identity,
          new Map(cuts.map((chain) => [chain, LIMITS.seqMax])),
        );
      }
      const { payloads } = await anna.speak({ roster: anna.roster, batches: [linesOf(1, 'long')] });
      assert(payloads.length > 1);
      assert(payloads.every(({ payload }) => payload.length <= LIMITS.entryPayloadBytesMax));
      assert.deepEqual(saidIn(await bobby.read(anna)), ['long 0']);
      assert(bobby.roster !== null && sameRoster(bobby.roster, anna.roster));
    },
  ),
];

export const leavingAndComing: readonly WorkerClaim[] = [
  claim('who is removed reads that they are, and nothing that is said after', async (harness) => {
    const [anna, bobby, carmen] = await threeIn(harness);
    assert(anna.roster !== null);
    anna.roster = withoutMember(anna.roster, carmen.identity, new Map());
    await anna.speak({
      remove: [carmen.device],
      roster: anna.roster,
      batches: [linesOf(1, 'among us')],
    });
    const read = await bobby.read(anna);
    assert.deepEqual(eventsIn(read), ['content', 'commit', 'content']);
    assert.equal(only(read, 'commit')[0]?.isFresh, true);
    assert.deepEqual(only(read, 'commit')[0]?.members, [anna.device, bobby.device]);
    assert.deepEqual(saidIn(read), ['among us 0']);
    const last = await carmen.read(anna);
    assert.deepEqual(eventsIn(last), ['content', 'removed']);
    assert(carmen.roster !== null && !isPresent(carmen.roster, carmen.identity));
    await anna.say('still among us');
    assert.deepEqual(eventsIn(await carmen.read(anna)), []);
    assert.deepEqual(saidIn(await bobby.read(anna)), ['still among us']);
  }),

  claim('who asks with a key package is let in again, by one entry', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    await anna.say('lost');
    bobby.next.set(anna.own.chain, anna.own.entries.length);
    bobby.store.commit([
      { kind: 'value', key: `mls/reader/${anna.session}/${anna.own.chain}`, value: null },
    ]);
    await bobby.speak({ asks: [{ owner: anna.identity, again: true }] });
    const [asked] = only(await anna.read(bobby), 'content');
    const [ask] = asked?.asks ?? [];
    assert(ask !== undefined);
    assert.deepEqual([ask.owner, ask.again], [anna.identity, true]);

    await anna.speak({
      remove: [bobby.device],
      add: [bobby.asNewcomer(anna, { keyPackage: ask.keyPackage })],
      roster: anna.roster,
      batches: [linesOf(1, 'welcome back')],
    });
    const back = await bobby.read(anna);
    assert.deepEqual(eventsIn(back), ['joined', 'content']);
    assert.deepEqual(saidIn(back), ['welcome back 0']);
  }),

  claim('who reads well when removed and added by one entry goes on', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    await anna.speak({
      remove: [bobby.device],
      add: [bobby.asNewcomer(anna)],
      batches: [linesOf(1, 'on')],
    });
    const through = await bobby.read(anna);
    assert.deepEqual(eventsIn(through), ['removed', 'joined', 'content']);
    assert.deepEqual([through.end, saidIn(through)], ['all', ['on 0']]);
  }),

  claim('a newcomer is let in by all, and is told so by those who were there', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    const carmen = new WorkerPerson(harness, 'carmen');
    await carmen.makePackages();
    assert(anna.roster !== null);
    anna.roster = withMember(anna.roster, carmen.certificate);
    await anna.speak({
      add: [carmen.asNewcomer(anna, { inbox: carmen.inbox() })],
      rotates: true,
      roster: anna.roster,
      batches: [linesOf(1, 'hello')],
    });
    assert.deepEqual(eventsIn(await bobby.read(anna)), ['content', 'commit', 'commit', 'content']);
    assert(bobby.roster !== null && isPresent(bobby.roster, carmen.identity));
    const through = await carmen.read(anna);
    assert.deepEqual(eventsIn(through), ['joined', 'commit', 'content']);
    assert.deepEqual(saidIn(through), ['hello 0']);
  }),

  claim(
    'who has no certificate of their own at hand welcomes nobody, and says so',
    async (harness) => {
      const [anna, bobby] = await peopleOf(harness, 'anna', 'bobby');
      assert(anna !== undefined && bobby !== undefined);
      const certificates = [bobby.certificate.bytes];
      const spoken = await anna.speak({
        begins: true,
        certificates,
        add: [bobby.asNewcomer(anna)],
      });
      assert.deepEqual(spoken.added, [bobby.device]);
      assert.deepEqual(spoken.refused, [{ identity: bobby.identity, reason: 'not-vouched' }]);
      assert.deepEqual(eventsIn(await bobby.read(anna)), []);
    },
  ),

  claim('someone named twice is let in once', async (harness) => {
    const [anna, bobby] = await peopleOf(harness, 'anna', 'bobby');
    assert(anna !== undefined && bobby !== undefined);
    anna.roster = newRoster(anna.identity, [anna.certificate, bobby.certificate]);
    const add = [bobby.asNewcomer(anna), bobby.asNewcomer(anna)];
    const spoken = await anna.speak({ begins: true, roster: anna.roster, add });
    assert.deepEqual(spoken.added, [bobby.device]);
    assert.deepEqual(spoken.refused, [{ identity: bobby.identity, reason: 'already-member' }]);
    assert.deepEqual(eventsIn(await bobby.read(anna)), ['joined', 'content']);
  }),

  claim('someone who is a member already is refused', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    const spoken = await anna.speak({ add: [bobby.asNewcomer(anna)] });
    assert.deepEqual(spoken.refused, [{ identity: bobby.identity, reason: 'already-member' }]);
    assert.deepEqual(spoken.payloads, []);
  }),
];
