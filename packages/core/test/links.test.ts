import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../src/brand.ts';
import { LIMITS } from '../src/limits.ts';
import {
  addTarget,
  dropTarget,
  dueTargets,
  newLinks,
  noteFailure,
  noteLost,
  noteReached,
  politeMs,
  retryAll,
} from '../src/peer/links.ts';
import type { LinksState, Mesh } from '../src/peer/links.ts';
import { newRandom } from '../src/peer/random.ts';
import type { DialTarget } from '../src/ports.ts';
import { suite } from './peers.ts';

const typed: DialTarget = { addresses: ['host:1'], peer: null, record: null };
const met = (name: string): DialTarget => ({
  addresses: [`${name}:1`],
  peer: name as PeerId,
  record: null,
});
const recordOf = (byte: number): Uint8Array => Uint8Array.of(byte);
const hearsay = (byte: number): DialTarget => {
  return { addresses: [], peer: 'anna' as PeerId, record: recordOf(byte) };
};
const chanceOf = (seed: number): ReturnType<typeof newRandom> =>
  newRandom(suite, new Uint8Array(32).fill(seed));

function meshOf(linked: readonly string[] = [], banned: readonly string[] = []): Mesh {
  return {
    self: 'self' as PeerId,
    isLinked: (peer) => linked.includes(peer),
    isBanned: (peer) => banned.includes(peer),
    isWanted: () => false,
    linkCount: linked.length,
  };
}

/** Fails every dial; returns the pauses between them. */
function pauses(links: LinksState, seed: number, count: number): number[] {
  const chance = chanceOf(seed);
  const found: number[] = [];
  let lastMs = 0;
  for (let nowMs = 0; found.length < count; nowMs += 50) {
    for (const { dial } of dueTargets(links, meshOf(), nowMs)) {
      found.push(nowMs - lastMs);
      lastMs = nowMs;
      noteFailure(links, { target: dial, text: 'nobody there' }, chance, nowMs);
    }
  }
  return found.slice(1);
}

describe('whom to dial', () => {
  it('is tried again for ever, with pauses that double up to ten seconds, each between half a second and its bound', () => {
    fc.assert(
      fc.property(fc.nat(255), (seed) => {
        const links = newLinks();
        addTarget(links, typed, 'typed', 0);
        for (const [index, pause] of pauses(links, seed, 40).entries()) {
          const bound = Math.min(LIMITS.redialMissedMsMax, LIMITS.redialMsMin * 2 ** index);
          expect(pause).toBeGreaterThanOrEqual(LIMITS.redialMsMin / 2);
          expect(pause).toBeLessThanOrEqual(bound + 50);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is tried once a minute in the end where nobody answered in this run', () => {
    const links = newLinks();
    addTarget(links, met('away'), 'remembered', 0);
    const late = pauses(links, 1, 60).slice(10);
    expect(Math.max(...late)).toBeGreaterThan(LIMITS.redialMissedMsMax);
    expect(Math.max(...late)).toBeLessThanOrEqual(LIMITS.redialMsMax + 50);
  });

  it('differs in its pauses from peer to peer', () => {
    const [one, other] = [1, 2].map((seed) => {
      const links = newLinks();
      addTarget(links, typed, 'typed', 0);
      return pauses(links, seed, 10);
    });
    expect(one).not.toEqual(other);
  });

  it('is nobody we are linked to, nobody banned, and not ourselves', () => {
    const links = newLinks();
    for (const name of ['anna', 'bob', 'self', 'cleo'])
      addTarget(links, met(name), 'remembered', 0);
    const due = dueTargets(links, meshOf(['anna'], ['bob']), 0);
    expect(due.map(({ key }) => key)).toEqual(['cleo']);
  });

  it('is at most eight at once, and nobody beyond the mesh but who was typed', () => {
    const links = newLinks();
    for (let count = 0; count < 20; count += 1)
      addTarget(links, met(`peer ${count}`), 'remembered', 0);
    expect(dueTargets(links, meshOf(), 0)).toHaveLength(8);
    const full = newLinks();
    addTarget(full, met('anna'), 'introduced', 0);
    addTarget(full, typed, 'typed', 0);
    const linked = Array.from(
      { length: LIMITS.neighboursMeshMax },
      (_, count) => `friend ${count}`,
    );
    expect(dueTargets(full, meshOf(linked), 0).map(({ dial }) => dial)).toEqual([typed]);
  });

  it('starts again at once after a success that was lost, and when the network changes', () => {
    const links = newLinks();
    const chance = chanceOf(1);
    addTarget(links, met('anna'), 'remembered', 0);
    const { dial } = dueTargets(links, meshOf(), 0)[0]!;
    noteReached(links, dial, 'anna' as PeerId);
    expect(dueTargets(links, meshOf(['anna']), 10)).toEqual([]);
    noteLost(links, { peer: 'anna' as PeerId, lastedMs: 10, hasEnough: false }, chance, 20);
    expect(dueTargets(links, meshOf(), 20 + 2 * LIMITS.redialMsMin)).toHaveLength(1);
    for (let count = 0; count < 7; count += 1)
      noteFailure(links, { target: dial, text: '' }, chance, 2_000);
    retryAll(links, chance, 3_000);
    expect(dueTargets(links, meshOf(), 3_000 + LIMITS.redialMsMin)).toHaveLength(1);
  });

  it('gives up who was only introduced after eight failures, and whoever turns out to be ourselves', () => {
    const links = newLinks();
    addTarget(links, met('anna'), 'introduced', 0);
    addTarget(links, typed, 'typed', 0);
    const failure = { target: met('anna'), text: '' };
    const chance = chanceOf(1);
    for (let count = 0; count < 8; count += 1) noteFailure(links, failure, chance, 0);
    dropTarget(links, typed);
    expect(links.targets.size).toBe(0);
  });

  it('has a limit, beyond which those that failed most make room', () => {
    const links = newLinks();
    for (let count = 0; count < LIMITS.rememberedPeersMax; count += 1) {
      expect(addTarget(links, met(`peer ${count}`), 'remembered', 0)).toBe(true);
    }
    noteFailure(links, { target: met('peer 7'), text: '' }, chanceOf(1), 0);
    expect(addTarget(links, met('newcomer'), 'introduced', 0)).toBe(true);
    expect(links.targets.size).toBe(LIMITS.rememberedPeersMax);
    expect(links.targets.has('peer 7')).toBe(false);
  });

  it('forgets nobody whom it met for those that neighbours only tell of, however many', () => {
    const links = newLinks();
    addTarget(links, met('anna'), 'remembered', 0);
    addTarget(links, met('bobby'), 'introduced', 0);
    noteReached(links, met('bobby'), 'bobby' as PeerId);
    for (let count = 0; count < 3 * LIMITS.rememberedPeersMax; count += 1)
      addTarget(links, met(`nobody ${count}`), 'introduced', 0);
    noteFailure(links, { target: met('anna'), text: '' }, chanceOf(1), 0);
    for (let count = 0; count < 64; count += 1)
      addTarget(links, met(`no one ${count}`), 'introduced', 0);
    expect(links.targets.has('anna')).toBe(true);
    expect(links.targets.has('bobby')).toBe(true);
    expect(links.targets.size).toBe(LIMITS.rememberedPeersMax);
  });

  it('takes no one that it only heard of while all places are taken by those it met', () => {
    const links = newLinks();
    for (let count = 0; count < LIMITS.rememberedPeersMax; count += 1)
      addTarget(links, met(`peer ${count}`), 'remembered', 0);
    expect(addTarget(links, met('nobody'), 'introduced', 0)).toBe(false);
    expect(addTarget(links, met('friend'), 'remembered', 0)).toBe(true);
    expect(addTarget(links, typed, 'typed', 0)).toBe(true);
  });

  it('keeps the addresses and the record that it has, whatever neighbours say, until that record fails', () => {
    const links = newLinks();
    addTarget(links, met('anna'), 'typed', 0);
    addTarget(links, hearsay(1), 'introduced', 0);
    addTarget(links, hearsay(2), 'introduced', 0);
    expect(links.targets.get('anna')?.dial).toEqual({ ...met('anna'), record: recordOf(1) });
    noteFailure(links, { target: met('anna'), text: '' }, chanceOf(1), 0);
    addTarget(links, hearsay(3), 'introduced', 0);
    expect(links.targets.get('anna')?.dial).toEqual({ ...met('anna'), record: recordOf(3) });
    addTarget(links, { ...met('anna'), addresses: ['new:1'] }, 'remembered', 0);
    expect(links.targets.get('anna')?.dial.addresses).toEqual(['new:1']);
  });

  it('of two that are told of each other only one dials at once', () => {
    const [anna, bob] = ['anna' as PeerId, 'bob' as PeerId];
    expect(politeMs(anna, bob, 100)).toBe(100);
    expect(politeMs(bob, anna, 100)).toBeGreaterThan(100);
  });
});
