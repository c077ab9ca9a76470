// What the owner of a group does: create it, change its members, renew its keys, speak.

import { createGroup as createMlsGroup } from 'ts-mls/clientState.js';
import { createCommit } from 'ts-mls/createCommit.js';
import type { CreateCommitResult } from 'ts-mls/createCommit.js';
import { createApplicationMessage } from 'ts-mls/createMessage.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import type { MLSMessage } from 'ts-mls/message.js';
import type { Proposal } from 'ts-mls/proposal.js';
import type { Welcome } from 'ts-mls/welcome.js';
import { LIMITS, fail, ok, toHex } from '@parley/core';
import type {
  Addition,
  Credential,
  DeviceKey,
  GroupOptions,
  Outgoing,
  Psk,
  Vouch,
} from '@parley/core';
import type { Checked } from './attempt.ts';
import { attempt } from './attempt.ts';
import { Gatekeeper } from './credential.ts';
import { checkKeyPackage, generate } from './key-package.ts';
import type { CheckedKeyPackage } from './key-package.ts';
import { pskIndexOf } from './psk.ts';
import { leafIndexOf, rosterOf } from './roster.ts';
import { OWNER_LEAF, loadForMessage, loadGroup, storeAfterMessage, storeGroup } from './state.ts';
import type { Group } from './state.ts';
import { configWith, loadSuite } from './suite.ts';

const groupIdBytes = 32;
const pskNonceBytes = 32;

export async function createGroup(options: GroupOptions): Promise<Uint8Array> {
  if (options.groupId.length !== groupIdBytes) throw new Error('a group id has 32 bytes');
  const { publicPackage, privatePackage } = await generate({ ...options, lastResort: false });
  const state = await createMlsGroup(
    Uint8Array.from(options.groupId),
    publicPackage,
    privatePackage,
    [],
    await loadSuite(),
    configWith(new Gatekeeper(() => true)),
  );
  const stored = await storeGroup(state);
  if (!stored.ok) throw new Error(`a new group is ${stored.reason}`);
  return stored.value;
}

async function loadOwnGroup(vouch: Vouch, bytes: Uint8Array): Promise<Checked<Group>> {
  return ownGroup(await loadGroup(vouch, bytes));
}

function ownGroup(group: Checked<Group>): Checked<Group> {
  if (!group.ok) return group;
  const isOwner = group.value.state.privatePath.leafIndex === OWNER_LEAF;
  return isOwner ? group : fail('not-owner');
}

async function commit(
  { state, gatekeeper }: Group,
  extraProposals: Proposal[],
  psks: readonly Psk[],
): Promise<Checked<CreateCommitResult>> {
  const cipherSuite = await loadSuite();
  const { index } = pskIndexOf(psks);
  const created = await attempt('invalid', () =>
    createCommit(
      { state, cipherSuite, pskIndex: index },
      { extraProposals, ratchetTreeExtension: true },
    ),
  );
  return !created.ok && gatekeeper.refused ? fail('not-vouched') : created;
}

async function outgoing(state: Group['state'], message: MLSMessage): Promise<Checked<Outgoing>> {
  return sent(await storeGroup(state), message);
}

function sent(stored: Checked<Uint8Array>, message: MLSMessage): Checked<Outgoing> {
  if (!stored.ok) return stored;
  const bytes = encodeMlsMessage(message);
  if (bytes.length > LIMITS.groupMessageBytesMax) return fail('too-large');
  return ok({ state: stored.value, message: bytes });
}

export async function addMembers(
  vouch: Vouch,
  bytes: Uint8Array,
  { keyPackages, nowMs }: { readonly keyPackages: readonly Uint8Array[]; readonly nowMs: number },
): Promise<Checked<Addition>> {
  if (keyPackages.length === 0) throw new Error('nobody to add');
  const group = await loadOwnGroup(vouch, bytes);
  if (!group.ok) return group;
  const roster = rosterOf(group.value.state);
  if (!roster.ok) return roster;
  const { members } = roster.value;
  if (members.length + keyPackages.length > LIMITS.sessionMembersMax) {
    return fail('too-many-members');
  }
  const added = await checkNewcomers(vouch, keyPackages, { members, nowMs });
  if (!added.ok) return added;
  const proposals = added.value.map(
    ({ keyPackage }): Proposal => ({ proposalType: 'add', add: { keyPackage } }),
  );
  const created = await commit(group.value, proposals, []);
  if (!created.ok) return created;
  const welcomes = splitWelcome(created.value.welcome, added.value);
  const said = await outgoing(created.value.newState, created.value.commit);
  return said.ok ? ok({ ...said.value, welcomes }) : said;
}

async function checkNewcomers(
  vouch: Vouch,
  keyPackages: readonly Uint8Array[],
  { members, nowMs }: { readonly members: readonly Credential[]; readonly nowMs: number },
): Promise<Checked<CheckedKeyPackage[]>> {
  const devices = new Set(members.map(({ device }) => device));
  const checks = await Promise.all(keyPackages.map((each) => checkKeyPackage(vouch, each, nowMs)));
  const newcomers: CheckedKeyPackage[] = [];
  for (const check of checks) {
    if (!check.ok) return check;
    const { device } = check.value.content.credential;
    if (devices.has(device)) return fail('already-member');
    devices.add(device);
    newcomers.push(check.value);
  }
  return ok(newcomers);
}

/** One Welcome for each newcomer (RFC 9420 §12.4.3.1), so that none learns the key packages of the others. */
function splitWelcome(
  welcome: Welcome | undefined,
  newcomers: readonly CheckedKeyPackage[],
): Uint8Array[] {
  return newcomers.map(({ content }) => {
    const secret = welcome?.secrets.find(({ newMember }) => toHex(newMember) === content.ref);
    if (welcome === undefined || secret === undefined) {
      throw new Error('a commit that adds has no Welcome for whom it adds');
    }
    return encodeMlsMessage({
      version: 'mls10',
      wireformat: 'mls_welcome',
      welcome: { ...welcome, secrets: [secret] },
    });
  });
}

export async function removeMembers(
  vouch: Vouch,
  bytes: Uint8Array,
  devices: readonly DeviceKey[],
): Promise<Checked<Outgoing>> {
  if (devices.length === 0) throw new Error('nobody to remove');
  const group = await loadOwnGroup(vouch, bytes);
  if (!group.ok) return group;
  const proposals: Proposal[] = [];
  for (const device of new Set(devices)) {
    const removed = leafIndexOf(group.value.state.ratchetTree, device);
    if (removed === null) return fail('not-member');
    if (removed === OWNER_LEAF) return fail('forbidden');
    proposals.push({ proposalType: 'remove', remove: { removed } });
  }
  const created = await commit(group.value, proposals, []);
  return created.ok ? outgoing(created.value.newState, created.value.commit) : created;
}

export async function rotate(
  vouch: Vouch,
  bytes: Uint8Array,
  psk: Psk | null,
): Promise<Checked<Outgoing>> {
  const group = await loadOwnGroup(vouch, bytes);
  if (!group.ok) return group;
  const { rng } = await loadSuite();
  const proposals = psk === null ? [] : [pskProposal(psk, rng.randomBytes(pskNonceBytes))];
  const created = await commit(group.value, proposals, psk === null ? [] : [psk]);
  return created.ok ? outgoing(created.value.newState, created.value.commit) : created;
}

function pskProposal({ id }: Psk, pskNonce: Uint8Array): Proposal {
  const pskId = Uint8Array.from(id);
  return {
    proposalType: 'psk',
    psk: { preSharedKeyId: { psktype: 'external', pskId, pskNonce } },
  };
}

export async function encrypt(
  vouch: Vouch,
  bytes: Uint8Array,
  content: { readonly plaintext: Uint8Array; readonly authenticatedData: Uint8Array },
): Promise<Checked<Outgoing>> {
  const { plaintext, authenticatedData } = content;
  if (plaintext.length > LIMITS.groupPlaintextBytesMax) return fail('too-large');
  if (authenticatedData.length > LIMITS.authenticatedDataBytesMax) return fail('too-large');
  const group = ownGroup(await loadForMessage(vouch, bytes));
  if (!group.ok) return group;
  const suite = await loadSuite();
  const created = await attempt('bad-state', () =>
    createApplicationMessage(group.value.state, plaintext, suite, authenticatedData),
  );
  if (!created.ok) return created;
  const { newState, privateMessage } = created.value;
  return sent(await storeAfterMessage(newState), {
    version: 'mls10',
    wireformat: 'mls_private_message',
    privateMessage,
  });
}
