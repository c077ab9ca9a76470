// Reading a message of a group's owner: what somebody else sent, and what send groups do not do, is refused.

import type { ClientState } from 'ts-mls/clientState.js';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import type { EpochReceiverData } from 'ts-mls/epochReceiverData.js';
import type { IncomingMessageCallback } from 'ts-mls/incomingMessageAction.js';
import { decodeMlsMessage, mlsMessageEncoder } from 'ts-mls/message.js';
import type { PrivateMessage } from 'ts-mls/privateMessage.js';
import { decryptSenderData } from 'ts-mls/privateMessage.js';
import type { ProcessMessageResult } from 'ts-mls/processMessages.js';
import { processPrivateMessage } from 'ts-mls/processMessages.js';
import type { SecretTree } from 'ts-mls/secretTree.js';
import type { SenderData } from 'ts-mls/sender.js';
import { LIMITS, equalBytes, fail, ok } from '@parley/core';
import type { ReadOptions, Reading, SessionCryptoReason, Vouch } from '@parley/core';
import type { Checked } from './attempt.ts';
import { attempt, decodeStrictly } from './attempt.ts';
import { CommitPolicy } from './commit-policy.ts';
import { sameCredential } from './credential.ts';
import { pskIndexOf } from './psk.ts';
import { ratchetTo } from './ratchet.ts';
import { memberAt, rosterOf } from './roster.ts';
import { OWNER_LEAF, loadForMessage, loadGroup, storeAfterMessage, storeGroup } from './state.ts';
import type { Group } from './state.ts';
import { loadSuite } from './suite.ts';

const codec = {
  decode: decodeMlsMessage,
  encode: encode(mlsMessageEncoder),
  bytesMax: LIMITS.groupMessageBytesMax,
};

export async function read(
  vouch: Vouch,
  bytes: Uint8Array,
  options: ReadOptions,
): Promise<Checked<Reading>> {
  const group = await loadForMessage(vouch, bytes);
  if (!group.ok) return group;
  const { state } = group.value;
  if (state.privatePath.leafIndex === OWNER_LEAF) return fail('own-message');
  const message = decodeStrictly(codec, options.message);
  if (!message.ok) return message;
  if (message.value.wireformat !== 'mls_private_message') return fail('forbidden');
  const { privateMessage } = message.value;
  const epoch = epochFor(state, privateMessage);
  if (!epoch.ok) return epoch;
  const sender = await senderOf(privateMessage, epoch.value.senderDataSecret);
  if (!sender.ok) return sender;
  const objection = objectionTo(sender.value, epoch.value, privateMessage);
  if (objection !== null) return fail(objection);
  const { generation } = sender.value;
  if (privateMessage.contentType !== 'commit') {
    return readApplication(await advance(state, privateMessage.epoch, generation), privateMessage);
  }
  const fresh = await loadGroup(vouch, bytes);
  return fresh.ok ? readCommit(fresh.value, privateMessage, options) : fresh;
}

type Epoch = Pick<EpochReceiverData, 'senderDataSecret' | 'secretTree'>;

/** The keys that the message needs, if it may be read at all. */
function epochFor(state: ClientState, message: PrivateMessage): Checked<Epoch> {
  const { groupContext, keySchedule, secretTree } = state;
  if (!equalBytes(message.groupId, groupContext.groupId)) return fail('wrong-group');
  if (message.contentType === 'proposal') return fail('forbidden');
  if (message.epoch > groupContext.epoch) return fail(isActive(state) ? 'future-epoch' : 'removed');
  if (message.epoch === groupContext.epoch) {
    if (message.contentType === 'commit' && !isActive(state)) return fail('removed');
    return ok({ senderDataSecret: keySchedule.senderDataSecret, secretTree });
  }
  const former = state.historicalReceiverData.get(message.epoch);
  if (message.contentType === 'commit' || former === undefined) return fail('old-epoch');
  return ok(former);
}

function isActive(state: ClientState): boolean {
  return state.groupActiveState.kind === 'active';
}

async function senderOf(message: PrivateMessage, secret: Uint8Array): Promise<Checked<SenderData>> {
  const suite = await loadSuite();
  const sender = await attempt('invalid', () => decryptSenderData(message, secret, suite));
  if (!sender.ok) return sender;
  return sender.value === undefined ? fail('invalid') : ok(sender.value);
}

/** Asked before the library ratchets: it does not say who sent a message, nor why it will not decrypt one. */
function objectionTo(
  { leafIndex, generation }: SenderData,
  { secretTree }: Epoch,
  { contentType }: PrivateMessage,
): SessionCryptoReason | null {
  if (leafIndex !== OWNER_LEAF) return 'not-owner';
  const [keys] = secretTree;
  if (keys === undefined) return 'bad-state';
  const ratchet = contentType === 'commit' ? keys.handshake : keys.application;
  const ahead = generation - ratchet.generation;
  if (ahead > LIMITS.groupGenerationsAheadMax) return 'too-far-ahead';
  return ahead < 0 && ratchet.unusedGenerations[generation] === undefined ? 'replayed' : null;
}

/** The state with the ratchet of that epoch's messages where the library needs it, without the library's steps. */
async function advance(
  state: ClientState,
  epoch: bigint,
  generation: number,
): Promise<ClientState> {
  const suite = await loadSuite();
  const forward = async (tree: SecretTree): Promise<SecretTree> => {
    const [keys, ...rest] = tree;
    if (keys === undefined) return tree;
    const application = await ratchetTo(keys.application, generation, suite);
    return [{ ...keys, application }, ...rest];
  };
  if (epoch === state.groupContext.epoch) {
    return { ...state, secretTree: await forward(state.secretTree) };
  }
  const former = new Map(state.historicalReceiverData);
  const data = former.get(epoch);
  if (data === undefined) return state;
  former.set(epoch, { ...data, secretTree: await forward(data.secretTree) });
  return { ...state, historicalReceiverData: former };
}

async function readApplication(
  state: ClientState,
  message: PrivateMessage,
): Promise<Checked<Reading>> {
  const { index } = pskIndexOf([]);
  const suite = await loadSuite();
  const result = await attempt('invalid', () =>
    processPrivateMessage(state, message, index, suite, reject),
  );
  if (!result.ok) return result;
  if (result.value.kind !== 'applicationMessage') return fail('forbidden');
  const stored = await storeAfterMessage(result.value.newState);
  if (!stored.ok) return stored;
  return ok({
    kind: 'application',
    state: stored.value,
    plaintext: Uint8Array.from(result.value.message),
    authenticatedData: message.authenticatedData,
  });
}

const reject: IncomingMessageCallback = () => 'reject';

async function readCommit(
  { state, gatekeeper }: Group,
  message: PrivateMessage,
  { psks, sentMs }: ReadOptions,
): Promise<Checked<Reading>> {
  const lookup = pskIndexOf(psks);
  const policy = new CommitPolicy(state.ratchetTree, sentMs);
  const suite = await loadSuite();
  const result = await attempt('invalid', () =>
    processPrivateMessage(state, message, lookup.index, suite, policy.judge),
  );
  if (policy.objection !== null) return fail(policy.objection);
  if (!result.ok) {
    if (lookup.missing()) return fail('unknown-psk');
    return gatekeeper.refused ? fail('not-vouched') : result;
  }
  return afterCommit(state, result.value, policy);
}

async function afterCommit(
  before: ClientState,
  result: ProcessMessageResult,
  policy: CommitPolicy,
): Promise<Checked<Reading>> {
  if (result.kind !== 'newState' || result.actionTaken === 'reject') return fail('forbidden');
  const { newState } = result;
  const roster = rosterOf(newState);
  if (!roster.ok) return roster;
  const owner = memberAt(before.ratchetTree, OWNER_LEAF);
  // The leaf that comes with a commit may name anyone whom we trust.
  if (owner === null || !sameCredential(owner, roster.value.owner)) return fail('forbidden');
  if (roster.value.members.length > LIMITS.sessionMembersMax) return fail('too-many-members');
  const stored = await storeGroup(newState);
  if (!stored.ok) return stored;
  if (!isActive(newState)) return ok({ kind: 'removed', state: stored.value });
  const { added, removed, pskIds } = policy;
  const { value } = roster;
  return ok({ kind: 'commit', state: stored.value, roster: value, added, removed, pskIds });
}
