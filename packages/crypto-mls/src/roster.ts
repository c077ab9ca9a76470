// Who is in a group.

import type { GroupState } from 'ts-mls/clientState.js';
import type { LeafNode } from 'ts-mls/leafNode.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import { fail, ok } from '@parley/core';
import type { Credential, DeviceKey, Roster } from '@parley/core';
import type { Checked } from './attempt.ts';
import { readCredential } from './credential.ts';

/** Of a leaf in a tree that was checked before, and so has a credential we can read. */
function credentialOf(leaf: LeafNode): Credential {
  const credential = readCredential(leaf.credential, leaf.signaturePublicKey);
  if (credential === null) throw new Error('a leaf of a checked tree has a foreign credential');
  return credential;
}

/** Null for a blank leaf and for none. */
export function memberAt(tree: RatchetTree, leafIndex: number): Credential | null {
  const node = tree[2 * leafIndex];
  return node?.nodeType === 'leaf' ? credentialOf(node.leaf) : null;
}

/** Null if the device is not in the tree. */
export function leafIndexOf(tree: RatchetTree, device: DeviceKey): number | null {
  for (let leafIndex = 0; 2 * leafIndex < tree.length; leafIndex += 1) {
    if (memberAt(tree, leafIndex)?.device === device) return leafIndex;
  }
  return null;
}

function membersIn(tree: RatchetTree): Credential[] {
  return tree.flatMap((node) => (node?.nodeType === 'leaf' ? [credentialOf(node.leaf)] : []));
}

export function rosterOf(state: GroupState): Checked<Roster> {
  const { groupContext, ratchetTree } = state;
  const owner = memberAt(ratchetTree, 0);
  if (owner === null) return fail('bad-state');
  const isActive = state.groupActiveState.kind === 'active';
  return ok({
    groupId: Uint8Array.from(groupContext.groupId),
    epoch: Number(groupContext.epoch),
    owner,
    members: membersIn(ratchetTree),
    self: isActive ? memberAt(ratchetTree, state.privatePath.leafIndex) : null,
  });
}
