// The library without our fence around it: what a member may do who runs another program than ours.

import { joinGroup } from 'ts-mls/clientState.js';
import type { ClientState } from 'ts-mls/clientState.js';
import { createCommit } from 'ts-mls/createCommit.js';
import type { CreateCommitOptions } from 'ts-mls/createCommit.js';
import { createApplicationMessage } from 'ts-mls/createMessage.js';
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
import type { PrivateMessage } from 'ts-mls/privateMessage.js';
import type { PskIndex } from 'ts-mls/pskIndex.js';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import { createNodeSuite } from '@parley/crypto-node';
import { must } from '@parley/testkit';
import type { SessionCryptoHarness, SessionMember } from '@parley/testkit';
import { Gatekeeper } from '../src/credential.ts';
import { readSecret } from '../src/key-package.ts';
import { createMlsSessionCrypto } from '../src/session-crypto.ts';
import { loadGroup } from '../src/state.ts';
import { configWith, loadSuite } from '../src/suite.ts';

export function harness(): SessionCryptoHarness {
  return { create: createMlsSessionCrypto, suite: createNodeSuite(), nowMs: Date.now() };
}

/** The library's state of what the adapter stored. */
export async function rawState(bytes: Uint8Array): Promise<ClientState> {
  return must(await loadGroup(() => true, bytes)).state;
}

/** Adds someone who keeps the keys of all leaves; returns its state, and the commit for the others. */
export async function addForger(
  owner: SessionMember,
  forger: SessionMember,
): Promise<{ readonly state: ClientState; readonly commit: Uint8Array }> {
  const { keyPackage, secret } = await forger.makeKeyPackage();
  const added = must(await owner.crypto.addMembers(owner.own, [keyPackage], owner.nowMs));
  owner.own = added.state;
  const { publicPackage, privatePackage } = must(await readSecret(secret));
  const [decoded] = decodeMlsMessage(added.welcomes[0]!, 0)!;
  if (decoded.wireformat !== 'mls_welcome') throw new Error('no Welcome');
  const state = await joinGroup(
    decoded.welcome,
    publicPackage,
    privatePackage,
    emptyPskIndex,
    await loadSuite(),
    undefined,
    undefined,
    configWith(new Gatekeeper(() => true)),
  );
  return { state, commit: added.message };
}

export async function rawCommit(
  state: ClientState,
  options: CreateCommitOptions,
  pskIndex: PskIndex = emptyPskIndex,
): Promise<{ readonly message: Uint8Array; readonly welcome: Uint8Array | null }> {
  const cipherSuite = await loadSuite();
  const { commit, welcome } = await createCommit({ state, cipherSuite, pskIndex }, options);
  return {
    message: encodeMlsMessage(commit),
    welcome:
      welcome === undefined
        ? null
        : encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome }),
  };
}

export function wire(privateMessage: PrivateMessage): Uint8Array {
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage });
}

export function unwire(message: Uint8Array): PrivateMessage {
  const [decoded] = decodeMlsMessage(message, 0)!;
  if (decoded.wireformat !== 'mls_private_message') throw new Error('no PrivateMessage');
  return decoded.privateMessage;
}

export async function rawSay(state: ClientState, text: string): Promise<Uint8Array> {
  const suite = await loadSuite();
  const said = await createApplicationMessage(state, new TextEncoder().encode(text), suite);
  return wire(said.privateMessage);
}
