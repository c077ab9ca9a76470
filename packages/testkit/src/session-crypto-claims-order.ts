// Which messages are read, in which order, and by whom.

import assert from 'node:assert/strict';
import { LIMITS, encodeUtf8, toHex } from '@parley/core';
import { claim } from './session-crypto-claim.ts';
import type { SessionCryptoClaim } from './session-crypto-claim.ts';
import {
  SessionMember,
  flips,
  must,
  noData,
  oversized,
  pairOf,
  readingOf,
  refused,
  sessionOf,
  textOf,
  wrongLengths,
} from './session-party.ts';

/** Takes each of them after the one before. */
async function inTurn<Item>(
  items: readonly Item[],
  each: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    // eslint-disable-next-line no-await-in-loop -- a state is used once
    await each(item, index);
  }
}

function counted(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export const messages: readonly SessionCryptoClaim[] = [
  claim(
    'a message carries its plaintext unseen, and authenticated data for all to see',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const plaintext = encodeUtf8('nobody else reads this');
      const data = encodeUtf8('entry 17');
      const said = must(await anna.crypto.encrypt(anna.own, plaintext, data));
      assert.equal(toHex(said.message).includes(toHex(plaintext)), false);
      const reading = await bobby.read(anna, said.message);
      assert.equal(reading.kind, 'application');
      assert.deepEqual(reading.plaintext, plaintext);
      assert.deepEqual(reading.authenticatedData, data);
    },
  ),

  claim(
    'messages of any size up to the limit are read, larger ones refused where they are made',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      await inTurn([0, 1, 255, 256, 12_288, LIMITS.groupPlaintextBytesMax], async (size) => {
        const plaintext = new Uint8Array(size).fill(size & 255);
        const said = must(await anna.crypto.encrypt(anna.own, plaintext, noData));
        anna.own = said.state;
        const reading = await bobby.read(anna, said.message);
        assert.equal(reading.kind, 'application');
        assert.deepEqual(reading.plaintext, plaintext);
      });
      const large = new Uint8Array(LIMITS.groupPlaintextBytesMax + 1);
      refused(await anna.crypto.encrypt(anna.own, large, noData), 'too-large');
      refused(await anna.crypto.encrypt(anna.own, noData, large), 'too-large');
      refused(await bobby.peek(anna, oversized), 'too-large');
    },
  ),

  claim('messages of one epoch are read in any order, each once', async (harness) => {
    const [anna, bobby] = await pairOf(harness);
    const said: Uint8Array[] = [];
    await inTurn(counted(50), async (index) => {
      said.push(await anna.say(`line ${index}`));
    });
    const order = counted(50).map((index) => (index * 37) % 50);
    await inTurn(order, async (index) => {
      const reading = await bobby.read(anna, said[index] ?? noData);
      assert.equal(textOf(reading), `line ${index}`);
    });
    await inTurn(said, async (message) => {
      refused(await bobby.peek(anna, message), 'replayed');
    });
  }),

  claim(
    'a message from before a commit is still read after it, and after eight not',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const early = await anna.say('early');
      await inTurn(counted(LIMITS.groupEpochsKept), async () => {
        await bobby.read(anna, await anna.rotate());
      });
      assert.equal(textOf(must(await bobby.peek(anna, early))), 'early');
      await bobby.read(anna, early);
      refused(await bobby.peek(anna, early), 'replayed');
      await bobby.read(anna, await anna.rotate());
      refused(await bobby.peek(anna, early), 'old-epoch');
    },
  ),

  claim(
    'commits are read in order, each once; what follows a missing one waits',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const [first, between] = [await anna.rotate(), await anna.say('between')];
      const [second, last] = [await anna.rotate(), await anna.say('last')];
      refused(await bobby.peek(anna, between), 'future-epoch');
      refused(await bobby.peek(anna, second), 'future-epoch');
      const reading = await bobby.read(anna, first);
      assert.equal(reading.kind, 'commit');
      assert.equal(reading.roster.epoch, 2);
      assert.deepEqual([...reading.added, ...reading.removed, ...reading.pskIds], []);
      refused(await bobby.peek(anna, first), 'old-epoch');
      await bobby.read(anna, second);
      assert.equal(textOf(await bobby.read(anna, last)), 'last');
      assert.equal(textOf(await bobby.read(anna, between)), 'between');
      refused(await bobby.peek(anna, second), 'old-epoch');
    },
  ),

  claim('in a group its owner alone speaks and commits, and reads nothing', async (harness) => {
    const [anna, bobby] = await pairOf(harness);
    const state = bobby.stateOf(anna);
    const { crypto, credential, nowMs } = bobby;
    const { keyPackage } = await new SessionMember(harness, 'carmen').makeKeyPackage();
    refused(await crypto.encrypt(state, noData, noData), 'not-owner');
    refused(await crypto.rotate(state, null), 'not-owner');
    refused(await crypto.removeMembers(state, [anna.credential.device]), 'not-owner');
    refused(await crypto.addMembers(state, [keyPackage], nowMs), 'not-owner');
    const message = await anna.say('mine');
    const wish = { message, psks: [], sentMs: nowMs };
    refused(await anna.crypto.read(anna.own, wish), 'own-message');
    refused(await anna.crypto.removeMembers(anna.own, [anna.credential.device]), 'forbidden');
    assert.equal(credential.device.length, 64);
  }),

  claim('a message of one group is refused in another', async (harness) => {
    const [anna, bobby, carmen] = await sessionOf(harness, 'anna', 'bobby', 'carmen');
    assert(anna !== undefined && bobby !== undefined && carmen !== undefined);
    const said = await anna.say('hello');
    refused(await carmen.peek(bobby, said), 'wrong-group');
    refused(await carmen.peek(bobby, await anna.rotate()), 'wrong-group');
  }),

  claim(
    'a message or commit with any byte changed is refused, and then the right one read',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      await inTurn([await anna.say('hello'), await anna.rotate()], async (message) => {
        await inTurn([...flips(message), ...wrongLengths(message)], async (damaged) => {
          assert.equal(readingOf(await bobby.peek(anna, damaged)), null, toHex(damaged));
        });
        await bobby.read(anna, message);
      });
    },
  ),

  claim(
    'what is no message, state, secret or Welcome is refused and does no harm',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const { crypto, nowMs } = bobby;
      const state = bobby.stateOf(anna);
      const junk = counted(64).map((index) => harness.suite.sha256(Uint8Array.of(index)));
      const states = [...junk, ...wrongLengths(state), ...flips(state.slice(0, 400)), oversized];
      const message = await anna.say('hello');
      await inTurn([...junk, state, noData], async (bytes) => {
        assert.equal(readingOf(await bobby.peek(anna, bytes)), null);
      });
      await inTurn(states, async (bytes) => {
        const results = [
          await crypto.read(bytes, { message, psks: [], sentMs: nowMs }),
          await crypto.membersOf(bytes),
          await crypto.encrypt(bytes, noData, noData),
          await crypto.rotate(bytes, null),
          await crypto.exportSecret(bytes, 'label'),
        ];
        for (const result of results) assert.equal(result.ok, false, toHex(bytes.slice(0, 500)));
      });
    },
  ),

  claim('no call changes or keeps the bytes it is given', async (harness) => {
    const [anna, bobby] = await pairOf(harness);
    const [own, reader] = [Uint8Array.from(anna.own), Uint8Array.from(bobby.stateOf(anna))];
    const said = must(await anna.crypto.encrypt(own, encodeUtf8('one'), noData));
    const commit = must(await anna.crypto.rotate(own, null));
    const peeked = must(
      await bobby.crypto.read(reader, { message: said.message, psks: [], sentMs: 0 }),
    );
    must(await bobby.crypto.read(reader, { message: commit.message, psks: [], sentMs: 0 }));
    assert.deepEqual(own, anna.own);
    assert.deepEqual(reader, bobby.stateOf(anna));
    reader.fill(0);
    assert.equal(textOf(peeked), 'one');
    must(await bobby.crypto.membersOf(peeked.state));
  }),
];
