// Who is in a private session: a set that merges the same everywhere, whatever the order of news (spec/session.md §2).

import type { ChainKey, IdentityKey } from '../brand.ts';
import { compareBytes, equalBytes } from '../bytes/compare.ts';
import type { Certificate } from '../identity/certificate.ts';
import { LIMITS } from '../limits.ts';

/** One person's standing. Counters only grow: of concurrent changes to one person, removal wins. */
export interface Membership {
  /** By which the identity vouches for its device; verified. */
  readonly certificate: Uint8Array;
  /** How often they were let in, from 1. In while this is greater than `removed`. */
  readonly added: number;
  readonly removed: number;
  /** How many entries of each of their chains count, since they were removed that often. Merged by the greater. */
  readonly cuts: ReadonlyMap<ChainKey, number>;
}

export interface SessionRoster {
  readonly initiator: IdentityKey;
  /** Who was in it when it was forked, initiator included, ascending. */
  readonly founders: readonly IdentityKey[];
  readonly members: ReadonlyMap<IdentityKey, Membership>;
}

const noCuts: ReadonlyMap<ChainKey, number> = new Map();

/** Throws unless the initiator's certificate is among them. */
export function newRoster(
  initiator: IdentityKey,
  certificates: readonly Certificate[],
): SessionRoster {
  const members = new Map<IdentityKey, Membership>();
  for (const { identity, bytes } of certificates) {
    members.set(identity, { certificate: bytes, added: 1, removed: 0, cuts: noCuts });
  }
  if (!members.has(initiator)) throw new Error('who forks a session is in it');
  return bounded(initiator, [...members.keys()].toSorted(), members);
}

/** The roster with someone let in, or let in again; the same one if they are in, or if it has no room for them. */
export function withMember(roster: SessionRoster, certificate: Certificate): SessionRoster {
  const { identity, bytes } = certificate;
  const before = roster.members.get(identity);
  if (before !== undefined && isIn(before)) return roster;
  if (before === undefined && roster.members.size >= LIMITS.sessionPeopleMax) return roster;
  const added = Math.max(before?.added ?? 0, before?.removed ?? 0) + 1;
  if (added > LIMITS.rosterChangesMax) return roster;
  const { removed, cuts } = before ?? { removed: 0, cuts: noCuts };
  return withMembership(roster, identity, { certificate: bytes, added, removed, cuts });
}

/**
 * The roster with someone taken out, of whose chains so many entries count still; the same one for someone who was
 * never in. For someone who is out already the greater cuts count.
 */
export function withoutMember(
  roster: SessionRoster,
  identity: IdentityKey,
  cuts: ReadonlyMap<ChainKey, number>,
): SessionRoster {
  const before = roster.members.get(identity);
  if (before === undefined) return roster;
  const { added } = before;
  // What was said of an earlier time does not count: some may have said it of themselves.
  const earlier = isIn(before) ? noCuts : before.cuts;
  const after = { ...before, removed: added, cuts: mergeCuts(earlier, cuts) };
  return withMembership(roster, identity, after);
}

/** The roster with someone who is out removed once more, so that just so many entries of their chains count. */
export function silenced(
  roster: SessionRoster,
  identity: IdentityKey,
  cuts: ReadonlyMap<ChainKey, number>,
): SessionRoster {
  const before = roster.members.get(identity);
  if (before === undefined || isIn(before)) return roster;
  const removed = before.removed + 1;
  if (removed > LIMITS.rosterChangesMax) return roster;
  const after = { ...before, added: removed, removed, cuts: mergeCuts(noCuts, cuts) };
  return withMembership(roster, identity, after);
}

/**
 * What someone's roster says to us. Of themselves people can say that they leave, and nothing else: or they would say
 * beforehand that all counts that they will ever say.
 */
export function heardFrom(
  speaker: IdentityKey,
  theirs: SessionRoster,
  mine: SessionRoster | null,
): SessionRoster {
  const said = theirs.members.get(speaker);
  if (said === undefined) return theirs;
  const first = { certificate: said.certificate, added: 1, removed: 0, cuts: noCuts };
  const known = mine === null ? first : mine.members.get(speaker);
  if (known === undefined) return theirs;
  const leaves = isIn(known) && !isIn(said);
  const heard = leaves ? { ...known, removed: known.added, cuts: said.cuts } : known;
  return withMembership(theirs, speaker, heard);
}

/** Of what two of us know, all that is newer. Initiator and founders are those of `mine`. */
export function mergeRosters(mine: SessionRoster, theirs: SessionRoster): SessionRoster {
  const members = new Map(mine.members);
  for (const [identity, membership] of theirs.members) {
    const known = members.get(identity);
    members.set(identity, known === undefined ? membership : mergeMembership(known, membership));
  }
  return bounded(mine.initiator, mine.founders, members);
}

/** Who is in, ascending; of more than a session may have the first ones. */
export function presentIn(roster: SessionRoster): readonly IdentityKey[] {
  const present: IdentityKey[] = [];
  for (const [identity, membership] of roster.members) if (isIn(membership)) present.push(identity);
  return present.toSorted().slice(0, LIMITS.sessionMembersMax);
}

/** Whether `presentIn` names them. */
export function isPresent(roster: SessionRoster, identity: IdentityKey): boolean {
  const membership = roster.members.get(identity);
  if (membership === undefined || !isIn(membership)) return false;
  const isFull = roster.members.size > LIMITS.sessionMembersMax;
  return !isFull || presentIn(roster).includes(identity);
}

/** Entries of a chain of theirs count below this number: all while they are in, none of someone who never was. */
export function countsUpTo(roster: SessionRoster, identity: IdentityKey, chain: ChainKey): number {
  const membership = roster.members.get(identity);
  if (membership === undefined) return 0;
  return isIn(membership) ? Infinity : (membership.cuts.get(chain) ?? 0);
}

/** They went of their own will: then all that they said counts. */
export function hasLeft(roster: SessionRoster, identity: IdentityKey): boolean {
  const membership = roster.members.get(identity);
  if (membership === undefined || isIn(membership)) return false;
  return [...membership.cuts.values()].includes(LIMITS.seqMax);
}

export function sameRoster(left: SessionRoster, right: SessionRoster): boolean {
  if (left === right) return true;
  if (left.initiator !== right.initiator) return false;
  if (left.members.size !== right.members.size) return false;
  if (left.founders.join() !== right.founders.join()) return false;
  for (const [identity, membership] of left.members) {
    const other = right.members.get(identity);
    if (other === undefined || !sameMembership(membership, other)) return false;
  }
  return true;
}

function isIn({ added, removed }: Membership): boolean {
  return added > removed;
}

function withMembership(
  roster: SessionRoster,
  identity: IdentityKey,
  membership: Membership,
): SessionRoster {
  const { initiator, founders, members } = roster;
  return bounded(initiator, founders, new Map(members).set(identity, membership));
}

function mergeMembership(left: Membership, right: Membership): Membership {
  const { removed, cuts } = laterRemoval(left, right);
  return {
    certificate: isNewer(right, left) ? right.certificate : left.certificate,
    added: Math.max(left.added, right.added),
    removed,
    cuts,
  };
}

function laterRemoval(left: Membership, right: Membership): Pick<Membership, 'removed' | 'cuts'> {
  if (left.removed !== right.removed) return left.removed > right.removed ? left : right;
  return { removed: left.removed, cuts: mergeCuts(left.cuts, right.cuts) };
}

function isNewer(left: Membership, right: Membership): boolean {
  if (left.added !== right.added) return left.added > right.added;
  return compareBytes(left.certificate, right.certificate) < 0;
}

function mergeCuts(
  left: ReadonlyMap<ChainKey, number>,
  right: ReadonlyMap<ChainKey, number>,
): ReadonlyMap<ChainKey, number> {
  const merged = new Map(left);
  for (const [chain, cut] of right) merged.set(chain, Math.max(cut, merged.get(chain) ?? 0));
  return firstOf(merged, LIMITS.rosterCutsMax);
}

function sameMembership(left: Membership, right: Membership): boolean {
  if (left.added !== right.added || left.removed !== right.removed) return false;
  if (!equalBytes(left.certificate, right.certificate)) return false;
  if (left.cuts.size !== right.cuts.size) return false;
  return [...left.cuts].every(([chain, cut]) => right.cuts.get(chain) === cut);
}

function bounded(
  initiator: IdentityKey,
  founders: readonly IdentityKey[],
  members: ReadonlyMap<IdentityKey, Membership>,
): SessionRoster {
  return { initiator, founders, members: firstOf(members, LIMITS.sessionPeopleMax) };
}

/** Ascending by key; of more than may be kept the least keys, so that everyone keeps the same ones. */
function firstOf<Key extends string, Value>(
  map: ReadonlyMap<Key, Value>,
  sizeMax: number,
): ReadonlyMap<Key, Value> {
  const keys = [...map.keys()].toSorted().slice(0, sizeMax);
  return new Map(
    keys.flatMap((key): [Key, Value][] => {
      const value = map.get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
