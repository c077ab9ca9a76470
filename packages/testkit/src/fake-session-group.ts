// The state of a group of the fake SessionCrypto, and its bytes.

import { LIMITS, fail, fromHex, ok, toHex } from '@parley/core';
import type {
  Credential,
  DeviceKey,
  IdentityKey,
  Result,
  Roster,
  SessionCryptoReason,
  Suite,
  Vouch,
} from '@parley/core';
import { keep, readKept } from './fake-session-bytes.ts';

export type Checked<Value> = Result<Value, SessionCryptoReason>;

/** What the parts of one fake share. */
export interface FakeContext {
  readonly suite: Suite;
  readonly vouch: Vouch;
  /** 32 bytes never drawn before. */
  readonly draw: () => Uint8Array;
}

export interface Leaf {
  readonly credential: Credential;
  /** What commits are boxed to. */
  readonly publicKey: Uint8Array;
}

/** The keys of one epoch, and which of its messages have been sent or read. */
export interface EpochKeys {
  readonly epoch: number;
  readonly secret: Uint8Array;
  /** The generation after the newest. */
  readonly next: number;
  /** Generations below `next` not read yet, ascending. */
  readonly skipped: readonly number[];
}

export interface Group {
  readonly groupId: Uint8Array;
  /** Our leaf; 0 is the owner's. */
  readonly self: number;
  readonly isRemoved: boolean;
  readonly deviceSeed: Uint8Array;
  readonly leafSecret: Uint8Array;
  readonly keys: EpochKeys;
  /** Ascending. */
  readonly former: readonly EpochKeys[];
  readonly leaves: readonly (Leaf | null)[];
}

type KeyFields = readonly [number, Uint8Array, number, readonly number[]];
export type LeafFields = readonly [Uint8Array, Uint8Array, Uint8Array] | null;
type GroupFields = readonly [
  groupId: Uint8Array,
  self: number,
  isRemoved: boolean,
  deviceSeed: Uint8Array,
  leafSecret: Uint8Array,
  keys: KeyFields,
  former: readonly KeyFields[],
  leaves: readonly LeafFields[],
];

const limits = { fields: 8, bytesMax: LIMITS.groupStateBytesMax };

function keyFields({ epoch, secret, next, skipped }: EpochKeys): KeyFields {
  return [epoch, secret, next, skipped];
}

function keysOf([epoch, secret, next, skipped]: KeyFields): EpochKeys {
  return { epoch, secret, next, skipped };
}

export function leafFields(leaf: Leaf | null): LeafFields {
  if (leaf === null) return null;
  const { identity, device } = leaf.credential;
  return [fromHex(identity), fromHex(device), leaf.publicKey];
}

export function leafOf(fields: LeafFields): Leaf | null {
  if (fields === null) return null;
  const [identity, device, publicKey] = fields;
  return { credential: credentialOf(identity, device), publicKey };
}

export function credentialOf(identity: Uint8Array, device: Uint8Array): Credential {
  return { identity: toHex(identity) as IdentityKey, device: toHex(device) as DeviceKey };
}

export function storeGroup(group: Group): Uint8Array {
  const { groupId, self, isRemoved, deviceSeed, leafSecret, keys, former, leaves } = group;
  return keep('group', [
    groupId,
    self,
    isRemoved,
    deviceSeed,
    leafSecret,
    keyFields(keys),
    former.map(keyFields),
    leaves.map(leafFields),
  ]);
}

export function loadGroup(bytes: Uint8Array): Checked<Group> {
  const kept = readKept<GroupFields>('group', bytes, limits);
  if (!kept.ok) return kept;
  const [groupId, self, isRemoved, deviceSeed, leafSecret, keys, former, leaves] = kept.value;
  return ok({
    groupId,
    self,
    isRemoved,
    deviceSeed,
    leafSecret,
    keys: keysOf(keys),
    former: former.map(keysOf),
    leaves: leaves.map(leafOf),
  });
}

export function loadOwnGroup(bytes: Uint8Array): Checked<Group> {
  const group = loadGroup(bytes);
  return group.ok && group.value.self !== 0 ? fail('not-owner') : group;
}

export function membersOf({ leaves }: Pick<Group, 'leaves'>): Credential[] {
  return leaves.flatMap((leaf) => (leaf === null ? [] : [leaf.credential]));
}

export function rosterOf(group: Group): Checked<Roster> {
  const members = membersOf(group);
  const [owner] = members;
  if (owner === undefined) return fail('bad-state');
  const own = group.leaves[group.self]?.credential ?? null;
  return ok({
    groupId: group.groupId,
    epoch: group.keys.epoch,
    owner,
    members,
    self: group.isRemoved ? null : own,
  });
}
