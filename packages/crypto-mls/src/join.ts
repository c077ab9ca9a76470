// Joining a group from a Welcome, which only the group's owner may have made.

import { joinGroup as joinMlsGroup } from 'ts-mls/clientState.js';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import type { GroupInfo } from 'ts-mls/groupInfo.js';
import { ratchetTreeFromExtension } from 'ts-mls/groupInfo.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { decodeMlsMessage, mlsMessageEncoder } from 'ts-mls/message.js';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import type { Welcome } from 'ts-mls/welcome.js';
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';
import { LIMITS, equalBytes, fail, ok } from '@parley/core';
import type { JoinOptions, Joined, Vouch } from '@parley/core';
import type { Checked } from './attempt.ts';
import { attempt, decodeStrictly } from './attempt.ts';
import { Gatekeeper, readCredential, sameCredential } from './credential.ts';
import { readSecret } from './key-package.ts';
import type { KeyPackagePair } from './key-package.ts';
import { rosterOf } from './roster.ts';
import { OWNER_LEAF, storeGroup } from './state.ts';
import { SUITE_NAME, configWith, loadSuite } from './suite.ts';

const codec = {
  decode: decodeMlsMessage,
  encode: encode(mlsMessageEncoder),
  bytesMax: LIMITS.welcomeBytesMax,
};

/** Nodes of a full tree with so many leaves. */
const nodesMax = 2 * LIMITS.sessionMembersMax - 1;

export async function joinGroup(vouch: Vouch, options: JoinOptions): Promise<Checked<Joined>> {
  const secret = await readSecret(options.keyPackageSecret);
  if (!secret.ok) return secret;
  const message = decodeStrictly(codec, options.welcome);
  if (!message.ok) return message;
  if (message.value.wireformat !== 'mls_welcome') return fail('malformed');
  const { welcome } = message.value;
  const info = await openWelcome(welcome, secret.value);
  if (!info.ok) return info;
  const objection = objectionTo(info.value, options);
  if (objection !== null) return fail(objection);
  return enter(vouch, welcome, secret.value);
}

/** The library checks less of what is inside than we want, and shows none of it before it has joined. */
async function openWelcome(
  welcome: Welcome,
  { publicPackage, privatePackage }: KeyPackagePair,
): Promise<Checked<GroupInfo>> {
  if (welcome.cipherSuite !== SUITE_NAME) return fail('unsupported');
  const suite = await loadSuite();
  const ref = await makeKeyPackageRef(publicPackage, suite.hash);
  if (!welcome.secrets.some(({ newMember }) => equalBytes(newMember, ref))) {
    return fail('not-for-us');
  }
  const opened = await attempt('invalid', async () => {
    const key = await suite.hpke.importPrivateKey(privatePackage.initPrivateKey);
    const secrets = await decryptGroupSecrets(key, ref, welcome, suite.hpke);
    if (secrets === undefined || secrets.psks.length > 0) return undefined;
    const noPsk = new Uint8Array(suite.kdf.size);
    return decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, suite);
  });
  if (!opened.ok) return opened;
  return opened.value === undefined ? fail('forbidden') : ok(opened.value);
}

type Objection = 'wrong-group' | 'wrong-owner' | 'forbidden' | 'malformed' | 'too-many-members';

function objectionTo(info: GroupInfo, { groupId, owner }: JoinOptions): Objection | null {
  if (!equalBytes(info.groupContext.groupId, groupId)) return 'wrong-group';
  if (info.groupContext.extensions.length > 0) return 'forbidden';
  const tree = treeOf(info);
  if (tree === undefined) return 'malformed';
  if (tree.length > nodesMax) return 'too-many-members';
  const [first] = tree;
  if (first?.nodeType !== 'leaf') return 'wrong-owner';
  const credential = readCredential(first.leaf.credential, first.leaf.signaturePublicKey);
  const isOwners = credential !== null && sameCredential(credential, owner);
  // A reader, too, could make a Welcome, to a fork of the group that the owner knows nothing of.
  return isOwners && info.signer === OWNER_LEAF ? null : 'wrong-owner';
}

function treeOf(info: GroupInfo): ReturnType<typeof ratchetTreeFromExtension> {
  try {
    return ratchetTreeFromExtension(info);
  } catch {
    return undefined;
  }
}

async function enter(
  vouch: Vouch,
  welcome: Welcome,
  { publicPackage, privatePackage }: KeyPackagePair,
): Promise<Checked<Joined>> {
  const suite = await loadSuite();
  const gatekeeper = new Gatekeeper(vouch);
  const joined = await attempt('invalid', () =>
    joinMlsGroup(
      welcome,
      publicPackage,
      privatePackage,
      emptyPskIndex,
      suite,
      undefined,
      undefined,
      configWith(gatekeeper),
    ),
  );
  if (!joined.ok) return gatekeeper.refused ? fail('not-vouched') : joined;
  const roster = rosterOf(joined.value);
  if (!roster.ok) return roster;
  const stored = await storeGroup(joined.value);
  return stored.ok ? ok({ state: stored.value, roster: roster.value }) : stored;
}
