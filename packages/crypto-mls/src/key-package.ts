// Key packages: made, and read with more distrust than the library has.

import { encode } from 'ts-mls/codec/tlsEncoder.js';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import type { KeyPackage, PrivateKeyPackage } from 'ts-mls/keyPackage.js';
import {
  generateKeyPackageWithKey,
  makeKeyPackageRef,
  verifyKeyPackage,
} from 'ts-mls/keyPackage.js';
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
import type { Lifetime as MlsLifetime } from 'ts-mls/lifetime.js';
import { decodeMlsMessage, mlsMessageEncoder } from 'ts-mls/message.js';
import { LIMITS, concatBytes, equalBytes, fail, fromHex, ok, toHex } from '@parley/core';
import type {
  Credential,
  KeyPackageContent,
  KeyPackageOptions,
  Lifetime,
  NewKeyPackage,
  Vouch,
} from '@parley/core';
import type { Checked } from './attempt.ts';
import { attempt, decodeStrictly } from './attempt.ts';
import { encodeCredential, readCredential } from './credential.ts';
import { unwrap, wrap } from './envelope.ts';
import { isUsable } from './public-key.ts';
import { LAST_RESORT, SUITE_NAME, loadSuite, ownCapabilities } from './suite.ts';

const keyBytes = 32;
const millisecondsPerSecond = 1_000;
/** Rounding to seconds, outwards, may add this. */
const roundingMs = 2 * millisecondsPerSecond;

const codec = {
  decode: decodeMlsMessage,
  encode: encode(mlsMessageEncoder),
  bytesMax: LIMITS.keyPackageBytesMax,
};

export interface KeyPackagePair {
  readonly publicPackage: KeyPackage;
  readonly privatePackage: PrivateKeyPackage;
}

/** A key package, checked, with what it says. */
export interface CheckedKeyPackage {
  readonly keyPackage: KeyPackage;
  readonly content: KeyPackageContent;
}

export async function generate(options: KeyPackageOptions): Promise<KeyPackagePair> {
  const { credential, deviceSeed, lifetime, lastResort } = options;
  if (deviceSeed.length !== keyBytes) throw new Error(`a seed has ${keyBytes} bytes`);
  const suite = await loadSuite();
  const pair = await generateKeyPackageWithKey(
    encodeCredential(credential),
    ownCapabilities(),
    toSeconds(lifetime),
    lastResort ? [{ extensionType: LAST_RESORT, extensionData: new Uint8Array() }] : [],
    { signKey: Uint8Array.from(deviceSeed), publicKey: fromHex(credential.device) },
    suite,
  );
  if (!(await verifyKeyPackage(pair.publicPackage, suite.signature))) {
    throw new Error("the seed is not that of the credential's device key");
  }
  return pair;
}

export async function makeKeyPackage(options: KeyPackageOptions): Promise<NewKeyPackage> {
  const fault = lifetimeFault(options.lifetime);
  if (fault !== null) throw new Error(`a lifetime that others would refuse: ${fault}`);
  const { publicPackage, privatePackage } = await generate(options);
  const keyPackage = codec.encode({
    version: 'mls10',
    wireformat: 'mls_key_package',
    keyPackage: publicPackage,
  });
  const { initPrivateKey, hpkePrivateKey, signaturePrivateKey } = privatePackage;
  const keys = concatBytes(initPrivateKey, hpkePrivateKey, signaturePrivateKey);
  const secret = await wrap('keyPackage', concatBytes(keys, keyPackage));
  return { keyPackage, secret, ref: await refOf(publicPackage) };
}

async function refOf(keyPackage: KeyPackage): Promise<string> {
  return toHex(await makeKeyPackageRef(keyPackage, (await loadSuite()).hash));
}

/** What `makeKeyPackage` put into a secret. */
export async function readSecret(secret: Uint8Array): Promise<Checked<KeyPackagePair>> {
  const body = await unwrap('keyPackage', secret, 2 * LIMITS.keyPackageBytesMax);
  if (!body.ok) return body;
  const part = (start: number, end?: number): Uint8Array => body.value.slice(start, end);
  const publicPackage = decodeKeyPackage(part(3 * keyBytes));
  if (!publicPackage.ok) return fail('bad-state');
  const privatePackage = {
    initPrivateKey: part(0, keyBytes),
    hpkePrivateKey: part(keyBytes, 2 * keyBytes),
    signaturePrivateKey: part(2 * keyBytes, 3 * keyBytes),
  };
  return ok({ publicPackage: publicPackage.value, privatePackage });
}

/** Of what `makeKeyPackage` put into a secret, the private key alone to which others seal: 32 bytes. */
export async function readInitKey(secret: Uint8Array): Promise<Checked<Uint8Array>> {
  const body = await unwrap('keyPackage', secret, 2 * LIMITS.keyPackageBytesMax);
  if (!body.ok) return body;
  return body.value.length > 3 * keyBytes ? ok(body.value.slice(0, keyBytes)) : fail('bad-state');
}

function decodeKeyPackage(bytes: Uint8Array): Checked<KeyPackage> {
  const message = decodeStrictly(codec, bytes);
  if (!message.ok) return message;
  const { value } = message;
  return value.wireformat === 'mls_key_package' ? ok(value.keyPackage) : fail('malformed');
}

/** Everything that can be checked without a group. */
export async function checkKeyPackage(
  vouch: Vouch,
  bytes: Uint8Array,
  nowMs: number,
): Promise<Checked<CheckedKeyPackage>> {
  const decoded = decodeKeyPackage(bytes);
  if (!decoded.ok) return decoded;
  const keyPackage = decoded.value;
  const shape = checkShape(keyPackage, nowMs);
  if (!shape.ok) return shape;
  const suite = await loadSuite();
  const verified = await attempt('invalid', () => verifyBoth(keyPackage, suite));
  if (!verified.ok || !verified.value) return fail('invalid');
  if (!vouch(shape.value)) return fail('not-vouched');
  const content: KeyPackageContent = {
    credential: shape.value,
    lifetime: toMilliseconds(keyPackage.leafNode.lifetime),
    lastResort: keyPackage.extensions.length > 0,
    ref: await refOf(keyPackage),
    publicKey: Uint8Array.from(keyPackage.initKey),
  };
  return ok({ keyPackage, content });
}

async function verifyBoth(keyPackage: KeyPackage, suite: CiphersuiteImpl): Promise<boolean> {
  const leaf = await verifyLeafNodeSignatureKeyPackage(keyPackage.leafNode, suite.signature);
  return leaf && (await verifyKeyPackage(keyPackage, suite.signature));
}

/** What needs no key: whose it is, or why it is not one of ours that is valid at `atMs`. */
export function checkShape(keyPackage: KeyPackage, atMs: number): Checked<Credential> {
  const { leafNode, initKey } = keyPackage;
  const credential = readCredential(leafNode.credential, leafNode.signaturePublicKey);
  if (credential === null || !isSupported(keyPackage)) return fail('unsupported');
  const { hpkePublicKey } = leafNode;
  if (initKey.length !== keyBytes || hpkePublicKey.length !== keyBytes) return fail('malformed');
  if (equalBytes(initKey, hpkePublicKey)) return fail('invalid');
  if (!isUsable(initKey) || !isUsable(hpkePublicKey)) return fail('invalid');
  const lifetime = toMilliseconds(leafNode.lifetime);
  const fault = lifetimeFault(lifetime);
  if (fault !== null) return fail(fault);
  if (atMs < lifetime.notBeforeMs) return fail('not-yet-valid');
  if (atMs > lifetime.notAfterMs) return fail('expired');
  return ok(credential);
}

function isSupported(keyPackage: KeyPackage): boolean {
  const { leafNode, extensions } = keyPackage;
  const { versions, ciphersuites, credentials } = leafNode.capabilities;
  const isLastResort = extensions.every(
    ({ extensionType, extensionData }) =>
      extensionType === LAST_RESORT && extensionData.length === 0,
  );
  return (
    keyPackage.version === 'mls10' &&
    keyPackage.cipherSuite === SUITE_NAME &&
    versions.includes('mls10') &&
    ciphersuites.includes(SUITE_NAME) &&
    credentials.includes('basic') &&
    leafNode.extensions.length === 0 &&
    extensions.length <= 1 &&
    isLastResort
  );
}

function lifetimeFault({ notBeforeMs, notAfterMs }: Lifetime): 'bad-lifetime' | null {
  const isOrdered = notBeforeMs >= 0 && notBeforeMs < notAfterMs && notAfterMs <= LIMITS.timeMsMax;
  const isShort = notAfterMs - notBeforeMs <= LIMITS.keyPackageLifetimeMsMax + roundingMs;
  return isOrdered && isShort ? null : 'bad-lifetime';
}

function toSeconds({ notBeforeMs, notAfterMs }: Lifetime): MlsLifetime {
  return {
    notBefore: BigInt(Math.floor(notBeforeMs / millisecondsPerSecond)),
    notAfter: BigInt(Math.ceil(notAfterMs / millisecondsPerSecond)),
  };
}

function toMilliseconds({ notBefore, notAfter }: MlsLifetime): Lifetime {
  return {
    notBeforeMs: Number(notBefore) * millisecondsPerSecond,
    notAfterMs: Number(notAfter) * millisecondsPerSecond,
  };
}
