// By a certificate an identity key vouches for a device key and says what it is called (spec/identity.md §2).

import type { DeviceKey, IdentityKey } from '../brand.ts';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { utf8Length } from '../bytes/utf8.ts';
import { encode } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { CborReason } from '../codec/reader.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHashHex } from '../crypto/tagged.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { checkName, nameFromKey } from './name.ts';

export interface Certificate {
  readonly identity: IdentityKey;
  readonly device: DeviceKey;
  /** Milliseconds since 1970, by the clock of its maker. */
  readonly createdMs: number;
  /** Fit to be shown: what the certificate says, or a name made from the key where that is not fit. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** 64 hex digits: what `prev` of a chain's first entry is, and what each signature of the chain covers. */
  readonly hash: string;
}

export type CertificateReason =
  | CborReason
  | 'unknown-version'
  | 'bad-name-length'
  | 'bad-time'
  | 'bad-signature';

const version = 1;

/** Throws on a name that `checkName` refuses or would change. */
export function makeCertificate(
  suite: Suite,
  fields: {
    readonly identitySeed: Uint8Array;
    readonly device: DeviceKey;
    readonly createdMs: number;
    readonly name: string;
  },
): Certificate {
  const { identitySeed, device, createdMs, name } = fields;
  const checked = checkName(name);
  if (!checked.ok || checked.value !== name) throw new Error(`not a checked name: ${name}`);
  const identityBytes = suite.publicKey(identitySeed);
  const inner = [version, identityBytes, fromHex(device), createdMs, name];
  const signature = suite.sign(identitySeed, concatBytes(TAGS.certificate, encode(inner)));
  const bytes = encode([inner, signature]);
  const identity = toHex(identityBytes) as IdentityKey;
  return { identity, device, createdMs, name, bytes, hash: hashOf(suite, bytes) };
}

/** Decodes and verifies: one Ed25519 verification. */
export function readCertificate(
  suite: Suite,
  bytes: Uint8Array,
): Result<Certificate, CertificateReason> {
  const parts = readParts(bytes);
  if (!parts.ok) return parts;
  const { identityBytes, inner, signature } = parts.value;
  const message = concatBytes(TAGS.certificate, inner);
  if (!suite.verify(identityBytes, message, signature)) return fail('bad-signature');
  return ok(certificateOf(suite, bytes, parts.value));
}

/** Decodes bytes that `readCertificate` accepted before, without verifying again; throws on others. */
export function restoreCertificate(suite: Suite, bytes: Uint8Array): Certificate {
  const known = restored.get(bytes);
  if (known !== undefined) return known;
  const parts = readParts(bytes);
  if (!parts.ok) throw new Error(`no certificate: ${parts.reason}`);
  const certificate = certificateOf(suite, bytes, parts.value);
  restored.set(bytes, certificate);
  return certificate;
}

/** Every entry needs its chain's certificate, which is the same bytes as long as the chain is held. */
const restored = new WeakMap<Uint8Array, Certificate>();

interface Parts {
  readonly identityBytes: Uint8Array;
  readonly deviceBytes: Uint8Array;
  readonly createdMs: number;
  readonly rawName: string;
  readonly inner: Uint8Array;
  readonly signature: Uint8Array;
}

function readParts(bytes: Uint8Array): Result<Parts, CertificateReason> {
  if (bytes.length > LIMITS.certificateBytesMax) return fail('too-large');
  const reader = new CborReader(bytes);
  reader.tuple(2);
  const innerStart = reader.offset;
  reader.tuple(5);
  const foundVersion = reader.uint();
  const identityBytes = reader.byteString(32);
  const deviceBytes = reader.byteString(32);
  const createdMs = reader.uint();
  const rawName = reader.text();
  const inner = bytes.subarray(innerStart, reader.offset);
  const signature = reader.byteString(64);
  const fault = reader.finish();
  if (fault !== null) return fail(fault);
  if (foundVersion !== version) return fail('unknown-version');
  if (createdMs > LIMITS.timeMsMax) return fail('bad-time');
  if (rawName === '' || utf8Length(rawName) > LIMITS.nameBytesMax) return fail('bad-name-length');
  return ok({ identityBytes, deviceBytes, createdMs, rawName, inner, signature });
}

function certificateOf(suite: Suite, bytes: Uint8Array, parts: Parts): Certificate {
  const identity = toHex(parts.identityBytes) as IdentityKey;
  const device = toHex(parts.deviceBytes) as DeviceKey;
  const hash = hashOf(suite, bytes);
  // What a name may be grows with Unicode, so it must not decide which signed bytes are valid.
  const checked = checkName(parts.rawName);
  const fit = checked.ok && checked.value === parts.rawName;
  const name = fit ? parts.rawName : nameFromKey(identity);
  return { identity, device, createdMs: parts.createdMs, name, bytes, hash };
}

function hashOf(suite: Suite, bytes: Uint8Array): string {
  return taggedHashHex(suite, TAGS.certificate, bytes);
}
