// Key packages and keys that are well made by other rules than ours.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createGroup } from 'ts-mls/clientState.js';
import type { Capabilities } from 'ts-mls/capabilities.js';
import type { Credential as MlsCredential } from 'ts-mls/credential.js';
import type { CiphersuiteName } from 'ts-mls/crypto/ciphersuite.js';
import { getCiphersuiteFromName } from 'ts-mls/crypto/ciphersuite.js';
import { defaultCryptoProvider } from 'ts-mls/crypto/implementation/default/provider.js';
import type { Extension } from 'ts-mls/extension.js';
import {
  generateKeyPackage,
  generateKeyPackageWithKey,
  signKeyPackage,
} from 'ts-mls/keyPackage.js';
import type { KeyPackage, PrivateKeyPackage } from 'ts-mls/keyPackage.js';
import { signLeafNodeKeyPackage } from 'ts-mls/leafNode.js';
import { defaultLifetime } from 'ts-mls/lifetime.js';
import type { Lifetime } from 'ts-mls/lifetime.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import { createCommit } from 'ts-mls/createCommit.js';
import { fromHex } from '@parley/core';
import type { SessionCryptoReason } from '@parley/core';
import { SessionMember, must } from '@parley/testkit';
import { Gatekeeper, encodeCredential } from '../src/credential.ts';
import { readSecret } from '../src/key-package.ts';
import { SUITE_NAME, configWith, loadSuite, ownCapabilities } from '../src/suite.ts';
import { harness } from './forger.ts';

interface Oddities {
  readonly credential?: MlsCredential;
  readonly capabilities?: Capabilities;
  readonly lifetime?: Lifetime;
  readonly extensions?: Extension[];
  readonly leafExtensions?: Extension[];
}

const anna = new SessionMember(harness(), 'anna');
const nowSeconds = Math.floor(anna.nowMs / 1_000);
const lifetime = { notBefore: BigInt(nowSeconds - 60), notAfter: BigInt(nowSeconds + 3_600) };

function wire(keyPackage: KeyPackage): Uint8Array {
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage });
}

/** A key package signed by anna that differs from ours in what is given. */
async function odd(
  oddities: Oddities,
): Promise<{ readonly publicPackage: KeyPackage; readonly privatePackage: PrivateKeyPackage }> {
  const suite = await loadSuite();
  const keys = { signKey: anna.deviceSeed, publicKey: fromHex(anna.credential.device) };
  return generateKeyPackageWithKey(
    oddities.credential ?? encodeCredential(anna.credential),
    oddities.capabilities ?? ownCapabilities(),
    oddities.lifetime ?? lifetime,
    oddities.extensions ?? [],
    keys,
    suite,
    oddities.leafExtensions,
  );
}

const unknown = { extensionType: 0x1234, extensionData: new Uint8Array() };

const cases: readonly (readonly [string, Oddities, SessionCryptoReason])[] = [
  ['the library’s endless lifetime', { lifetime: defaultLifetime }, 'bad-lifetime'],
  [
    'a lifetime that ends before it begins',
    { lifetime: { notBefore: lifetime.notAfter, notAfter: lifetime.notBefore } },
    'bad-lifetime',
  ],
  [
    'certificates for a credential',
    { credential: { credentialType: 'x509', certificates: [] } },
    'unsupported',
  ],
  [
    'a credential of another length',
    { credential: { credentialType: 'basic', identity: new Uint8Array(63) } },
    'unsupported',
  ],
  [
    'the credential of another device',
    { credential: encodeCredential(new SessionMember(harness(), 'bobby').credential) },
    'unsupported',
  ],
  ['an extension that we do not have', { extensions: [unknown] }, 'unsupported'],
  ['an extension of its leaf', { leafExtensions: [unknown] }, 'unsupported'],
  [
    'a last-resort extension that says more',
    { extensions: [{ extensionType: 0x000a, extensionData: Uint8Array.of(1) }] },
    'unsupported',
  ],
  [
    'capabilities without our suite',
    { capabilities: { ...ownCapabilities(), ciphersuites: [] } },
    'unsupported',
  ],
  [
    'capabilities without our version',
    { capabilities: { ...ownCapabilities(), versions: [] } },
    'unsupported',
  ],
];

test.each(cases)('a key package with %s is refused', async (_name, oddities, reason) => {
  expect.hasAssertions();
  const { publicPackage } = await odd(oddities);
  const result = await anna.crypto.readKeyPackage(wire(publicPackage), anna.nowMs);
  expect(result).toEqual({ ok: false, reason });
});

test('the same key package without its oddity is read', async () => {
  const { publicPackage } = await odd({});
  const content = must(await anna.crypto.readKeyPackage(wire(publicPackage), anna.nowMs));
  expect(content.credential).toEqual(anna.credential);
});

test('a key package of another ciphersuite is refused', async () => {
  expect.hasAssertions();
  const name: CiphersuiteName = 'MLS_128_DHKEMP256_AES128GCM_SHA256_P256';
  const provided = await defaultCryptoProvider.getCiphersuiteImpl(getCiphersuiteFromName(name));
  // P-256 signatures need a package that is not installed; those of Ed25519 are as wrong here.
  const suite = { ...provided, signature: (await loadSuite()).signature };
  const credential = encodeCredential(anna.credential);
  const { publicPackage } = await generateKeyPackage(
    credential,
    ownCapabilities(),
    lifetime,
    [],
    suite,
  );
  const result = await anna.crypto.readKeyPackage(wire(publicPackage), anna.nowMs);
  expect(result).toEqual({ ok: false, reason: 'unsupported' });
});

test('a key package whose two keys are one is refused', async () => {
  expect.hasAssertions();
  const { publicPackage } = await odd({});
  const suite = await loadSuite();
  const { signature: _, ...rest } = publicPackage;
  const tbs = { ...rest, initKey: publicPackage.leafNode.hpkePublicKey };
  const keyPackage = await signKeyPackage(tbs, anna.deviceSeed, suite.signature);
  const result = await anna.crypto.readKeyPackage(wire(keyPackage), anna.nowMs);
  expect(result).toEqual({ ok: false, reason: 'invalid' });
});

test('nothing is sealed to a public key of small order', async () => {
  expect.hasAssertions();
  const zero = new Uint8Array(32);
  const sealed = await anna.crypto.seal({ publicKey: zero, plaintext: zero, aad: zero });
  expect(sealed).toEqual({ ok: false, reason: 'malformed' });
});

test('nobody is added with an init key of small order', async () => {
  expect.hasAssertions();
  const { publicPackage } = await odd({});
  const suite = await loadSuite();
  const { signature: _, ...rest } = publicPackage;
  const tbs = { ...rest, initKey: new Uint8Array(32) };
  const keyPackage = wire(await signKeyPackage(tbs, anna.deviceSeed, suite.signature));
  const dora = new SessionMember(harness(), 'dora');
  await dora.createGroup();
  const added = await dora.crypto.addMembers(dora.own, [keyPackage], dora.nowMs);
  expect(added).toEqual({ ok: false, reason: 'invalid' });
});

test.each(['init key', 'key of the leaf'])(
  'a key package whose %s is of small order is refused when it is read',
  async (which) => {
    expect.hasAssertions();
    const { publicPackage } = await odd({});
    const suite = await loadSuite();
    const zero = new Uint8Array(32);
    const { signature: _, ...rest } = publicPackage;
    const { signature: __, ...leaf } = rest.leafNode;
    const leafTbs = { ...leaf, hpkePublicKey: zero };
    const leafNode =
      which === 'init key'
        ? rest.leafNode
        : await signLeafNodeKeyPackage(leafTbs, anna.deviceSeed, suite.signature);
    const initKey = which === 'init key' ? zero : rest.initKey;
    const tbs = { ...rest, initKey, leafNode };
    const keyPackage = wire(await signKeyPackage(tbs, anna.deviceSeed, suite.signature));
    const read = await anna.crypto.readKeyPackage(keyPackage, anna.nowMs);
    expect(read).toEqual({ ok: false, reason: 'invalid' });
  },
);

test('a Welcome to a group with too many leaves is refused before its tree is checked', async () => {
  expect.hasAssertions();
  const suite = await loadSuite();
  const credential = encodeCredential(anna.credential);
  const { publicPackage, privatePackage } = await odd({});
  const config = configWith(new Gatekeeper(() => true));
  const state = await createGroup(anna.groupId, publicPackage, privatePackage, [], suite, {
    ...config,
    authService: { validateCredential: async () => true },
  });
  const strangers = await Promise.all(
    Array.from({ length: 33 }, () =>
      generateKeyPackage(credential, ownCapabilities(), lifetime, [], suite),
    ),
  );
  const bobby = new SessionMember(harness(), 'bobby');
  const { secret } = await bobby.makeKeyPackage();
  const packages = [must(await readSecret(secret)), ...strangers];
  const extraProposals = packages.map(({ publicPackage: keyPackage }) => ({
    proposalType: 'add' as const,
    add: { keyPackage },
  }));
  const { welcome } = await createCommit(
    { state, cipherSuite: suite, pskIndex: emptyPskIndex },
    { extraProposals, ratchetTreeExtension: true },
  );
  const result = await bobby.crypto.joinGroup({
    welcome: encodeMlsMessage({
      version: 'mls10',
      wireformat: 'mls_welcome',
      welcome: { ...welcome!, secrets: welcome!.secrets.slice(0, 1) },
    }),
    keyPackageSecret: secret,
    groupId: anna.groupId,
    owner: anna.credential,
  });
  expect(result).toEqual({ ok: false, reason: 'too-many-members' });
});

test('the versions in the lock file are the ones that were examined', () => {
  const file = new URL('../../../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  expect(lock.packages['node_modules/ts-mls']?.version).toBe('1.6.4');
  expect(lock.packages['node_modules/@hpke/core']?.version).toBe('1.9.0');
  expect(SUITE_NAME).toContain('AES128GCM');
});
