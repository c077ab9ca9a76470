// States are the same after any number of journeys through bytes, and in whatever story they arise.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from '@parley/core';
import type { Psk } from '@parley/core';
import { SessionMember, must, pairOf, refused, textOf } from '@parley/testkit';
import { unwrap, wrap } from '../src/envelope.ts';
import { loadGroup, storeGroup } from '../src/state.ts';
import { harness } from './forger.ts';

type Step = 'say' | 'skip' | 'rotate' | 'add' | 'remove' | 'psk';

const steps = fc.array(
  fc.constantFrom<Step>('say', 'say', 'skip', 'rotate', 'add', 'remove', 'psk'),
  { minLength: 1, maxLength: 12 },
);

async function expectStable(bytes: Uint8Array): Promise<void> {
  const group = must(await loadGroup(() => true, bytes));
  expect(must(await storeGroup(group.state))).toEqual(bytes);
}

/** Does one thing in anna's group; returns what bobby is to read. */
async function take(
  anna: SessionMember,
  guests: SessionMember[],
  step: Step,
): Promise<Uint8Array | null> {
  switch (step) {
    case 'say':
      return anna.say('a line');
    case 'skip':
      await anna.say('a line that is lost');
      return null;
    case 'rotate':
      return anna.rotate();
    case 'add': {
      const guest = new SessionMember(harness(), `guest ${guests.length}`);
      guests.push(guest);
      return anna.add(guest);
    }
    case 'remove': {
      const guest = guests.pop();
      return guest === undefined ? null : anna.remove(guest);
    }
    case 'psk':
      return anna.rotate(await anna.pskFrom(anna));
  }
}

/** With the state as it was returned and with a copy of its bytes, which has to be decoded: both come to the same. */
async function readTwice(
  reader: SessionMember,
  owner: SessionMember,
  message: Uint8Array,
  psk: Psk,
): Promise<void> {
  const copy = Uint8Array.from(reader.stateOf(owner));
  await reader.read(owner, message, [psk]);
  const options = { message, psks: [psk], sentMs: reader.nowMs };
  const anew = must(await reader.crypto.read(copy, options));
  expect(anew.state).toEqual(reader.stateOf(owner));
}

test('after every step of any story both states are stable, and both sides agree', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const [anna, bobby] = await pairOf(harness());
      const guests: SessionMember[] = [];
      for (const step of story) {
        // eslint-disable-next-line no-await-in-loop -- a story has an order
        const psk = await anna.pskFrom(anna);
        // eslint-disable-next-line no-await-in-loop -- a story has an order
        const message = await take(anna, guests, step);
        // eslint-disable-next-line no-await-in-loop -- a story has an order
        if (message !== null) await readTwice(bobby, anna, message, psk);
        // eslint-disable-next-line no-await-in-loop -- a story has an order
        await expectStable(anna.own);
        // eslint-disable-next-line no-await-in-loop -- a story has an order
        await expectStable(bobby.stateOf(anna));
      }
      const [own, read] = await Promise.all([
        anna.crypto.membersOf(anna.own),
        bobby.crypto.membersOf(bobby.stateOf(anna)),
      ]);
      expect(must(read)).toEqual({ ...must(own), self: bobby.credential });
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('what is made of a state leaves it as it was', async () => {
  const [anna, bobby] = await pairOf(harness());
  await bobby.read(anna, await anna.say('so that both states are of a message'));
  const [own, read] = [anna.own, bobby.stateOf(anna)];
  for (const text of ['one try', 'another']) {
    anna.own = own;
    // eslint-disable-next-line no-await-in-loop -- one after the other is what is asked
    const message = await anna.say(text);
    // eslint-disable-next-line no-await-in-loop -- one after the other is what is asked
    expect(textOf(must(await bobby.peek(anna, message)))).toBe(text);
    anna.own = own;
    // eslint-disable-next-line no-await-in-loop -- one after the other is what is asked
    const rotation = await anna.rotate();
    // eslint-disable-next-line no-await-in-loop -- one after the other is what is asked
    expect(must(await bobby.peek(anna, rotation)).kind).toBe('commit');
  }
  await expectStable(own);
  await expectStable(read);
});

test('an envelope gives back what was put in, to who asks for its kind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(), async (body, at) => {
      const bytes = await wrap('group', body);
      expect(await unwrap('group', bytes, 300)).toEqual({ ok: true, value: body });
      refused(await unwrap('inbox', bytes, 300), 'bad-state');
      refused(await unwrap('group', bytes, bytes.length - 1), 'too-large');
      const damaged = Uint8Array.from(bytes);
      const index = at % bytes.length;
      damaged[index] = (damaged[index] ?? 0) ^ (1 << (at % 8));
      refused(await unwrap('group', damaged, 300), 'bad-state');
    }),
  );
});

test('a state with all the keys that may be kept stays below its limit', async () => {
  const [anna, bobby] = await pairOf(harness());
  const group = must(await loadGroup(() => true, bobby.stateOf(anna)));
  const [keys] = group.state.secretTree;
  const secret = new Uint8Array(32);
  const unusedGenerations = Object.fromEntries(
    Array.from({ length: LIMITS.groupGenerationsKept }, (_, index) => [20_000 + index, secret]),
  );
  const full = { ...keys!, application: { ...keys!.application, unusedGenerations } };
  const epochs = Array.from({ length: LIMITS.groupEpochsKept }, (_, index) => {
    const { senderDataSecret, resumptionPsk } = group.state.keySchedule;
    const { groupContext, ratchetTree } = group.state;
    const data = { senderDataSecret, resumptionPsk, groupContext, ratchetTree, secretTree: [full] };
    return [BigInt(index), data] as const;
  });
  const state = { ...group.state, secretTree: [full], historicalReceiverData: new Map(epochs) };
  const bytes = must(await storeGroup(state));
  expect(bytes.length).toBeLessThan(LIMITS.groupStateBytesMax);
  await expectStable(bytes);
});
