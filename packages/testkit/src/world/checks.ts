// When all is calm: what must be true of a swarm, and what is not true of this one (yet).

import type { ChainKey, ConversationId, StoredEntry, Suite } from '@parley/core';
import { directoryId, lobbyId, statusOf } from '@parley/core';
import { chainComplaints, isLossy } from './chain-checks.ts';
import type { Holding } from './chain-checks.ts';
import { nameOf } from './face.ts';
import { roomComplaints } from './room-checks.ts';
import { sessionComplaints } from './session-checks.ts';
import type { World } from './world.ts';

const EVERYTHING = Number.MAX_SAFE_INTEGER;

/** What is not as it should be; empty when all is well. */
export function complaints(world: World, suite: Suite): readonly string[] {
  const whole: Holding[] = [];
  for (const member of world.members) {
    const { run } = member;
    if (run === null) return [`${member.peer} is not back`];
    const chains = new Map(run.store.chains().map((record) => [record.chain, record]));
    whole.push({ member, run, chains });
  }
  const rooms = [lobbyId(suite), directoryId(suite, lobbyId(suite))];
  const holdings = whole.map((holding) => openTo(holding, rooms));
  const forked = forkedChains(world, whole);
  const torn = tornChains(world, whole);
  const excluded = new Set([...forked, ...torn]);
  const unequal = chainComplaints(world, holdings, excluded);
  if (unequal.length > 0) return unequal;
  return [
    ...forkComplaints(world, holdings, forked),
    ...windowComplaints(world, suite, holdings, excluded),
    ...rooms.flatMap((room) => holdings.flatMap((each) => statusComplaints(room, each, torn))),
    ...promiseComplaints(world, holdings, excluded),
    ...sessionComplaints(world, excluded),
    ...roomComplaints(world, whole, excluded),
  ];
}

/** A holding of the chains of these conversations only: those that everyone is in. */
function openTo(holding: Holding, rooms: readonly ConversationId[]): Holding {
  const chains = [...holding.chains].filter(([, record]) => rooms.includes(record.conversation));
  return { ...holding, chains: new Map(chains) };
}

/** Chains with two versions still in the world, or stopped anywhere. */
function forkedChains(world: World, holdings: readonly Holding[]): ReadonlySet<ChainKey> {
  const forked = new Set<ChainKey>();
  for (const { chains } of holdings) {
    for (const record of chains.values()) if (record.stopped === 'forked') forked.add(record.chain);
  }
  for (const { chain, seq } of world.ledger.reused) {
    const versions = new Set<string>();
    for (const { run, chains } of holdings) {
      if ((chains.get(chain)?.length ?? 0) <= seq) continue;
      const query = {
        chain,
        from: seq,
        to: seq + 1,
        direction: 'up',
        bytesMax: EVERYTHING,
      } as const;
      for (const { id } of run.store.run(query).slice(0, 1)) versions.add(id);
    }
    if (versions.size > 1) forked.add(chain);
  }
  return forked;
}

/** Chains whose author lost the middle of them before anyone had it: what lies on either side stays apart. */
function tornChains(world: World, holdings: readonly Holding[]): ReadonlySet<ChainKey> {
  const torn = new Set<ChainKey>();
  for (const chain of world.ledger.chains.keys()) {
    if (!isLossy(world, chain)) continue;
    const parts = holdings
      .map(({ chains }) => chains.get(chain))
      .filter((record) => record !== undefined)
      .toSorted((left, right) => left.floor - right.floor);
    let reached = parts[0]?.floor ?? 0;
    for (const { floor, length } of parts) {
      if (floor > reached) torn.add(chain);
      reached = Math.max(reached, length);
    }
  }
  return torn;
}

/** Only copies fork, and whoever holds a forked chain has stopped it and can prove why. */
function forkComplaints(
  world: World,
  holdings: readonly Holding[],
  forked: ReadonlySet<ChainKey>,
): string[] {
  const found: string[] = [];
  for (const { chain, seq } of world.ledger.reused) {
    if (!world.copied.has(world.ledger.authorOf(chain)))
      found.push(`number ${seq} of ${chain} was used twice`);
  }
  for (const chain of forked) {
    if (!world.copied.has(world.ledger.authorOf(chain)))
      found.push(`honest chain ${chain} was stopped`);
    for (const { member, run, chains } of holdings) {
      const record = chains.get(chain);
      if (record === undefined) continue;
      if (record.stopped !== 'forked') found.push(`${member.peer} goes on with forked ${chain}`);
      const hasProof = run.store.proofs().some((proof) => proof.chain === chain);
      if (!hasProof) found.push(`${member.peer} has no proof that ${chain} forked`);
    }
  }
  return found;
}

/** The same entries in the same order on every screen, and each once. */
function windowComplaints(
  world: World,
  suite: Suite,
  holdings: readonly Holding[],
  forked: ReadonlySet<ChainKey>,
): string[] {
  const isCompared = ({ entry }: StoredEntry): boolean =>
    entry.header.hlc.ms <= world.horizonMs && !forked.has(entry.header.chain);
  const found: string[] = [];
  let reference: readonly string[] | null = null;
  for (const { member, run } of holdings) {
    const conversation = lobbyId(suite);
    const window = run.store.window({ conversation, entriesMax: EVERYTHING });
    const arrivals = run.store
      .arrivals(0, EVERYTHING)
      .filter(({ entry }) => entry.header.conversation === conversation);
    if (new Set(window.map(idOf)).size < window.length)
      found.push(`${member.peer} shows one twice`);
    if (new Set(arrivals.map(idOf)).size < arrivals.length)
      found.push(`${member.peer} got one twice`);
    if (arrivals.length !== window.length) found.push(`${member.peer} shows not what arrived`);
    for (const name of run.face.unshown()) found.push(`${member.peer} was never shown ${name}`);
    const ids = window.filter(isCompared).map(idOf);
    reference ??= ids;
    const at = firstDifference(reference, ids);
    if (at === null) continue;
    const stored = window.filter(isCompared)[at];
    const name = stored === undefined ? 'the end' : nameOf(stored.entry);
    found.push(`${member.peer} shows ${name} as number ${at} of ${ids.length}`);
  }
  return found;
}

function idOf({ entry }: StoredEntry): string {
  return entry.id;
}

function firstDifference(left: readonly string[], right: readonly string[]): number | null {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at += 1) if (left[at] !== right[at]) return at;
  return null;
}

/** Nothing is missing but what nobody has. */
function statusComplaints(
  room: ConversationId,
  { member, run, chains }: Holding,
  torn: ReadonlySet<ChainKey>,
): string[] {
  const conversation = run.state.conversations.get(room);
  if (conversation === undefined) return [`${member.peer} is not in ${room}`];
  let lost = 0;
  for (const { floor, stopped, conversation: where } of chains.values())
    if (stopped === null && where === room) lost += floor;
  const missing = statusOf(run.state, conversation).missing - lost;
  return missing === 0 || (torn.size > 0 && missing > 0)
    ? []
    : [`${member.peer} thinks that ${missing} are missing`];
}

/** What an author was told to be safe is there. */
function promiseComplaints(
  world: World,
  holdings: readonly Holding[],
  forked: ReadonlySet<ChainKey>,
): string[] {
  const safe = new Set(world.members.filter(({ lostSome }) => !lostSome).map(({ peer }) => peer));
  const found: string[] = [];
  // Of a number that was used twice nobody can say which of the two was promised.
  const doubtful = new Set([...forked, ...world.ledger.reused.map(({ chain }) => chain)]);
  for (const [id, { chain, seq, synced, heldBy }] of world.ledger.promised) {
    if (doubtful.has(chain) || !(synced || [...heldBy].some((peer) => safe.has(peer)))) continue;
    for (const { member, run } of holdings) {
      if (run.store.entry(id) === null) found.push(`${member.peer} lost ${chain}/${seq}`);
    }
  }
  return found;
}
