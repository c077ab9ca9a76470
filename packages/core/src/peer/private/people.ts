// Questions to a session's roster that speaking and reading share.

import type { DeviceKey, IdentityKey } from '../../brand.ts';
import { toHex } from '../../bytes/hex.ts';
import { encode } from '../../codec/cbor.ts';
import type { Suite } from '../../crypto/suite.ts';
import { restoreCertificate } from '../../identity/certificate.ts';
import { rosterValue } from '../../session/roster-codec.ts';
import type { SessionRoster } from '../../session/roster.ts';
import { countsUpTo, isPresent, presentIn } from '../../session/roster.ts';
import type { Session } from '../../session/state.ts';
import type { PeerState } from '../state.ts';

/** Tells rosters apart: 64 hex digits. */
export function rosterDigest(suite: Suite, roster: SessionRoster): string {
  return toHex(suite.sha256(encode(rosterValue(roster))));
}

export function certificatesIn(roster: SessionRoster): readonly Uint8Array[] {
  return Array.from(roster.members.values(), ({ certificate }) => certificate);
}

export interface Insider {
  readonly identity: IdentityKey;
  readonly device: DeviceKey;
}

/** Everyone in it but us. */
export function othersIn(state: PeerState, roster: SessionRoster): readonly Insider[] {
  const others: Insider[] = [];
  for (const identity of presentIn(roster)) {
    const membership = roster.members.get(identity);
    if (identity === state.self.identity || membership === undefined) continue;
    const { device } = restoreCertificate(state.suite, membership.certificate);
    others.push({ identity, device });
  }
  return others;
}

/** We are in it and have not left. */
export function isOpen(state: PeerState, { roster, leftMs }: Session): boolean {
  return leftMs === null && roster !== null && isPresent(roster, state.self.identity);
}

/** What someone says next would count, though they are out: they left, or say that they did. */
export function isHeardStill({ roster, readers }: Session, identity: IdentityKey): boolean {
  if (roster === null || isPresent(roster, identity)) return false;
  for (const { owner, isIn, chain, next } of readers.values())
    if (owner === identity && isIn && countsUpTo(roster, identity, chain) > next) return true;
  return false;
}

/** We read someone's group now. */
export function reads(session: Session, identity: IdentityKey): boolean {
  for (const { owner, isIn } of session.readers.values())
    if (owner === identity && isIn) return true;
  return false;
}

/** We read someone's group once, and cannot any more; or they are suspected to speak where we cannot read. */
export function isShutOut(session: Session, identity: IdentityKey): boolean {
  if (reads(session, identity)) return false;
  for (const { owner } of session.readers.values()) if (owner === identity) return true;
  return session.shutOut.has(identity) && hasStrangers(session);
}

/** Someone speaks whom we cannot read: what they let us in by may be lost, with all that a power cut took. */
export function hasStrangers({ readers }: Session): boolean {
  for (const { owner, next } of readers.values()) if (owner === null && next > 0) return true;
  return false;
}
