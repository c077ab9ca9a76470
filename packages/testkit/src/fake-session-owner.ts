// What the owner of a group does, in the fake SessionCrypto.

import { LIMITS, encode, fail, ok } from '@parley/core';
import type { Addition, DeviceKey, GroupOptions, Outgoing, Psk } from '@parley/core';
import { box, digest, publicOf, record } from './fake-session-bytes.ts';
import {
  encodeBody,
  encodeFrame,
  nextSecret,
  noSecret,
  withConfirmation,
} from './fake-session-frame.ts';
import type { CommitBody, FrameHead } from './fake-session-frame.ts';
import { leafFields, loadOwnGroup, membersOf, storeGroup } from './fake-session-group.ts';
import type { Checked, EpochKeys, FakeContext, Group, Leaf } from './fake-session-group.ts';
import { checkKeyPackage, checkSigner } from './fake-session-key-package.ts';
import type { FakeKeyPackage } from './fake-session-key-package.ts';

const groupIdBytes = 32;
const noData = new Uint8Array();

export function createGroup(context: FakeContext, options: GroupOptions): Uint8Array {
  const { credential, deviceSeed, groupId } = options;
  checkSigner(context, credential, deviceSeed);
  if (groupId.length !== groupIdBytes) throw new Error('a group id has 32 bytes');
  const leafSecret = context.draw();
  return storeGroup({
    groupId,
    self: 0,
    isRemoved: false,
    deviceSeed,
    leafSecret,
    keys: { epoch: 0, secret: context.draw(), next: 0, skipped: [] },
    former: [],
    leaves: [{ credential, publicKey: publicOf(leafSecret) }],
  });
}

type Change = Omit<CommitBody, 'path' | 'pskIds'> & { readonly psks: readonly Psk[] };

interface Committed extends Outgoing {
  readonly group: Group;
}

/** As in MLS, a commit that only adds or only mixes in a secret brings no fresh keys. */
function commit(
  context: FakeContext,
  group: Group,
  leaves: Group['leaves'],
  { adds, removes, psks }: Change,
): Checked<Committed> {
  const isFresh = removes.length > 0 || (adds.length === 0 && psks.length === 0);
  const commitSecret = isFresh ? context.draw() : noSecret;
  const path = isFresh ? boxedPath(context, leaves, commitSecret) : [];
  const body = encodeBody({ adds, removes, pskIds: psks.map(({ id }) => id), path });
  const secret = nextSecret(group.keys, commitSecret, psks, body);
  const head = headOf(group, 'commit', noData);
  const message = encodeFrame(group.keys, head, withConfirmation(secret, body));
  if (message.length > LIMITS.groupMessageBytesMax) return fail('too-large');
  const keys: EpochKeys = { epoch: group.keys.epoch + 1, secret, next: 0, skipped: [] };
  const after = { ...group, keys, leaves };
  return ok({ group: after, state: storeGroup(after), message });
}

function headOf(
  { groupId, keys }: Group,
  kind: FrameHead['kind'],
  authenticatedData: Uint8Array,
): FrameHead {
  const generation = kind === 'commit' ? 0 : keys.next;
  return { groupId, epoch: keys.epoch, kind, generation, authenticatedData };
}

function boxedPath(
  { draw }: FakeContext,
  leaves: Group['leaves'],
  commitSecret: Uint8Array,
): CommitBody['path'] {
  return leaves.flatMap((leaf, index) => {
    if (leaf === null || index === 0) return [];
    const boxing = { publicKey: leaf.publicKey, nonce: draw(), aad: noData };
    return [[index, box(commitSecret, boxing)] as const];
  });
}

export function addMembers(
  context: FakeContext,
  state: Uint8Array,
  { keyPackages, nowMs }: { readonly keyPackages: readonly Uint8Array[]; readonly nowMs: number },
): Checked<Addition> {
  if (keyPackages.length === 0) throw new Error('nobody to add');
  const loaded = loadOwnGroup(state);
  if (!loaded.ok) return loaded;
  const group = loaded.value;
  const members = membersOf(group);
  if (members.length + keyPackages.length > LIMITS.sessionMembersMax) {
    return fail('too-many-members');
  }
  const devices = new Set(members.map(({ device }) => device));
  const newcomers: FakeKeyPackage[] = [];
  for (const keyPackage of keyPackages) {
    const checked = checkKeyPackage(context, keyPackage, nowMs);
    if (!checked.ok) return checked;
    const { device } = checked.value.content.credential;
    if (devices.has(device)) return fail('already-member');
    devices.add(device);
    newcomers.push(checked.value);
  }
  const leaves = withNewcomers(group.leaves, newcomers);
  const committed = commit(context, group, leaves, { adds: keyPackages, removes: [], psks: [] });
  if (!committed.ok) return committed;
  const { state: after, message } = committed.value;
  const welcomes = newcomers.map((each) => welcomeFor(context, committed.value.group, each));
  return ok({ state: after, message, welcomes });
}

/** Each takes the leftmost blank leaf. */
export function withNewcomers(
  leaves: Group['leaves'],
  newcomers: readonly FakeKeyPackage[],
): readonly (Leaf | null)[] {
  const filled = [...leaves];
  for (const { content, leafPublic } of newcomers) {
    const blank = filled.indexOf(null);
    const leaf = { credential: content.credential, publicKey: leafPublic };
    filled[blank === -1 ? filled.length : blank] = leaf;
  }
  return filled;
}

function welcomeFor(context: FakeContext, group: Group, newcomer: FakeKeyPackage): Uint8Array {
  const { groupId, keys, leaves, deviceSeed } = group;
  const info = encode([groupId, keys.epoch, keys.secret, leaves.map(leafFields)]);
  const signature = context.suite.sign(deviceSeed, digest('welcome', info));
  const boxing = {
    publicKey: newcomer.content.publicKey,
    nonce: context.draw(),
    aad: newcomer.ref,
  };
  return record('welcome', [newcomer.ref, box(encode([info, signature]), boxing)]);
}

export function removeMembers(
  context: FakeContext,
  state: Uint8Array,
  devices: readonly DeviceKey[],
): Checked<Outgoing> {
  if (devices.length === 0) throw new Error('nobody to remove');
  const loaded = loadOwnGroup(state);
  if (!loaded.ok) return loaded;
  const { leaves } = loaded.value;
  const removes: number[] = [];
  for (const device of new Set(devices)) {
    const index = leaves.findIndex((leaf) => leaf?.credential.device === device);
    if (index === -1) return fail('not-member');
    if (index === 0) return fail('forbidden');
    removes.push(index);
  }
  const after = leaves.map((leaf, index) => (removes.includes(index) ? null : leaf));
  const committed = commit(context, loaded.value, after, { adds: [], removes, psks: [] });
  return committed.ok ? outgoing(committed.value) : committed;
}

export function rotate(
  context: FakeContext,
  state: Uint8Array,
  psk: Psk | null,
): Checked<Outgoing> {
  const loaded = loadOwnGroup(state);
  if (!loaded.ok) return loaded;
  const change = { adds: [], removes: [], psks: psk === null ? [] : [psk] };
  const committed = commit(context, loaded.value, loaded.value.leaves, change);
  return committed.ok ? outgoing(committed.value) : committed;
}

function outgoing({ state, message }: Outgoing): Checked<Outgoing> {
  return ok({ state, message });
}

export function encrypt(
  state: Uint8Array,
  content: { readonly plaintext: Uint8Array; readonly authenticatedData: Uint8Array },
): Checked<Outgoing> {
  const { plaintext, authenticatedData } = content;
  if (plaintext.length > LIMITS.groupPlaintextBytesMax) return fail('too-large');
  if (authenticatedData.length > LIMITS.authenticatedDataBytesMax) return fail('too-large');
  const loaded = loadOwnGroup(state);
  if (!loaded.ok) return loaded;
  const { keys } = loaded.value;
  const head = headOf(loaded.value, 'application', authenticatedData);
  const message = encodeFrame(keys, head, plaintext);
  const after = { ...loaded.value, keys: { ...keys, next: keys.next + 1 } };
  return ok({ state: storeGroup(after), message });
}
