// What members do who run another program, strangers, and those removed: none of it is read.

import { expect, test } from 'vitest';
import type { ClientState } from 'ts-mls/clientState.js';
import {
  joinGroupExternal,
  createGroupInfoWithExternalPubAndRatchetTree,
} from 'ts-mls/createCommit.js';
import { createProposal } from 'ts-mls/createMessage.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { encryptSenderData } from 'ts-mls/privateMessage.js';
import { processPrivateMessage } from 'ts-mls/processMessages.js';
import type { Proposal } from 'ts-mls/proposal.js';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import { makeResumptionPsk } from 'ts-mls/resumption.js';
import { encodeUtf8 } from '@parley/core';
import type { SessionCryptoReason } from '@parley/core';
import { SessionMember, must, pairOf, textOf } from '@parley/testkit';
import { encodeCredential } from '../src/credential.ts';
import { readSecret } from '../src/key-package.ts';
import { loadSuite } from '../src/suite.ts';
import { addForger, harness, rawCommit, rawSay, rawState, unwire, wire } from './forger.ts';

function refusal(reason: SessionCryptoReason): unknown {
  return { ok: false, reason };
}

/** anna's group, which bobby reads; mallory is in it with a program that knows no fence. */
async function withMallory(): Promise<{
  readonly anna: SessionMember;
  readonly bobby: SessionMember;
  readonly mallory: SessionMember;
  readonly state: ClientState;
}> {
  const world = harness();
  const [anna, bobby] = await pairOf(world);
  const mallory = new SessionMember(world, 'mallory');
  const { state, commit } = await addForger(anna, mallory);
  await bobby.read(anna, commit);
  return { anna, bobby, mallory, state };
}

test('a reader who speaks in the group of another is not heard', async () => {
  const { anna, bobby, state } = await withMallory();
  expect(await bobby.peek(anna, await rawSay(state, 'I am anna'))).toEqual(refusal('not-owner'));
  expect(textOf(await bobby.read(anna, await anna.say('I am')))).toBe('I am');
});

test('a reader who commits in the group of another changes nothing', async () => {
  const { anna, bobby, state } = await withMallory();
  const empty = await rawCommit(state, {});
  const removal = await rawCommit(state, {
    extraProposals: [{ proposalType: 'remove', remove: { removed: 1 } }],
  });
  expect(await bobby.peek(anna, empty.message)).toEqual(refusal('not-owner'));
  expect(await bobby.peek(anna, removal.message)).toEqual(refusal('not-owner'));
});

test('a proposal by itself is refused, whoever makes it, and so is a commit that refers to it', async () => {
  const { anna, bobby, state } = await withMallory();
  const suite = await loadSuite();
  const proposal: Proposal = { proposalType: 'remove', remove: { removed: 2 } };
  const byMallory = await createProposal(
    state,
    false,
    { ...proposal, remove: { removed: 1 } },
    suite,
  );
  const byAnna = await createProposal(await rawState(anna.own), false, proposal, suite);
  expect(await bobby.peek(anna, encodeMlsMessage(byMallory.message))).toEqual(refusal('forbidden'));
  expect(await bobby.peek(anna, encodeMlsMessage(byAnna.message))).toEqual(refusal('forbidden'));
  const { message } = await rawCommit(byAnna.newState, {});
  expect(await bobby.peek(anna, message)).toEqual(refusal('invalid'));
});

test('an owner cannot do in a commit what send groups do not do', async () => {
  const { anna, bobby } = await withMallory();
  const own = await rawState(anna.own);
  const extensions = [{ extensionType: 0xf000, extensionData: new Uint8Array() }];
  const reinit = {
    groupId: new Uint8Array(32),
    version: 'mls10',
    cipherSuite: own.groupContext.cipherSuite,
    extensions: [],
  } as const;
  const forbidden: readonly Proposal[] = [
    { proposalType: 'group_context_extensions', groupContextExtensions: { extensions } },
    { proposalType: 'reinit', reinit: { ...reinit, extensions: [] } },
    { proposalType: 0xf001, proposalData: new Uint8Array(3) },
  ];
  const messages = await Promise.all(
    forbidden.map(async (each) => (await rawCommit(own, { extraProposals: [each] })).message),
  );
  for (const message of messages) {
    // eslint-disable-next-line no-await-in-loop -- one refusal after the other
    expect(await bobby.peek(anna, message)).toEqual(refusal('forbidden'));
  }
  expect(messages.length).toBe(3);
});

test('a commit with a resumption secret, or sent in the open, is refused', async () => {
  const { anna, bobby } = await withMallory();
  const own = await rawState(anna.own);
  const { id } = makeResumptionPsk(own, 'application', await loadSuite());
  const psk: Proposal = { proposalType: 'psk', psk: { preSharedKeyId: id } };
  const findPsk = (): Uint8Array => own.keySchedule.resumptionPsk;
  const resumed = await rawCommit(own, { extraProposals: [psk] }, { findPsk });
  expect(await bobby.peek(anna, resumed.message)).toEqual(refusal('unknown-psk'));
  const open = await rawCommit(own, { wireAsPublicMessage: true });
  expect(await bobby.peek(anna, open.message)).toEqual(refusal('forbidden'));
});

test('an owner cannot hand its group to another name', async () => {
  const { anna, bobby, mallory } = await withMallory();
  const own = await rawState(anna.own);
  const [first, ...others] = own.ratchetTree;
  if (first?.nodeType !== 'leaf') throw new Error('no owner');
  const { identity } = mallory.credential;
  const credential = encodeCredential({ ...anna.credential, identity });
  const leaf = { ...first.leaf, credential };
  const ratchetTree = [{ ...first, leaf }, ...others];
  const { message } = await rawCommit({ ...own, ratchetTree }, {});
  expect(await bobby.peek(anna, message)).toEqual(refusal('forbidden'));
});

test('a commit that is signed and tagged right, but whose tag is of another epoch, is refused', async () => {
  const { anna, bobby } = await withMallory();
  const own = await rawState(anna.own);
  const initSecret = Uint8Array.from(own.keySchedule.initSecret, (byte) => byte ^ 1);
  const keySchedule = { ...own.keySchedule, initSecret };
  const { message } = await rawCommit({ ...own, keySchedule }, {});
  expect(await bobby.peek(anna, message)).toEqual(refusal('invalid'));
});

test('an owner cannot make a group larger than readers allow', async () => {
  const { anna, bobby } = await withMallory();
  const world = harness();
  const extraProposals = await Promise.all(
    Array.from({ length: 30 }, async (_, index): Promise<Proposal> => {
      const { secret } = await new SessionMember(world, `guest ${index}`).makeKeyPackage();
      const { publicPackage } = must(await readSecret(secret));
      return { proposalType: 'add', add: { keyPackage: publicPackage } };
    }),
  );
  const own = await rawState(anna.own);
  const full = await rawCommit(own, { extraProposals: extraProposals.slice(1) });
  expect((await bobby.peek(anna, full.message)).ok).toBe(true);
  const { message } = await rawCommit(own, { extraProposals });
  expect(await bobby.peek(anna, message)).toEqual(refusal('too-many-members'));
});

test('a message has one encoding: the same in another way, or with more behind it, is refused', async () => {
  const { anna, bobby } = await withMallory();
  const message = await anna.say('hello');
  // After version and wire format comes the group id, with its length in one byte where two would do.
  expect(message[4]).toBe(32);
  const longer = Uint8Array.from([...message.slice(0, 4), 0x40, ...message.slice(4)]);
  expect(await bobby.peek(anna, longer)).toEqual(refusal('malformed'));
  const trailed = Uint8Array.from([...message, 0]);
  expect(await bobby.peek(anna, trailed)).toEqual(refusal('malformed'));
  expect(textOf(await bobby.read(anna, message))).toBe('hello');
});

test('nobody joins uninvited by an external commit', async () => {
  const { anna, bobby } = await withMallory();
  const suite = await loadSuite();
  const own = await rawState(anna.own);
  const info = await createGroupInfoWithExternalPubAndRatchetTree(own, [], suite);
  const stranger = new SessionMember(harness(), 'stranger');
  const { secret } = await stranger.makeKeyPackage();
  const { publicPackage, privatePackage } = must(await readSecret(secret));
  const joined = await joinGroupExternal(info, publicPackage, privatePackage, false, suite);
  const message = encodeMlsMessage({
    version: 'mls10',
    wireformat: 'mls_public_message',
    publicMessage: joined.publicMessage,
  });
  expect(await bobby.peek(anna, message)).toEqual(refusal('forbidden'));
});

test('a Welcome that a reader made, to a fork of the group, is refused', async () => {
  const { anna, state } = await withMallory();
  const dora = new SessionMember(harness(), 'dora');
  const { secret } = await dora.makeKeyPackage();
  const { publicPackage } = must(await readSecret(secret));
  const { welcome } = await rawCommit(state, {
    extraProposals: [{ proposalType: 'add', add: { keyPackage: publicPackage } }],
    ratchetTreeExtension: true,
  });
  const { groupId, credential: owner } = anna;
  const options = { welcome: welcome!, keyPackageSecret: secret, groupId, owner };
  expect(await dora.crypto.joinGroup(options)).toEqual(refusal('wrong-owner'));
});

test('a forged leap of the owner is refused, without ratcheting where it is too far', async () => {
  const { anna, bobby, state } = await withMallory();
  const suite = await loadSuite();
  const forge = async (generation: number): Promise<Uint8Array> => {
    const message = unwire(await rawSay(state, 'x'));
    const { groupId, epoch, contentType, ciphertext } = message;
    const reuseGuard = new Uint8Array(4) as Uint8Array & { length: 4 };
    const encryptedSenderData = await encryptSenderData(
      state.keySchedule.senderDataSecret,
      { leafIndex: 0, generation, reuseGuard },
      { groupId, epoch, contentType },
      ciphertext,
      suite,
    );
    return wire({ ...message, encryptedSenderData });
  };
  expect(await bobby.peek(anna, await forge(20_001))).toEqual(refusal('too-far-ahead'));
  expect(await bobby.peek(anna, await forge(500))).toEqual(refusal('invalid'));
  expect(textOf(await bobby.read(anna, await anna.say('still here')))).toBe('still here');
});

test('who was removed reads nothing more with a whole state in a program without a fence', async () => {
  const { anna, bobby, mallory, state } = await withMallory();
  const suite = await loadSuite();
  const open = async (message: Uint8Array, from: ClientState): Promise<unknown> =>
    processPrivateMessage(from, unwire(message), emptyPskIndex, suite);
  const before = await anna.say('before');
  expect(await open(before, state)).toMatchObject({ kind: 'applicationMessage' });
  const removal = await anna.remove(mallory);
  const [after, rotation] = [await anna.say('after'), await anna.rotate()];
  const told = await processPrivateMessage(state, unwire(removal), emptyPskIndex, suite);
  expect(told.newState.groupActiveState.kind).toBe('removedFromGroup');
  for (const from of [state, told.newState]) {
    // eslint-disable-next-line no-await-in-loop -- one attempt after the other
    await expect(open(after, from)).rejects.toThrow(/./u);
    // eslint-disable-next-line no-await-in-loop -- one attempt after the other
    await expect(open(rotation, from)).rejects.toThrow(/./u);
  }
  await bobby.read(anna, removal);
  expect(textOf(await bobby.read(anna, after))).toBe('after');
});

test('a thief with the state of an owner cannot follow the commit that the owner makes next', async () => {
  const { anna } = await withMallory();
  const suite = await loadSuite();
  const stolen = await rawState(anna.own);
  const commit = await anna.rotate();
  await expect(processPrivateMessage(stolen, unwire(commit), emptyPskIndex, suite)).rejects.toThrow(
    /./u,
  );
});

test('a state holds no keys for messages of other leaves than the owner’s', async () => {
  const { anna, bobby } = await withMallory();
  await bobby.read(anna, await anna.rotate());
  const reader = await rawState(bobby.stateOf(anna));
  expect(reader.secretTree.length).toBe(1);
  expect(reader.historicalReceiverData.size).toBe(2);
  for (const { secretTree, ratchetTree } of reader.historicalReceiverData.values()) {
    expect([secretTree.length, ratchetTree.length]).toEqual([1, 1]);
  }
  expect((await rawState(anna.own)).historicalReceiverData.size).toBe(0);
});

test('one plaintext takes at least 256 bytes, so that short lines look alike', async () => {
  const [anna] = await pairOf(harness());
  const lengths = await Promise.all(
    ['a', 'a'.repeat(150)].map(async (text) => {
      const plaintext = encodeUtf8(text);
      return must(await anna.crypto.encrypt(anna.own, plaintext, new Uint8Array())).message.length;
    }),
  );
  expect(new Set(lengths).size).toBe(1);
});
