// Key packages of the fake SessionCrypto.

import { LIMITS, encode, equalBytes, fail, fromHex, ok, toHex } from '@parley/core';
import type {
  CborValue,
  Credential,
  KeyPackageContent,
  KeyPackageOptions,
  Lifetime,
  NewKeyPackage,
} from '@parley/core';
import { digest, keep, publicOf, readKept, readRecord, record } from './fake-session-bytes.ts';
import { credentialOf } from './fake-session-group.ts';
import type { Checked, FakeContext } from './fake-session-group.ts';

const millisecondsPerSecond = 1_000;
const limits = { fields: 8, bytesMax: LIMITS.keyPackageBytesMax };

type KeyPackageFields = readonly [
  identity: Uint8Array,
  device: Uint8Array,
  initPublic: Uint8Array,
  leafPublic: Uint8Array,
  notBefore: number,
  notAfter: number,
  lastResort: boolean,
  signature: Uint8Array,
];

type SecretFields = readonly [
  initSecret: Uint8Array,
  leafSecret: Uint8Array,
  deviceSeed: Uint8Array,
  keyPackage: Uint8Array,
];

export interface KeyPackageSecret {
  readonly initSecret: Uint8Array;
  readonly leafSecret: Uint8Array;
  readonly deviceSeed: Uint8Array;
  readonly ref: Uint8Array;
}

export interface FakeKeyPackage {
  readonly content: KeyPackageContent;
  readonly ref: Uint8Array;
  readonly leafPublic: Uint8Array;
}

export function checkSigner(
  { suite }: FakeContext,
  credential: Credential,
  deviceSeed: Uint8Array,
): void {
  const device = toHex(suite.publicKey(deviceSeed));
  if (device !== credential.device) {
    throw new Error("the seed is not that of the credential's device key");
  }
}

function refOf(keyPackage: Uint8Array): Uint8Array {
  return digest('ref', keyPackage);
}

export function makeKeyPackage(context: FakeContext, options: KeyPackageOptions): NewKeyPackage {
  const { credential, deviceSeed, lifetime, lastResort } = options;
  checkSigner(context, credential, deviceSeed);
  const fault = lifetimeFault(lifetime);
  if (fault !== null) throw new Error(`a lifetime that others would refuse: ${fault}`);
  const [initSecret, leafSecret] = [context.draw(), context.draw()];
  const fields: readonly CborValue[] = [
    fromHex(credential.identity),
    fromHex(credential.device),
    publicOf(initSecret),
    publicOf(leafSecret),
    Math.floor(lifetime.notBeforeMs / millisecondsPerSecond),
    Math.ceil(lifetime.notAfterMs / millisecondsPerSecond),
    lastResort,
  ];
  const signature = context.suite.sign(deviceSeed, digest('keyPackage', encode(fields)));
  const keyPackage = record('keyPackage', [...fields, signature]);
  const secret = keep('keyPackageSecret', [initSecret, leafSecret, deviceSeed, keyPackage]);
  return { keyPackage, secret, ref: toHex(refOf(keyPackage)) };
}

export function readSecret(bytes: Uint8Array): Checked<KeyPackageSecret> {
  const bytesMax = 2 * LIMITS.keyPackageBytesMax;
  const kept = readKept<SecretFields>('keyPackageSecret', bytes, { fields: 4, bytesMax });
  if (!kept.ok) return kept;
  const [initSecret, leafSecret, deviceSeed, keyPackage] = kept.value;
  return ok({ initSecret, leafSecret, deviceSeed, ref: refOf(keyPackage) });
}

/** As the real one does, in the same order. */
export function checkKeyPackage(
  { suite, vouch }: FakeContext,
  bytes: Uint8Array,
  atMs: number,
): Checked<FakeKeyPackage> {
  const read = readRecord('keyPackage', bytes, limits);
  if (!read.ok) return read;
  if (!hasFields(read.value)) return fail('malformed');
  const [identity, device, initPublic, leafPublic, notBefore, notAfter, lastResort] = read.value;
  const credential = credentialOf(identity, device);
  if (equalBytes(initPublic, leafPublic)) return fail('invalid');
  const lifetime = {
    notBeforeMs: notBefore * millisecondsPerSecond,
    notAfterMs: notAfter * millisecondsPerSecond,
  };
  const fault = lifetimeFault(lifetime) ?? timeFault(lifetime, atMs);
  if (fault !== null) return fail(fault);
  const signed = digest('keyPackage', encode(read.value.slice(0, -1)));
  if (!suite.verify(device, signed, read.value[7])) return fail('invalid');
  if (!vouch(credential)) return fail('not-vouched');
  const ref = refOf(bytes);
  const content = { credential, lifetime, lastResort, ref: toHex(ref), publicKey: initPublic };
  return ok({ content, ref, leafPublic });
}

function hasFields(fields: readonly CborValue[]): fields is KeyPackageFields {
  const [identity, device, initPublic, leafPublic, notBefore, notAfter, lastResort, signature] =
    fields;
  const keys = [identity, device, initPublic, leafPublic];
  return (
    keys.every((key) => key instanceof Uint8Array && key.length === 32) &&
    typeof notBefore === 'number' &&
    typeof notAfter === 'number' &&
    typeof lastResort === 'boolean' &&
    signature instanceof Uint8Array
  );
}

function lifetimeFault({ notBeforeMs, notAfterMs }: Lifetime): 'bad-lifetime' | null {
  const isOrdered = notBeforeMs < notAfterMs && notAfterMs <= LIMITS.timeMsMax;
  const mostMs = LIMITS.keyPackageLifetimeMsMax + 2 * millisecondsPerSecond;
  return isOrdered && notAfterMs - notBeforeMs <= mostMs ? null : 'bad-lifetime';
}

function timeFault(lifetime: Lifetime, atMs: number): 'not-yet-valid' | 'expired' | null {
  if (atMs < lifetime.notBeforeMs) return 'not-yet-valid';
  return atMs > lifetime.notAfterMs ? 'expired' : null;
}
