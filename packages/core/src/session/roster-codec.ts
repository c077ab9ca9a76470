// A roster as bytes: what members tell each other about who is in a session (spec/session.md §2).

import type { ChainKey, IdentityKey } from '../brand.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encodedSize } from '../codec/cbor.ts';
import type { CborValue } from '../codec/cbor.ts';
import type { CborReader } from '../codec/reader.ts';
import type { Suite } from '../crypto/suite.ts';
import { readCertificate } from '../identity/certificate.ts';
import type { CertificateReason } from '../identity/certificate.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Membership, SessionRoster } from './roster.ts';

export type RosterReason =
  | CertificateReason
  | 'too-many-people'
  | 'too-many-cuts'
  | 'not-ascending'
  | 'no-initiator'
  | 'bad-counter';

const identityBytes = 32;
const chainKeyBytes = 40;
/** Certificate, added, removed, cuts. */
const membershipFields = 4;

/** [initiator, founders, [certificate, added, removed, [[chain, count] …]] …]. */
export function rosterValue({ initiator, founders, members }: SessionRoster): CborValue {
  const people = [...members].toSorted(byKey);
  return [
    fromHex(initiator),
    founders.map(fromHex),
    people.map(([, membership]) => membershipValue(membership)),
  ];
}

function membershipValue({ certificate, added, removed, cuts }: Membership): CborValue {
  const ascending = [...cuts].toSorted(byKey);
  const pairs = ascending.map(([chain, count]): CborValue => [fromHex(chain), count]);
  return [certificate, added, removed, pairs];
}

function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1;
}

/** Rosters of at most so many bytes each, which merge into the whole. A single person may take more. */
export function splitRoster(roster: SessionRoster, bytesMax: number): SessionRoster[] {
  const headBytes = encodedSize(rosterValue({ ...roster, members: new Map() }));
  const parts: Map<IdentityKey, Membership>[] = [];
  let part = new Map<IdentityKey, Membership>();
  let bytes = 0;
  for (const [identity, membership] of roster.members) {
    const size = encodedSize(membershipValue(membership));
    if (part.size === 0 || bytes + size > bytesMax) {
      part = new Map();
      parts.push(part);
      // The head of the list of people may grow by two bytes.
      bytes = headBytes + 2;
    }
    part.set(identity, membership);
    bytes += size;
  }
  return parts.map((members) => ({ ...roster, members }));
}

/** The next item as a roster. Verifies every certificate in it: one Ed25519 verification each. */
export function readRoster(suite: Suite, reader: CborReader): Result<SessionRoster, RosterReason> {
  reader.tuple(3);
  const initiator = toHex(reader.byteString(identityBytes)) as IdentityKey;
  const founders = readFounders(reader, initiator);
  if (!founders.ok) return founders;
  const count = reader.arrayLength();
  if (count > LIMITS.sessionPeopleMax) return fail('too-many-people');
  const members = new Map<IdentityKey, Membership>();
  let last = '';
  for (let at = 0; at < count && !reader.failed; at += 1) {
    const read = readMembership(suite, reader);
    if (!read.ok) return read;
    const { identity, membership } = read.value;
    if (identity <= last) return fail('not-ascending');
    last = identity;
    members.set(identity, membership);
  }
  return reader.fault === null
    ? ok({ initiator, founders: founders.value, members })
    : faultOf(reader);
}

function readFounders(
  reader: CborReader,
  initiator: IdentityKey,
): Result<readonly IdentityKey[], RosterReason> {
  const count = reader.arrayLength();
  if (count > LIMITS.sessionMembersMax) return fail('too-many-people');
  const founders: IdentityKey[] = [];
  for (let at = 0; at < count && !reader.failed; at += 1) {
    founders.push(toHex(reader.byteString(identityBytes)) as IdentityKey);
  }
  if (reader.failed) return faultOf(reader);
  if (!isAscending(founders)) return fail('not-ascending');
  return founders.includes(initiator) ? ok(founders) : fail('no-initiator');
}

function readMembership(
  suite: Suite,
  reader: CborReader,
): Result<{ readonly identity: IdentityKey; readonly membership: Membership }, RosterReason> {
  reader.tuple(membershipFields);
  const bytes = reader.byteString();
  const added = reader.uint();
  const removed = reader.uint();
  const cuts = readCuts(reader);
  if (!cuts.ok) return cuts;
  const isSound = added >= 1 && added <= LIMITS.rosterChangesMax && removed <= added;
  if (!isSound) return fail('bad-counter');
  const certificate = readCertificate(suite, bytes);
  if (!certificate.ok) return certificate;
  const membership = { certificate: bytes, added, removed, cuts: cuts.value };
  return ok({ identity: certificate.value.identity, membership });
}

function readCuts(reader: CborReader): Result<ReadonlyMap<ChainKey, number>, RosterReason> {
  const count = reader.arrayLength();
  if (count > LIMITS.rosterCutsMax) return fail('too-many-cuts');
  const cuts = new Map<ChainKey, number>();
  for (let at = 0; at < count && !reader.failed; at += 1) {
    reader.tuple(2);
    const chain = toHex(reader.byteString(chainKeyBytes)) as ChainKey;
    cuts.set(chain, reader.uint());
  }
  if (reader.failed) return faultOf(reader);
  if (cuts.size !== count || !isAscending([...cuts.keys()])) return fail('not-ascending');
  const isSound = [...cuts.values()].every((cut) => cut <= LIMITS.seqMax + 1);
  return isSound ? ok(cuts) : fail('bad-counter');
}

function isAscending(keys: readonly string[]): boolean {
  return keys.every((key, at) => at === 0 || (keys[at - 1] ?? '') < key);
}

function faultOf(reader: CborReader): { readonly ok: false; readonly reason: RosterReason } {
  return fail(reader.fault ?? 'wrong-type');
}
