// Messages and commits of the fake SessionCrypto as they travel.

import { LIMITS, concatBytes, decode, encode, fail, ok } from '@parley/core';
import type { CborValue, Psk } from '@parley/core';
import { digest, keyBytes, lock, readRecord, record, unlock } from './fake-session-bytes.ts';
import type { Checked, EpochKeys } from './fake-session-group.ts';

const limits = { fields: 6, bytesMax: LIMITS.groupMessageBytesMax };

export interface FrameHead {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly kind: 'application' | 'commit';
  readonly generation: number;
  readonly authenticatedData: Uint8Array;
}

export interface Frame {
  readonly head: FrameHead;
  readonly locked: Uint8Array;
}

function headFields(head: FrameHead): readonly CborValue[] {
  return [head.groupId, head.epoch, head.kind, head.generation, head.authenticatedData];
}

function messageKey({ secret }: EpochKeys, { kind, generation }: FrameHead): Uint8Array {
  return digest('message', secret, encode([kind, generation]));
}

/** Locks the plaintext and what stands before it under the epoch's secret. */
export function encodeFrame(keys: EpochKeys, head: FrameHead, plaintext: Uint8Array): Uint8Array {
  const fields = headFields(head);
  return record('message', [...fields, lock(messageKey(keys, head), plaintext, encode(fields))]);
}

export function decodeFrame(bytes: Uint8Array): Checked<Frame> {
  const read = readRecord('message', bytes, limits);
  if (!read.ok) return read;
  const [groupId, epoch, kind, generation, authenticatedData, locked] = read.value;
  if (!(groupId instanceof Uint8Array) || typeof epoch !== 'number') return fail('malformed');
  if (kind !== 'application' && kind !== 'commit') return fail('malformed');
  if (typeof generation !== 'number' || !(locked instanceof Uint8Array)) return fail('malformed');
  if (!(authenticatedData instanceof Uint8Array)) return fail('malformed');
  return ok({ head: { groupId, epoch, kind, generation, authenticatedData }, locked });
}

/** Null where anything was changed, or the keys are not those of the epoch. */
export function openFrame(keys: EpochKeys, { head, locked }: Frame): Uint8Array | null {
  return unlock(messageKey(keys, head), locked, encode(headFields(head)));
}

/** What a commit does. */
export interface CommitBody {
  /** Key packages. */
  readonly adds: readonly Uint8Array[];
  /** Leaves. */
  readonly removes: readonly number[];
  readonly pskIds: readonly Uint8Array[];
  /** The commit secret, boxed to each leaf that stays, for commits with fresh keys. */
  readonly path: readonly (readonly [leaf: number, boxed: Uint8Array])[];
}

export function encodeBody(body: CommitBody): Uint8Array {
  return encode([body.adds, body.removes, body.pskIds, body.path]);
}

/** Of bytes that unlocked, and so were made by encodeBody. */
export function decodeBody(bytes: Uint8Array): CommitBody {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new Error(`a commit that unlocked does not decode: ${decoded.reason}`);
  const [adds, removes, pskIds, path] = decoded.value as unknown as readonly [
    CommitBody['adds'],
    CommitBody['removes'],
    CommitBody['pskIds'],
    CommitBody['path'],
  ];
  return { adds, removes, pskIds, path };
}

/** The next epoch's secret: it takes the last one, the fresh one, the pre-shared ones, and the same commit. */
export function nextSecret(
  keys: EpochKeys,
  commitSecret: Uint8Array,
  psks: readonly Psk[],
  body: Uint8Array,
): Uint8Array {
  const mixed = digest('psks', ...psks.flatMap(({ id, secret }) => [id, secret]));
  return digest('epoch', keys.secret, commitSecret, mixed, body);
}

/** A commit with the proof that its maker reached the same next secret. */
export function withConfirmation(next: Uint8Array, body: Uint8Array): Uint8Array {
  return concatBytes(digest('confirm', next), body);
}

export function splitConfirmation(plaintext: Uint8Array): {
  readonly confirmation: Uint8Array;
  readonly body: Uint8Array;
} {
  return { confirmation: plaintext.subarray(0, keyBytes), body: plaintext.subarray(keyBytes) };
}

export function confirmationOf(next: Uint8Array): Uint8Array {
  return digest('confirm', next);
}

export const noSecret: Uint8Array = new Uint8Array(keyBytes);
