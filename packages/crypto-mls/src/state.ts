// A group's state as bytes and back, without the keys for messages that nobody but its owner may send.

import type { ClientState, GroupState } from 'ts-mls/clientState.js';
import { decodeGroupState, groupStateEncoder } from 'ts-mls/clientState.js';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import type { EpochReceiverData } from 'ts-mls/epochReceiverData.js';
import { LIMITS, fail, ok } from '@parley/core';
import type { Vouch } from '@parley/core';
import type { Checked } from './attempt.ts';
import { decodeStrictly } from './attempt.ts';
import { Gatekeeper } from './credential.ts';
import { unwrap, wrap } from './envelope.ts';
import { configWith } from './suite.ts';

export const OWNER_LEAF = 0;

/** A decoded state, and who watches the credentials that come up while it is used. */
export interface Group {
  readonly state: ClientState;
  readonly gatekeeper: Gatekeeper;
}

const codec = {
  decode: decodeGroupState,
  encode: encode(groupStateEncoder),
  bytesMax: LIMITS.groupStateBytesMax,
};

/**
 * Decoded states by the bytes that stand for them, as long as these are in use: several messages follow each other in a work,
 * and decoding takes as long as decrypting.
 */
const decodedStates = new WeakMap<Uint8Array, GroupState>();

/**
 * As `loadGroup`, for whoever encrypts, reads what is no commit, or looks: for that the library copies what it changes.
 * `bytes` must not change.
 */
export async function loadForMessage(vouch: Vouch, bytes: Uint8Array): Promise<Checked<Group>> {
  const known = decodedStates.get(bytes);
  if (known !== undefined) return ok(groupOf(vouch, known));
  const group = await loadGroup(vouch, bytes);
  if (group.ok) decodedStates.set(bytes, group.value.state);
  return group;
}

export async function loadGroup(vouch: Vouch, bytes: Uint8Array): Promise<Checked<Group>> {
  const body = await unwrap('group', bytes, LIMITS.groupStateBytesMax);
  if (!body.ok) return body;
  const decoded = decodeStrictly(codec, body.value);
  if (!decoded.ok) return fail('bad-state');
  return ok(groupOf(vouch, decoded.value));
}

function groupOf(vouch: Vouch, state: GroupState): Group {
  const gatekeeper = new Gatekeeper(vouch);
  return { state: { ...state, clientConfig: configWith(gatekeeper) }, gatekeeper };
}

export async function storeGroup(state: GroupState): Promise<Checked<Uint8Array>> {
  const bytes = await wrap('group', codec.encode(forSendGroup(state)));
  return bytes.length > LIMITS.groupStateBytesMax ? fail('too-large') : ok(bytes);
}

/** As `storeGroup`, for a state that a message led to. */
export async function storeAfterMessage(state: GroupState): Promise<Checked<Uint8Array>> {
  const stored = await storeGroup(state);
  if (stored.ok) decodedStates.set(stored.value, forSendGroup(state));
  return stored;
}

/**
 * Leaf 0 stands at node 0 of every tree. Readers keep its keys alone, so a message of another leaf has nothing it could be
 * decrypted with; and the owner, who reads nothing, keeps no former epoch.
 */
function forSendGroup(state: GroupState): GroupState {
  const isOwner = state.privatePath.leafIndex === OWNER_LEAF;
  const former = isOwner ? [] : [...state.historicalReceiverData];
  return {
    ...state,
    secretTree: state.secretTree.slice(0, 1),
    historicalReceiverData: new Map(former.map(([epoch, data]) => [epoch, forReading(data)])),
  };
}

function forReading(data: EpochReceiverData): EpochReceiverData {
  return {
    ...data,
    secretTree: data.secretTree.slice(0, 1),
    ratchetTree: data.ratchetTree.slice(0, 1),
  };
}
