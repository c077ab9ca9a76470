// What is sealed for somebody who reads no group yet: a Welcome, and the first contact (spec/session.md §4, §5).

import type { ChainKey, ConversationId, IdentityKey } from '../brand.ts';
import { concatBytes } from '../bytes/compare.ts';
import { fromHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS } from '../crypto/tagged.ts';
import { readCertificate } from '../identity/certificate.ts';
import type { Certificate, CertificateReason } from '../identity/certificate.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { sessionIdFrom } from './names.ts';
import type { Contact } from './work-types.ts';

/** A Welcome with what a newcomer needs to believe it. */
export interface Envelope {
  readonly owner: Certificate;
  /** Of every member of the group, newcomers and owner included. */
  readonly members: readonly Certificate[];
  readonly welcome: Uint8Array;
}

export type EnvelopeReason = CertificateReason | 'too-many-members';

const version = 1;

/** [version, owner's certificate, [certificate …], Welcome]. */
export function encodeEnvelope({ owner, members, welcome }: Envelope): Uint8Array {
  return encode([version, owner.bytes, members.map(({ bytes }) => bytes), welcome]);
}

/** Verifies every certificate. */
export function decodeEnvelope(suite: Suite, bytes: Uint8Array): Result<Envelope, EnvelopeReason> {
  if (bytes.length > LIMITS.sealedBytesMax) return fail('too-large');
  const reader = new CborReader(bytes);
  reader.tuple(4);
  const foundVersion = reader.uint();
  if (!reader.failed && foundVersion !== version) return fail('unknown-version');
  const ownerBytes = reader.byteString();
  const count = reader.arrayLength();
  if (count > LIMITS.sessionMembersMax) return fail('too-many-members');
  const memberBytes: Uint8Array[] = [];
  for (let at = 0; at < count && !reader.failed; at += 1) memberBytes.push(reader.byteString());
  const welcome = reader.byteString();
  const fault = reader.finish();
  if (fault !== null) return fail(fault);
  const owner = readCertificate(suite, ownerBytes);
  if (!owner.ok) return owner;
  const members: Certificate[] = [];
  for (const each of memberBytes) {
    const member = readCertificate(suite, each);
    if (!member.ok) return member;
    members.push(member.value);
  }
  return ok({ owner: owner.value, members, welcome });
}

/** What binds a sealed Welcome to its place: 72 bytes. */
export function envelopeAad(session: ConversationId, chain: ChainKey): Uint8Array {
  return concatBytes(fromHex(session), fromHex(chain));
}

/** What binds a sealed first contact to its place: 32 bytes. */
export function contactAad(inbox: ConversationId): Uint8Array {
  return fromHex(inbox);
}

export type ContactReason = CertificateReason;

/** [version, secret, inviter's certificate, time, signature]. One Ed25519 signature, good for this recipient only. */
export function makeContact(
  suite: Suite,
  fields: {
    /** Of the session. */
    readonly secret: Uint8Array;
    /** Of the inviter. */
    readonly certificate: Certificate;
    /** Of the device that the certificate names. */
    readonly deviceSeed: Uint8Array;
    readonly recipient: IdentityKey;
    readonly madeMs: number;
  },
): Uint8Array {
  const { secret, certificate, deviceSeed, recipient, madeMs } = fields;
  const session = sessionIdFrom(suite, secret);
  const signature = suite.sign(deviceSeed, contactMessage(session, recipient, madeMs));
  return encode([version, secret, certificate.bytes, madeMs, signature]);
}

/** Verifies certificate and signature: two Ed25519 verifications. */
export function readContact(
  suite: Suite,
  bytes: Uint8Array,
  recipient: IdentityKey,
): Result<Contact, ContactReason> {
  const reader = new CborReader(bytes);
  reader.tuple(5);
  const foundVersion = reader.uint();
  if (!reader.failed && foundVersion !== version) return fail('unknown-version');
  const secret = reader.byteString(32);
  const certificateBytes = reader.byteString();
  const madeMs = reader.uint();
  const signature = reader.byteString(64);
  const fault = reader.finish();
  if (fault !== null) return fail(fault);
  const certificate = readCertificate(suite, certificateBytes);
  if (!certificate.ok) return certificate;
  const device = fromHex(certificate.value.device);
  const session = sessionIdFrom(suite, secret);
  const message = contactMessage(session, recipient, madeMs);
  if (!suite.verify(device, message, signature)) return fail('bad-signature');
  return ok({ session, secret, certificate: certificateBytes, madeMs });
}

function contactMessage(
  session: ConversationId,
  recipient: IdentityKey,
  madeMs: number,
): Uint8Array {
  return concatBytes(TAGS.contact, fromHex(session), fromHex(recipient), encode(madeMs));
}
