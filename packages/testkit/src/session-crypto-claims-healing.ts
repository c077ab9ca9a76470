// What holds when people leave, states are copied or restored, and keys are renewed.

import assert from 'node:assert/strict';
import { encodeUtf8 } from '@parley/core';
import { claim } from './session-crypto-claim.ts';
import type { SessionCryptoClaim } from './session-crypto-claim.ts';
import {
  SessionMember,
  must,
  noData,
  pairOf,
  readingOf,
  refused,
  sessionOf,
  textOf,
} from './session-party.ts';

async function trio(
  ...[harness]: Parameters<SessionCryptoClaim['prove']>
): Promise<readonly [SessionMember, SessionMember, SessionMember]> {
  const [anna, bobby, carmen] = await sessionOf(harness, 'anna', 'bobby', 'carmen');
  assert(anna !== undefined && bobby !== undefined && carmen !== undefined);
  return [anna, bobby, carmen];
}

export const leaving: readonly SessionCryptoClaim[] = [
  claim(
    'who is removed is told so, and reads what was said before, but nothing said after',
    async (harness) => {
      const [anna, bobby, carmen] = await trio(harness);
      const before = await anna.say('before');
      const full = carmen.stateOf(anna);
      const commit = await anna.remove(carmen);
      const after = await anna.say('after');
      const again = await anna.rotate();
      const reading = await bobby.read(anna, commit);
      assert.equal(reading.kind, 'commit');
      assert.deepEqual(reading.removed, [carmen.credential]);
      assert.deepEqual(reading.roster.members, [anna.credential, bobby.credential]);
      assert.equal(textOf(await bobby.read(anna, after)), 'after');

      assert.equal((await carmen.read(anna, commit)).kind, 'removed');
      assert.equal(textOf(await carmen.read(anna, before)), 'before');
      refused(await carmen.peek(anna, after), 'removed');
      refused(await carmen.peek(anna, again), 'removed');
      refused(await carmen.crypto.exportSecret(carmen.stateOf(anna), 'label'), 'removed');
      assert.equal(must(await carmen.crypto.membersOf(carmen.stateOf(anna))).self, null);

      carmen.others.set(anna.name, full);
      assert.equal(readingOf(await carmen.peek(anna, after)), null);
      assert.equal(readingOf(await carmen.peek(anna, again)), null);
    },
  ),

  claim('only members can be removed', async (harness) => {
    const [anna] = await pairOf(harness);
    const { credential } = new SessionMember(harness, 'carmen');
    refused(await anna.crypto.removeMembers(anna.own, [credential.device]), 'not-member');
    await assert.rejects(anna.crypto.removeMembers(anna.own, []), /nobody/u);
  }),

  claim('who was removed can be added again, and reads from then on', async (harness) => {
    const [anna, bobby, carmen] = await trio(harness);
    await bobby.read(anna, await anna.remove(carmen));
    const between = await anna.say('between');
    const commit = await anna.add(carmen);
    await bobby.read(anna, commit);
    refused(await carmen.peek(anna, between), 'old-epoch');
    const after = await anna.say('after');
    assert.equal(textOf(await carmen.read(anna, after)), 'after');
    assert.equal(textOf(await bobby.read(anna, after)), 'after');
  }),

  claim('several can be removed at once, and their leaves be taken by others', async (harness) => {
    const names = ['anna', 'bobby', 'carmen', 'dora', 'emil'];
    const [anna, bobby, carmen, dora, emil] = await sessionOf(harness, ...names);
    assert(anna !== undefined && bobby !== undefined && carmen !== undefined);
    assert(dora !== undefined && emil !== undefined);
    const commit = await anna.remove(bobby, dora);
    const frida = new SessionMember(harness, 'frida');
    const addition = await anna.add(frida);
    const said = await anna.say('who is left?');
    await carmen.read(anna, commit);
    await carmen.read(anna, addition);
    await emil.read(anna, commit);
    await emil.read(anna, addition);
    assert.equal(textOf(await carmen.read(anna, said)), 'who is left?');
    assert.equal(textOf(await emil.read(anna, said)), 'who is left?');
    assert.equal(textOf(await frida.read(anna, said)), 'who is left?');
    assert.equal(readingOf(await bobby.peek(anna, said)), null);
    assert.equal(readingOf(await dora.peek(anna, said)), null);
  }),
];

export const copies: readonly SessionCryptoClaim[] = [
  claim('of two messages made from one state a reader takes the first alone', async (harness) => {
    const [anna, bobby] = await pairOf(harness);
    const clone = anna.own;
    const original = await anna.say('by anna');
    const other = must(await anna.crypto.encrypt(clone, encodeUtf8('by the clone'), noData));
    assert.equal(textOf(await bobby.read(anna, original)), 'by anna');
    refused(await bobby.peek(anna, other.message), 'replayed');
  }),

  claim(
    'of two commits made from one state a reader takes the first, and nothing after the second',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const clone = anna.own;
      await bobby.read(anna, await anna.rotate());
      anna.own = clone;
      const second = await anna.rotate();
      refused(await bobby.peek(anna, second), 'old-epoch');
      refused(await bobby.peek(anna, await anna.say('on the branch')), 'invalid');
    },
  ),

  claim('an owner restored from an old copy is not believed again', async (harness) => {
    const [anna, bobby] = await pairOf(harness);
    const copy = anna.own;
    await bobby.read(anna, await anna.say('one'));
    await bobby.read(anna, await anna.rotate());
    anna.own = copy;
    refused(await bobby.peek(anna, await anna.say('one more')), 'replayed');
    refused(await bobby.peek(anna, await anna.rotate()), 'old-epoch');
  }),

  claim('a reader restored from an old copy reads all of it again from there', async (harness) => {
    const [anna, bobby] = await pairOf(harness);
    const copy = bobby.stateOf(anna);
    const chain = [await anna.say('one'), await anna.rotate(), await anna.say('two')];
    const read = async (): Promise<string[]> => {
      const texts: string[] = [];
      for (const message of chain) {
        // eslint-disable-next-line no-await-in-loop -- in the order of the chain
        const reading = await bobby.read(anna, message);
        texts.push(reading.kind === 'application' ? textOf(reading) : reading.kind);
      }
      return texts;
    };
    assert.deepEqual(await read(), ['one', 'commit', 'two']);
    bobby.others.set(anna.name, copy);
    assert.deepEqual(await read(), ['one', 'commit', 'two']);
  }),
];

export const healing: readonly SessionCryptoClaim[] = [
  claim(
    "all members of an epoch export the same secret, which is no other epoch's or label's",
    async (harness) => {
      const [anna, bobby, carmen] = await trio(harness);
      const secretOf = async (member: SessionMember, label: string): Promise<Uint8Array> => {
        const state = member === anna ? anna.own : member.stateOf(anna);
        return must(await member.crypto.exportSecret(state, label));
      };
      const secret = await secretOf(anna, 'a');
      assert.equal(secret.length, 32);
      assert.deepEqual(await secretOf(bobby, 'a'), secret);
      assert.deepEqual(await secretOf(carmen, 'a'), secret);
      assert.notDeepEqual(await secretOf(anna, 'b'), secret);
      const commit = await anna.rotate();
      await bobby.read(anna, commit);
      assert.notDeepEqual(await secretOf(anna, 'a'), secret);
      assert.deepEqual(await secretOf(bobby, 'a'), await secretOf(anna, 'a'));
      assert.deepEqual(await secretOf(carmen, 'a'), secret);
    },
  ),

  claim(
    'a commit with a pre-shared key is read by those who have it, once they have it',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const psk = { id: encodeUtf8('psk 1'), secret: harness.suite.sha256(encodeUtf8('shared')) };
      const other = { id: psk.id, secret: harness.suite.sha256(encodeUtf8('guessed')) };
      const commit = await anna.rotate(psk);
      const said = await anna.say('healed');
      refused(await bobby.peek(anna, commit), 'unknown-psk');
      refused(await bobby.peek(anna, commit, [{ ...psk, id: encodeUtf8('psk 2') }]), 'unknown-psk');
      refused(await bobby.peek(anna, commit, [other]), 'invalid');
      const reading = await bobby.read(anna, commit, [psk]);
      assert.equal(reading.kind, 'commit');
      assert.deepEqual(reading.pskIds, [psk.id]);
      assert.equal(textOf(await bobby.read(anna, said)), 'healed');
    },
  ),

  claim(
    'a thief with a copy of a member is locked out by its commit and a pre-shared key',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const thief = new SessionMember(harness, 'thief');
      thief.others.set(anna.name, bobby.stateOf(anna));
      thief.own = bobby.own;
      const stolen = await anna.say('overheard');
      assert.equal(textOf(await thief.read(anna, stolen)), 'overheard');

      const fresh = await bobby.rotate();
      await anna.read(bobby, fresh);
      const psk = await anna.pskFrom(bobby);
      const [empty, mixed] = [await anna.rotate(), await anna.rotate(psk)];
      const said = await anna.say('in private again');

      await bobby.read(anna, empty);
      await bobby.read(anna, mixed, [await bobby.pskFrom(bobby)]);
      assert.equal(textOf(await bobby.read(anna, said)), 'in private again');

      await thief.read(anna, empty);
      const own = { message: fresh, psks: [], sentMs: harness.nowMs };
      refused(await thief.crypto.read(thief.own, own), 'own-message');
      const guess = must(await thief.crypto.exportSecret(thief.own, 'parley psk'));
      refused(await thief.peek(anna, mixed), 'unknown-psk');
      refused(await thief.peek(anna, mixed, [{ id: psk.id, secret: guess }]), 'invalid');
      refused(await thief.peek(anna, said), 'future-epoch');
    },
  ),

  claim(
    'three who renew their keys at the same time read each other, in whatever order it arrives',
    async (harness) => {
      const everyone = await trio(harness);
      const sent = await Promise.all(
        everyone.map(async (member) => ({
          member,
          chain: [await member.say('one'), await member.rotate(), await member.say('two')],
        })),
      );
      for (const reader of everyone) {
        const others = sent.filter(({ member }) => member !== reader).toReversed();
        for (const at of [0, 1, 2]) {
          for (const { member, chain } of others) {
            // eslint-disable-next-line no-await-in-loop -- interleaved on purpose
            const reading = await reader.read(member, chain[at] ?? noData);
            assert.equal(reading.kind, at === 1 ? 'commit' : 'application');
          }
        }
      }
      const [anna, bobby, carmen] = everyone;
      const last = await anna.say('all well?');
      assert.equal(textOf(await bobby.read(anna, last)), 'all well?');
      assert.equal(textOf(await carmen.read(anna, last)), 'all well?');
    },
  ),
];
