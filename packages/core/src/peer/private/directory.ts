// The directory: what we offer for others to reach us with, and what others offer (spec/session.md §6).

import type { EntryId, IdentityKey } from '../../brand.ts';
import type { Certificate } from '../../identity/certificate.ts';
import { restoreCertificate } from '../../identity/certificate.ts';
import { compareHlc } from '../../log/hlc.ts';
import { LIMITS } from '../../limits.ts';
import type { ChainRecord } from '../../ports.ts';
import type { PackagesMade } from '../../session/work-types.ts';
import { say } from '../say.ts';
import type { Conversation, PeerState } from '../state.ts';
import type { Turn } from '../step-types.ts';

function directoryOf(state: PeerState): Conversation {
  const directory = state.conversations.get(state.directory);
  if (directory === undefined) throw new Error('every peer is in the directory');
  return directory;
}

/** Their chains in the directory, the one that was written last first. */
function chainsOf(state: PeerState, identity: IdentityKey): readonly ChainRecord[] {
  const chains: ChainRecord[] = [];
  for (const record of directoryOf(state).table.values())
    if (record.identity === identity && record.length > 0) chains.push(record);
  return chains.toSorted((one, other) => compareHlc(other.headHlc, one.headHlc));
}

/** Where to look for their key packages. */
export function statementsOf(state: PeerState, identity: IdentityKey): readonly EntryId[] {
  return chainsOf(state, identity).map(({ headId }) => headId);
}

/** By which they vouch for the device that they speak from; null until their directory has come. */
export function certificateOf(state: PeerState, identity: IdentityKey): Certificate | null {
  const newest = chainsOf(state, identity)[0];
  return newest === undefined ? null : restoreCertificate(state.suite, newest.certificate);
}

/** How long after the first few the others are made. */
const FILL_DELAY_MS = 1_000;

/** Looks after our key packages: a few before anyone is met, the others once there is someone who could use them. */
export function offerPackages(turn: Turn): void {
  const { errands, neighbours } = turn.state;
  if (!errands.canFork || errands.makesPackages || turn.wallMs < errands.packagesMs) return;
  const isNew = directoryOf(turn.state).own === null && errands.packagesMs === 0;
  if (!isNew && ![...neighbours.values()].some(({ met }) => met)) return;
  errands.makesPackages = true;
  const { packagesWanted: oneTime } = errands;
  turn.out.push({ kind: 'work', work: { kind: 'packages', oneTime, nowMs: turn.wallMs } });
}

export function onPackages(turn: Turn, made: PackagesMade): void {
  const { errands } = turn.state;
  errands.makesPackages = false;
  const isFilled = errands.packagesWanted === LIMITS.keyPackagesOneTime;
  errands.packagesMs = isFilled ? made.againMs : turn.wallMs + FILL_DELAY_MS;
  errands.packagesWanted = LIMITS.keyPackagesOneTime;
  if (made.writes.length > 0) turn.out.push({ kind: 'commit', writes: made.writes, arrived: [] });
  if (made.statement === null) return;
  const lines = made.statement.map((keyPackage) => ({ type: 'package', keyPackage }) as const);
  say(turn, directoryOf(turn.state), lines);
}
