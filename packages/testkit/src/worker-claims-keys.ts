// What holds of fresh keys and healing, and of entries that are damaged, repeated or not the owner's.

import assert from 'node:assert/strict';
import {
  LIMITS,
  decodeFrames,
  encodeFrames,
  encodeLines,
  groupValueKey,
  readerValueKey,
} from '@parley/core';
import type { Frame, Line, Spoken } from '@parley/core';
import { claim, threeIn, twoIn } from './worker-claim.ts';
import type { WorkerClaim } from './worker-claim.ts';
import { WorkerPerson, eventsIn, saidIn } from './worker-person.ts';

function framesOf({ payloads }: Spoken): readonly Frame[] {
  const [first] = payloads;
  assert(first !== undefined);
  const frames = decodeFrames(first.payload);
  assert(frames.ok);
  return frames.value;
}

function damaged(frames: readonly Frame[]): Uint8Array {
  return encodeFrames(
    frames.map(({ kind, bytes }) => {
      const last = bytes.length - 1;
      return { kind, bytes: bytes.with(last, (bytes[last] ?? 0) ^ 1) };
    }),
  );
}

export const healing: readonly WorkerClaim[] = [
  claim('a rotation is fresh, and the lines after it are read', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    const { epoch } = await anna.speak({
      rotates: true,
      batches: [[{ type: 'say', text: 'new' }]],
    });
    const through = await bobby.read(anna);
    const [commit] = through.events;
    assert(commit?.kind === 'commit');
    assert.deepEqual([commit.isFresh, commit.epoch, epoch], [true, 2, 2]);
    assert.deepEqual(saidIn(through), ['new']);
  }),

  claim('a commit that only adds brings no fresh keys', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    const carmen = new WorkerPerson(harness, 'carmen');
    await carmen.makePackages();
    bobby.vouchers.certify(carmen.certificate.bytes);
    anna.vouchers.certify(carmen.certificate.bytes);
    await anna.speak({ add: [carmen.asNewcomer(anna)] });
    const [commit] = (await bobby.read(anna)).events;
    assert(commit?.kind === 'commit');
    assert.equal(commit.isFresh, false);
  }),

  claim('who has not read the fresh keys that another mixes in waits for them', async (harness) => {
    const [anna, bobby, carmen] = await threeIn(harness);
    const { epoch } = await anna.speak({ rotates: true });
    await bobby.read(anna);
    await bobby.speak({
      heals: { chain: anna.own.chain, epoch },
      batches: [[{ type: 'say', text: 'healed' }]],
    });
    const at = carmen.next.get(bobby.own.chain);
    const early = await carmen.read(bobby);
    assert.deepEqual([early.end, early.next, early.events, early.writes], ['psk', at, [], []]);
    await carmen.read(anna);
    const through = await carmen.read(bobby);
    assert.deepEqual(eventsIn(through), ['commit', 'content']);
    assert.deepEqual([through.end, saidIn(through)], ['all', ['healed']]);
    assert.deepEqual(saidIn(await anna.read(bobby)), ['healed']);
  }),

  claim('what comes before an entry that must wait is read', async (harness) => {
    const [anna, bobby, carmen] = await threeIn(harness);
    const { epoch } = await anna.speak({ rotates: true });
    await bobby.read(anna);
    await bobby.say('before');
    await bobby.speak({ heals: { chain: anna.own.chain, epoch } });
    const early = await carmen.read(bobby);
    assert.deepEqual([early.end, saidIn(early)], ['psk', ['before']]);
    assert.equal(early.next, bobby.own.entries.length - 1);
  }),

  claim('nobody heals with keys that one of their readers cannot know', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    const { epoch } = await anna.speak({ rotates: true });
    await bobby.read(anna);
    const carmen = new WorkerPerson(harness, 'carmen');
    await carmen.makePackages();
    for (const one of [anna, bobby]) one.vouchers.certify(carmen.certificate.bytes);
    const heals = { chain: anna.own.chain, epoch };
    await bobby.speak({ add: [carmen.asNewcomer(bobby)] });
    assert.deepEqual((await bobby.speak({ heals })).payloads, []);
    assert.deepEqual((await bobby.speak({ heals: { ...heals, epoch: 99 } })).payloads, []);
    // Newcomers come after the healing of the same work, so it is no matter what they know.
    await bobby.speak({ remove: [carmen.device], add: [carmen.asNewcomer(bobby)], heals });
    assert.deepEqual(eventsIn(await anna.read(bobby)), ['commit', 'commit', 'commit', 'commit']);
    assert.equal((await carmen.read(bobby)).end, 'all');
  }),

  claim('so many fresh keys of a chain are kept, and the oldest go', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    for (let at = 0; at < LIMITS.exportersKept + 3; at += 1) await anna.speak({ rotates: true });
    await bobby.read(anna);
    for (const person of [anna, bobby]) {
      const kept = person.store.values('mls/exporter/').map(({ key }) => key.slice(-4));
      assert.equal(kept.length, LIMITS.exportersKept);
      assert.deepEqual([kept[0], kept.at(-1)], ['0005', '0020']);
    }
  }),
];

export const damage: readonly WorkerClaim[] = [
  claim('a payload that does not decode is passed over', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    anna.own.append(Uint8Array.of(1, 2, 3), anna.nowMs);
    anna.own.append(encodeLines([{ type: 'say', text: 'open' }]), anna.nowMs, { keyId: null });
    await anna.say('on');
    const through = await bobby.read(anna);
    assert.deepEqual(eventsIn(through), ['malformed', 'malformed', 'content']);
    assert.equal(through.end, 'all');
  }),

  claim('a repeated entry, and one of another chain, are passed over', async (harness) => {
    const [anna, bobby, carmen] = await threeIn(harness);
    const said = await anna.say('once');
    for (const { payload } of [...said.payloads, ...(await bobby.say('mine')).payloads]) {
      anna.own.append(payload, anna.nowMs);
    }
    await anna.say('twice');
    const through = await carmen.read(anna);
    assert.deepEqual(eventsIn(through), ['content', 'replayed', 'wrong-group', 'content']);
    assert.deepEqual(saidIn(through), ['once', 'twice']);
  }),

  claim('a damaged message ends reading, until a later entry lets us in again', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    const lost = await anna.trySpeaking({ rotates: true });
    assert(lost.kind === 'spoken');
    anna.store.commit(lost.writes);
    anna.own.append(damaged(framesOf(lost)), anna.nowMs);
    await anna.say('lost');
    await anna.speak({
      remove: [bobby.device],
      add: [bobby.asNewcomer(anna)],
      batches: [[{ type: 'say', text: 'back' }]],
    });
    const broken = await bobby.read(anna);
    assert.equal(broken.end, 'broken');
    const key = readerValueKey(anna.session, anna.own.chain);
    assert.equal(bobby.store.value(key), null);
    const back = await bobby.read(anna);
    assert.deepEqual([back.end, eventsIn(back)], ['all', ['joined', 'content']]);
    assert.deepEqual(saidIn(back), ['back']);
  }),

  claim('an entry says no more lines than any other may', async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    const batch = Array.from({ length: 200 }, (): Line => ({ type: 'say', text: 'x' }));
    const spoken = await anna.trySpeaking({ batches: [batch, batch] });
    assert(spoken.kind === 'spoken');
    const { payloads, writes } = spoken;
    assert.equal(payloads.length, 2);
    anna.store.commit(writes);
    const frames = payloads.flatMap(({ payload }) => {
      const decoded = decodeFrames(payload);
      return decoded.ok ? decoded.value : [];
    });
    anna.own.append(encodeFrames(frames), anna.nowMs);
    assert.deepEqual(eventsIn(await bobby.read(anna)), ['content', 'too-large']);
  }),

  claim("a state that is lost, damaged or a reader's speaks no more", async (harness) => {
    const [anna, bobby] = await twoIn(harness);
    const key = groupValueKey(anna.session, anna.own.chain);
    const reading = anna.store.value(readerValueKey(anna.session, bobby.own.chain));
    const wish = { batches: [[{ type: 'say', text: 'x' } as const]] };
    for (const [value, reason] of [
      [null, 'bad-state'],
      [Uint8Array.of(1), 'bad-state'],
      [reading, 'not-owner'],
    ] as const) {
      anna.store.commit([{ kind: 'value', key, value }]);
      assert.deepEqual(await anna.trySpeaking(wish), { kind: 'failed', reason });
    }
  }),
];
