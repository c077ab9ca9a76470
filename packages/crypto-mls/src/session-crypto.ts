// Core's SessionCrypto on ts-mls 1.6.4.

import { mlsExporter } from 'ts-mls/keySchedule.js';
import { LIMITS, encodeUtf8, fail, ok } from '@parley/core';
import type { Roster, SessionCrypto, Vouch } from '@parley/core';
import type { Checked } from './attempt.ts';
import { attempt } from './attempt.ts';
import { joinGroup } from './join.ts';
import { checkKeyPackage, makeKeyPackage } from './key-package.ts';
import { addMembers, createGroup, encrypt, removeMembers, rotate } from './owner.ts';
import { read } from './read.ts';
import { rosterOf } from './roster.ts';
import { makeInboxKey, open, seal } from './sealed.ts';
import { loadForMessage } from './state.ts';
import { loadSuite } from './suite.ts';

const secretBytes = 32;

/**
 * `vouch` is asked for each credential that comes up from outside: in key packages, Welcomes and commits.
 *
 * The clock of the machine counts in one place beside the times that callers pass: the library refuses to add key packages
 * that are not valid by it.
 */
export function createMlsSessionCrypto(vouch: Vouch): SessionCrypto {
  return {
    makeKeyPackage,
    async readKeyPackage(keyPackage, nowMs) {
      const checked = await checkKeyPackage(vouch, keyPackage, nowMs);
      return checked.ok ? ok(checked.value.content) : checked;
    },
    createGroup,
    addMembers: (state, keyPackages, nowMs) => addMembers(vouch, state, { keyPackages, nowMs }),
    removeMembers: (state, devices) => removeMembers(vouch, state, devices),
    rotate: (state, psk) => rotate(vouch, state, psk),
    encrypt: (state, plaintext, authenticatedData) =>
      encrypt(vouch, state, { plaintext, authenticatedData }),
    joinGroup: (options) => joinGroup(vouch, options),
    read: (state, options) => read(vouch, state, options),
    membersOf: (state) => membersOf(vouch, state),
    exportSecret: (state, label) => exportSecret(vouch, state, label),
    makeInboxKey,
    seal,
    open,
  };
}

async function membersOf(vouch: Vouch, bytes: Uint8Array): Promise<Checked<Roster>> {
  const group = await loadForMessage(vouch, bytes);
  return group.ok ? rosterOf(group.value.state) : group;
}

async function exportSecret(
  vouch: Vouch,
  bytes: Uint8Array,
  label: string,
): Promise<Checked<Uint8Array>> {
  const labelBytes = encodeUtf8(label).length;
  if (labelBytes === 0 || labelBytes > LIMITS.exportLabelBytesMax) throw new Error('no label');
  const group = await loadForMessage(vouch, bytes);
  if (!group.ok) return group;
  const { keySchedule, groupActiveState } = group.value.state;
  if (groupActiveState.kind !== 'active') return fail('removed');
  const suite = await loadSuite();
  return attempt('bad-state', () =>
    mlsExporter(keySchedule.exporterSecret, label, new Uint8Array(), secretBytes, suite),
  );
}
