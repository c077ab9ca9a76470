// How people come into a private session: key packages, Welcomes, and sealed first words.

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
  refused,
  textOf,
  wrongLengths,
} from './session-party.ts';

const dayMs = 86_400_000;

export const keyPackages: readonly SessionCryptoClaim[] = [
  claim(
    'a key package says whose it is, how long it is valid and whether it is the last',
    async (harness) => {
      const anna = new SessionMember(harness, 'anna');
      const [one, two] = [
        await anna.makeKeyPackage(),
        await anna.makeKeyPackage(anna.lifetime(), true),
      ];
      const content = must(await anna.crypto.readKeyPackage(one.keyPackage, harness.nowMs));
      assert.deepEqual(content.credential, anna.credential);
      assert.equal(content.lastResort, false);
      assert.equal(content.ref, one.ref);
      assert.equal(content.publicKey.length, 32);
      const { notBeforeMs, notAfterMs } = anna.lifetime();
      assert(content.lifetime.notBeforeMs <= notBeforeMs);
      assert(content.lifetime.notBeforeMs > notBeforeMs - 1_000);
      assert(content.lifetime.notAfterMs >= notAfterMs);
      assert(content.lifetime.notAfterMs < notAfterMs + 1_000);
      const last = must(await anna.crypto.readKeyPackage(two.keyPackage, harness.nowMs));
      assert.equal(last.lastResort, true);
      assert.notEqual(one.ref, two.ref);
      assert.notDeepEqual(content.publicKey, last.publicKey);
    },
  ),

  claim(
    'a key package is refused before its time, after it, and if it is to last too long',
    async (harness) => {
      const { nowMs } = harness;
      const anna = new SessionMember(harness, 'anna');
      const lifetime = { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + dayMs };
      const { keyPackage } = await anna.makeKeyPackage(lifetime);
      refused(await anna.crypto.readKeyPackage(keyPackage, nowMs - 2 * dayMs), 'not-yet-valid');
      refused(await anna.crypto.readKeyPackage(keyPackage, nowMs + 2 * dayMs), 'expired');
      await assert.rejects(anna.makeKeyPackage({ notBeforeMs: 0, notAfterMs: nowMs }), /lifetime/u);
      await assert.rejects(anna.makeKeyPackage({ notBeforeMs: 2, notAfterMs: 1 }), /lifetime/u);
    },
  ),

  claim(
    'a key package that is damaged, too large or not vouched for is refused',
    async (harness) => {
      const anna = new SessionMember(harness, 'anna');
      const doubting = new SessionMember(harness, 'bobby', () => false);
      const { keyPackage } = await anna.makeKeyPackage();
      const damaged = [...flips(keyPackage), ...wrongLengths(keyPackage)];
      for (const bytes of damaged) {
        // eslint-disable-next-line no-await-in-loop -- one failure at a time is easier to read
        const result = await anna.crypto.readKeyPackage(bytes, harness.nowMs);
        assert.equal(result.ok, false, `accepted ${toHex(bytes)}`);
      }
      refused(await anna.crypto.readKeyPackage(oversized, harness.nowMs), 'too-large');
      refused(await doubting.crypto.readKeyPackage(keyPackage, harness.nowMs), 'not-vouched');
    },
  ),

  claim(
    'nobody makes a key package in the name of a device whose seed they lack',
    async (harness) => {
      const anna = new SessionMember(harness, 'anna');
      const { credential } = new SessionMember(harness, 'bobby');
      const { deviceSeed } = anna;
      const lifetime = anna.lifetime();
      await assert.rejects(
        anna.crypto.makeKeyPackage({ credential, deviceSeed, lifetime, lastResort: false }),
        /seed/u,
      );
    },
  ),
];

export const welcomes: readonly SessionCryptoClaim[] = [
  claim('a new group has its owner alone', async (harness) => {
    const anna = new SessionMember(harness, 'anna');
    await anna.createGroup();
    assert.deepEqual(must(await anna.crypto.membersOf(anna.own)), {
      groupId: anna.groupId,
      epoch: 0,
      owner: anna.credential,
      members: [anna.credential],
      self: anna.credential,
    });
  }),

  claim(
    'who joins by a Welcome knows who is there, and reads what is said from then on',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const roster = must(await bobby.crypto.membersOf(bobby.stateOf(anna)));
      assert.deepEqual(roster, {
        groupId: anna.groupId,
        epoch: 1,
        owner: anna.credential,
        members: [anna.credential, bobby.credential],
        self: bobby.credential,
      });
      assert.equal(textOf(await bobby.read(anna, await anna.say('hello'))), 'hello');
      assert.equal(textOf(await anna.read(bobby, await bobby.say('hi'))), 'hi');
    },
  ),

  claim('a newcomer reads nothing that was said before', async (harness) => {
    const [anna, bobby] = await pairOf(harness);
    const before = await anna.say('before carmen');
    const carmen = new SessionMember(harness, 'carmen');
    const commit = await anna.add(carmen);
    refused(await carmen.peek(anna, before), 'old-epoch');
    const reading = await bobby.read(anna, commit);
    assert.equal(reading.kind, 'commit');
    assert.deepEqual(reading.added, [carmen.credential]);
    assert.deepEqual(reading.removed, []);
    assert.equal(reading.roster.members.length, 3);
    const after = await anna.say('after');
    assert.equal(textOf(await carmen.read(anna, after)), 'after');
    assert.equal(textOf(await bobby.read(anna, after)), 'after');
  }),

  claim('a Welcome is for one key package, one group and one owner', async (harness) => {
    const [anna, bobby] = [new SessionMember(harness, 'anna'), new SessionMember(harness, 'bobby')];
    await anna.createGroup();
    const [mine, spare] = [await bobby.makeKeyPackage(), await bobby.makeKeyPackage()];
    const added = must(await anna.crypto.addMembers(anna.own, [mine.keyPackage], harness.nowMs));
    const welcome = added.welcomes[0] ?? noData;
    const { groupId, credential: owner } = anna;
    const right = { welcome, keyPackageSecret: mine.secret, groupId, owner };
    const { crypto } = bobby;
    refused(await crypto.joinGroup({ ...right, keyPackageSecret: spare.secret }), 'not-for-us');
    refused(await crypto.joinGroup({ ...right, groupId: bobby.groupId }), 'wrong-group');
    refused(await crypto.joinGroup({ ...right, owner: bobby.credential }), 'wrong-owner');
    refused(await crypto.joinGroup({ ...right, keyPackageSecret: anna.own }), 'bad-state');
    refused(await crypto.joinGroup({ ...right, welcome: oversized }), 'too-large');
    const doubting = harness.create(({ device }) => device !== bobby.credential.device);
    refused(await doubting.joinGroup(right), 'not-vouched');
    must(await crypto.joinGroup(right));
  }),

  claim('a Welcome that is damaged is refused', async (harness) => {
    const [anna, bobby] = [new SessionMember(harness, 'anna'), new SessionMember(harness, 'bobby')];
    await anna.createGroup();
    const { keyPackage, secret } = await bobby.makeKeyPackage();
    const added = must(await anna.crypto.addMembers(anna.own, [keyPackage], harness.nowMs));
    const [whole = noData] = added.welcomes;
    const { groupId, credential: owner } = anna;
    for (const welcome of [...flips(whole), ...wrongLengths(whole)]) {
      const options = { welcome, keyPackageSecret: secret, groupId, owner };
      // eslint-disable-next-line no-await-in-loop -- one failure at a time is easier to read
      const result = await bobby.crypto.joinGroup(options);
      assert.equal(result.ok, false, `accepted ${toHex(welcome)}`);
    }
  }),

  claim(
    'nobody is added twice, nor with a key package that is no longer valid',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const { nowMs } = harness;
      const carmen = new SessionMember(harness, 'carmen');
      const [one, two] = [await carmen.makeKeyPackage(), await carmen.makeKeyPackage()];
      const again = await bobby.makeKeyPackage();
      const { crypto } = anna;
      refused(await crypto.addMembers(anna.own, [again.keyPackage], nowMs), 'already-member');
      refused(
        await crypto.addMembers(anna.own, [one.keyPackage, two.keyPackage], nowMs),
        'already-member',
      );
      refused(await crypto.addMembers(anna.own, [one.keyPackage], nowMs + 30 * dayMs), 'expired');
      refused(await crypto.addMembers(anna.own, [Uint8Array.of(1)], nowMs), 'malformed');
      const doubting = harness.create(({ device }) => device !== carmen.credential.device);
      refused(await doubting.addMembers(anna.own, [one.keyPackage], nowMs), 'not-vouched');
      await assert.rejects(crypto.addMembers(anna.own, [], nowMs), /nobody/u);
    },
  ),

  claim(
    'a reader refuses a newcomer whose credential is not vouched for, or was not valid then',
    async (harness) => {
      const [anna, bobby] = await pairOf(harness);
      const carmen = new SessionMember(harness, 'carmen');
      const commit = await anna.add(carmen);
      const state = bobby.stateOf(anna);
      const doubting = harness.create(({ device }) => device !== carmen.credential.device);
      const wish = { message: commit, psks: [], sentMs: harness.nowMs };
      refused(await doubting.read(state, wish), 'not-vouched');
      refused(
        await bobby.crypto.read(state, { ...wish, sentMs: wish.sentMs + 30 * dayMs }),
        'expired',
      );
      must(await bobby.crypto.read(state, wish));
    },
  ),

  claim('thirty-two people share a group, and one more does not fit', async (harness) => {
    const anna = new SessionMember(harness, 'anna');
    const others = Array.from(
      { length: LIMITS.sessionMembersMax - 1 },
      (_, index) => new SessionMember(harness, `person ${index}`),
    );
    await anna.createGroup();
    await anna.add(...others);
    const said = await anna.say('hello all');
    const commit = await anna.rotate();
    const later = await anna.say('hello again');
    for (const each of others) {
      // eslint-disable-next-line no-await-in-loop -- 31 at once would hold 31 trees
      const first = await each.read(anna, said);
      assert.equal(textOf(first), 'hello all');
      // eslint-disable-next-line no-await-in-loop -- in the order of the chain
      await each.read(anna, commit);
      // eslint-disable-next-line no-await-in-loop -- in the order of the chain
      assert.equal(textOf(await each.read(anna, later)), 'hello again');
    }
    const { keyPackage } = await new SessionMember(harness, 'one more').makeKeyPackage();
    const added = await anna.crypto.addMembers(anna.own, [keyPackage], harness.nowMs);
    refused(added, 'too-many-members');
  }),
];

export const sealing: readonly SessionCryptoClaim[] = [
  claim(
    'what is sealed to an inbox or a key package opens with its secret alone',
    async (harness) => {
      const [anna, bobby] = [
        new SessionMember(harness, 'anna'),
        new SessionMember(harness, 'bobby'),
      ];
      const inbox = await bobby.crypto.makeInboxKey();
      const made = await bobby.makeKeyPackage();
      const { publicKey } = must(await anna.crypto.readKeyPackage(made.keyPackage, harness.nowMs));
      const plaintext = encodeUtf8('come in, and bring the others');
      const aad = encodeUtf8('mailbox');
      const keys = [inbox, { publicKey, secret: made.secret }];
      for (const [index, key] of keys.entries()) {
        const wish = { publicKey: key.publicKey, plaintext, aad };
        // eslint-disable-next-line no-await-in-loop -- one kind of key after the other
        const [one, two] = [must(await anna.crypto.seal(wish)), must(await anna.crypto.seal(wish))];
        assert.notDeepEqual(one, two);
        assert.equal(toHex(one).includes(toHex(plaintext)), false);
        const open = { secret: key.secret, sealed: one, aad };
        // eslint-disable-next-line no-await-in-loop -- one kind of key after the other
        assert.deepEqual(must(await bobby.crypto.open(open)), plaintext);
        const other = keys[1 - index]?.secret ?? noData;
        // eslint-disable-next-line no-await-in-loop -- one kind of key after the other
        refused(await bobby.crypto.open({ ...open, secret: other }), 'invalid');
        // eslint-disable-next-line no-await-in-loop -- one kind of key after the other
        refused(await bobby.crypto.open({ ...open, aad: noData }), 'invalid');
      }
    },
  ),

  claim('what is sealed is refused once damaged, and with what is no key', async (harness) => {
    const anna = new SessionMember(harness, 'anna');
    const { publicKey, secret } = await anna.crypto.makeInboxKey();
    const wish = { publicKey, plaintext: encodeUtf8('hello'), aad: noData };
    const sealed = must(await anna.crypto.seal(wish));
    for (const bytes of [...flips(sealed), ...wrongLengths(sealed)]) {
      // eslint-disable-next-line no-await-in-loop -- one failure at a time is easier to read
      const result = await anna.crypto.open({ secret, sealed: bytes, aad: noData });
      assert.equal(result.ok, false, `opened ${toHex(bytes)}`);
    }
    refused(await anna.crypto.open({ secret, sealed: oversized, aad: noData }), 'too-large');
    refused(await anna.crypto.open({ secret: sealed, sealed, aad: noData }), 'bad-state');
    refused(await anna.crypto.seal({ ...wish, plaintext: oversized }), 'too-large');
    refused(await anna.crypto.seal({ ...wish, publicKey: noData }), 'malformed');
  }),
];
