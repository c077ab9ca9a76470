// When all is calm: what must be true of a swarm, and what is not true of this one (yet).

import type { ChainKey, ChainRecord, StoredEntry } from '@parley/core';
import { deviceOf, LIMITS, lobbyId, statusOf } from '@parley/core';
import type { Suite } from '@parley/core';
import { EPOCH_MS } from './clock.ts';
import { nameOf } from './face.ts';
import type { Member, Run } from './member.ts';
import type { World } from './world.ts';

const EVERYTHING = Number.MAX_SAFE_INTEGER;
/** Peers look at what they parked once a second, and messages take their time. */
const PARKED_SLACK_MS = 5_000;

interface Holding {
  readonly member: Member;
  readonly run: Run;
  readonly chains: ReadonlyMap<ChainKey, ChainRecord>;
}

/** What is not as it should be; empty when all is well. */
export function complaints(world: World, suite: Suite): readonly string[] {
  const holdings: Holding[] = [];
  for (const member of world.members) {
    const { run } = member;
    if (run === null) return [`${member.peer} is not back`];
    const records = run.store.chains();
    holdings.push({
      member,
      run,
      chains: new Map(records.map((record) => [record.chain, record])),
    });
  }
  const forked = forkedChains(world, holdings);
  const torn = tornChains(world, holdings);
  const excluded = new Set([...forked, ...torn]);
  const unequal = chainComplaints(world, holdings, excluded);
  if (unequal.length > 0) return unequal;
  return [
    ...forkComplaints(world, holdings, forked),
    ...windowComplaints(world, suite, holdings, excluded),
    ...holdings.flatMap((holding) => statusComplaints(suite, holding, torn)),
    ...promiseComplaints(world, holdings, excluded),
  ];
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

/** Its author's disk lost something. */
function isLossy(world: World, chain: ChainKey): boolean {
  const device = deviceOf(chain);
  return world.members.some((member) => member.lostSome && member.device === device);
}

/** Everyone holds the same of every chain: all of it, unless its author lost the beginning before others had it. */
function chainComplaints(
  world: World,
  holdings: readonly Holding[],
  forked: ReadonlySet<ChainKey>,
): string[] {
  const extents = extentsOf(holdings);
  const found: string[] = [];
  for (const { member, chains } of holdings) {
    for (const [chain, extent] of extents) {
      if (forked.has(chain)) continue;
      const whole = isLossy(world, chain) ? extent : { ...extent, floor: 0 };
      const complaint = unlike(chains.get(chain), whole);
      if (complaint !== null) found.push(`${member.peer} ${complaint} of ${shortOf(chain)}`);
    }
  }
  return found;
}

type Extent = Pick<ChainRecord, 'floor' | 'length' | 'headId'>;

/** From the lowest to the highest entry that anyone holds. */
function extentsOf(holdings: readonly Holding[]): ReadonlyMap<ChainKey, Extent> {
  const extents = new Map<ChainKey, Extent>();
  for (const { chains } of holdings) {
    for (const record of chains.values()) {
      const known = extents.get(record.chain) ?? record;
      const longer = record.length > known.length ? record : known;
      extents.set(record.chain, { ...longer, floor: Math.min(known.floor, record.floor) });
    }
  }
  return extents;
}

function unlike(held: ChainRecord | undefined, { floor, length, headId }: Extent): string | null {
  if (held === undefined) return 'has nothing';
  if (held.floor !== floor || held.length !== length) {
    return `has ${held.floor}…${held.length} of ${floor}…${length}`;
  }
  return held.headId === headId ? null : 'has another head';
}

function shortOf(chain: ChainKey): string {
  return `${chain.slice(0, 6)}…${chain.slice(-4)}`;
}

/** Only copies fork, and whoever holds a forked chain has stopped it and can prove why. */
function forkComplaints(
  world: World,
  holdings: readonly Holding[],
  forked: ReadonlySet<ChainKey>,
): string[] {
  const found: string[] = [];
  for (const { chain, seq } of world.ledger.reused) {
    if (!world.copied.has(deviceOf(chain))) found.push(`number ${seq} of ${chain} was used twice`);
  }
  for (const chain of forked) {
    if (!world.copied.has(deviceOf(chain))) found.push(`honest chain ${chain} was stopped`);
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
  const horizonMs = EPOCH_MS + world.agenda.nowMs + LIMITS.futureMsMax - PARKED_SLACK_MS;
  const isCompared = ({ entry }: StoredEntry): boolean =>
    entry.header.hlc.ms <= horizonMs && !forked.has(entry.header.chain);
  const found: string[] = [];
  let reference: readonly string[] | null = null;
  for (const { member, run } of holdings) {
    const window = run.store.window({ conversation: lobbyId(suite), entriesMax: EVERYTHING });
    const arrivals = run.store.arrivals(0, EVERYTHING);
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
  suite: Suite,
  { member, run, chains }: Holding,
  torn: ReadonlySet<ChainKey>,
): string[] {
  const conversation = run.state.conversations.get(lobbyId(suite));
  if (conversation === undefined) return [`${member.peer} is not in the lobby`];
  let lost = 0;
  for (const { floor, stopped } of chains.values()) if (stopped === null) lost += floor;
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
