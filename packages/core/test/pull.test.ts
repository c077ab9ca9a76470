import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../src/brand.ts';
import { LIMITS } from '../src/limits.ts';
import type { Head } from '../src/sync/head.ts';
import {
  expireAsks,
  forgetHolder,
  newPullState,
  noteAnswer,
  noteClaim,
  planAsks,
  pullWakeMs,
} from '../src/sync/pull.ts';
import type { Ask, Claim, Holder, Ours } from '../src/sync/pull.ts';
import { chainKey, headOf } from './heads.ts';

const NOW_MS = 1_000;
const nobody: Ours = { heldOf: () => undefined, weightOf: () => 0 };

/** Of an author who said next to nothing lately, until planAsks hears otherwise. */
function claimed(theirs: Head, atMs: number): Claim {
  return { theirs, atMs, weight: 0 };
}

function holder(name: string, heads: readonly Head[]): Holder {
  return { peer: name as PeerId, claims: new Map(heads.map((head) => [head.chain, head])) };
}

/** Holders with lengths by chain number; our own lengths. */
const swarm = fc.record({
  holders: fc.array(fc.array(fc.nat(700), { minLength: 1, maxLength: 30 }), { maxLength: 4 }),
  ours: fc.array(fc.nat(700), { maxLength: 30 }),
});

describe('the plan of what to ask', () => {
  it('asks each holder at most four things at once, each chain once, and only for what it has and we lack', () => {
    fc.assert(
      fc.property(swarm, ({ holders: lengths, ours }) => {
        const held = new Map(
          ours.map((length, number) => [chainKey(number), headOf(number, length)]),
        );
        const holders = lengths.map((each, index) =>
          holder(
            `peer ${index}`,
            each.map((length, number) => headOf(number, length)),
          ),
        );
        const pull = newPullState();
        for (const { claims } of holders) {
          for (const claim of claims.values())
            noteClaim(pull, held.get(claim.chain), claimed(claim, NOW_MS));
        }
        const asks: Ask[] = [];
        for (let round = 0; round < 3; round += 1) {
          asks.push(
            ...planAsks(pull, { ...nobody, heldOf: (chain) => held.get(chain) }, holders, NOW_MS),
          );
        }
        expect(new Set(asks.map(({ chain }) => chain)).size).toBe(asks.length);
        for (const { peer, claims } of holders) {
          const toIt = asks.filter((ask) => ask.peer === peer);
          expect(toIt.length).toBeLessThanOrEqual(LIMITS.wantsInFlightPerPeerMax);
          for (const { chain, from, to } of toIt) {
            expect(from).toBeLessThan(to);
            expect(from).toBeGreaterThanOrEqual(held.get(chain)?.length ?? 0);
            expect(to).toBeLessThanOrEqual(claims.get(chain)?.length ?? 0);
          }
        }
      }),
    );
  });

  it('ends with everything that anyone claims', () => {
    fc.assert(
      fc.property(swarm, ({ holders: lengths, ours }) => {
        const held = new Map(
          ours.map((length, number) => [chainKey(number), headOf(number, length)]),
        );
        const holders = lengths.map((each, index) =>
          holder(
            `peer ${index}`,
            each.map((length, number) => headOf(number, length)),
          ),
        );
        const pull = newPullState();
        const note = (): void => {
          for (const { claims } of holders) {
            for (const claim of claims.values())
              noteClaim(pull, held.get(claim.chain), claimed(claim, 0));
          }
        };
        note();
        for (let round = 0; pull.lacking.size > 0; round += 1) {
          expect(round).toBeLessThan(1_000);
          for (const ask of planAsks(
            pull,
            { ...nobody, heldOf: (chain) => held.get(chain) },
            holders,
            NOW_MS,
          )) {
            const known = held.get(ask.chain);
            const [floor, length] =
              known === undefined || known.length === 0
                ? [ask.from, ask.to]
                : [Math.min(known.floor, ask.from), Math.max(known.length, ask.to)];
            held.set(ask.chain, { ...headOf(0, length), chain: ask.chain, floor });
            noteAnswer(pull, ask.peer, { request: ask.request, last: true }, NOW_MS);
          }
          note();
        }
        for (const { claims } of holders) {
          for (const { chain, length } of claims.values()) {
            if (length === 0) continue;
            expect(held.get(chain)?.length ?? 0).toBeGreaterThanOrEqual(length);
            expect(held.get(chain)?.floor).toBe(0);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('begins a long chain with its newest entries', () => {
    const pull = newPullState();
    const claim = headOf(1, 10_000);
    noteClaim(pull, undefined, claimed(claim, 0));
    const [ask] = planAsks(pull, nobody, [holder('peer', [claim])], NOW_MS);
    const newest = { from: 10_000 - LIMITS.newestFirstEntries, to: 10_000, direction: 'down' };
    expect(ask).toMatchObject(newest);
  });

  it('waits until the time that was noted, or an earlier one', () => {
    const pull = newPullState();
    const claim = headOf(1, 3);
    const holders = [holder('peer', [claim])];
    noteClaim(pull, undefined, claimed(claim, NOW_MS + 250));
    noteClaim(pull, undefined, claimed(claim, NOW_MS + 900));
    expect(planAsks(pull, nobody, holders, NOW_MS)).toEqual([]);
    expect(pullWakeMs(pull, NOW_MS)).toBe(NOW_MS + 250);
    expect(planAsks(pull, nobody, holders, NOW_MS + 250)).toHaveLength(1);
  });

  it('takes an answer only from who was asked, and only while the question is open', () => {
    const pull = newPullState();
    const claim = headOf(1, 3);
    noteClaim(pull, undefined, claimed(claim, 0));
    const [ask] = planAsks(pull, nobody, [holder('peer', [claim])], NOW_MS);
    const answer = { request: ask!.request, last: true };
    expect(noteAnswer(pull, 'other' as PeerId, answer, NOW_MS)).toBeNull();
    expect(noteAnswer(pull, 'peer' as PeerId, answer, NOW_MS)).toMatchObject({
      chain: claim.chain,
    });
    expect(noteAnswer(pull, 'peer' as PeerId, answer, NOW_MS)).toBeNull();
  });

  it('takes a question back after the time for an answer, counted from the last frame, or when its holder leaves', () => {
    const pull = newPullState();
    const claim = headOf(1, 3);
    const holders = [holder('peer', [claim])];
    noteClaim(pull, undefined, claimed(claim, 0));
    const [ask] = planAsks(pull, nobody, holders, NOW_MS);
    noteAnswer(pull, ask!.peer, { request: ask!.request, last: false }, NOW_MS + 10_000);
    expect(expireAsks(pull, NOW_MS + LIMITS.wantTimeoutMs)).toEqual([]);
    expect(expireAsks(pull, NOW_MS + 10_000 + LIMITS.wantTimeoutMs)).toHaveLength(1);
    planAsks(pull, nobody, holders, NOW_MS);
    expect(pull.inFlight.size).toBe(1);
    forgetHolder(pull, ask!.peer);
    expect(pull.inFlight.size).toBe(0);
  });

  it('forgets a chain that nobody claims more of', () => {
    const pull = newPullState();
    const claim: Head = headOf(1, 3);
    noteClaim(pull, undefined, claimed(claim, 0));
    expect(planAsks(pull, nobody, [holder('peer', [])], NOW_MS)).toEqual([]);
    expect(pull.lacking.get(claim.chain)).toBeUndefined();
  });
});

describe('authors who said much lately', () => {
  const length = 10;
  const all = Array.from({ length: 8 }, (_, number) => headOf(number, length));
  const light = chainKey(7);
  const ours: Ours = { heldOf: () => undefined, weightOf: (chain) => (chain === light ? 0 : 2) };

  it('wait behind one who said little, however long they waited', () => {
    const pull = newPullState();
    for (const head of all) noteClaim(pull, undefined, claimed(head, NOW_MS));
    const asks = planAsks(pull, ours, [holder('anna', all)], NOW_MS);
    expect(asks[0]?.chain).toBe(light);
  });

  it('leave room at each holder for one who has something to say later', () => {
    const pull = newPullState();
    for (const head of all.slice(0, 7)) noteClaim(pull, undefined, claimed(head, NOW_MS));
    const holders = [holder('anna', all)];
    const bulk = planAsks(pull, ours, holders, NOW_MS);
    expect(bulk.length).toBeLessThan(LIMITS.wantsInFlightPerPeerMax);
    noteClaim(pull, undefined, claimed(all[7]!, NOW_MS));
    expect(planAsks(pull, ours, holders, NOW_MS).map(({ chain }) => chain)).toEqual([light]);
  });

  it('and those who said some leave room for those who said next to nothing', () => {
    const weights = [2, 2, 2, 1, 1, 1, 1, 0] as const;
    const weightOf: Ours['weightOf'] = (chain) =>
      weights[all.findIndex((head) => head.chain === chain)] ?? 2;
    const asked = (heads: readonly Head[]): number[] => {
      const pull = newPullState();
      for (const head of heads) noteClaim(pull, undefined, claimed(head, NOW_MS));
      const asks = planAsks(pull, { ...ours, weightOf }, [holder('anna', all)], NOW_MS);
      return asks.map(({ chain }) => weightOf(chain));
    };
    expect(asked(all)).toEqual([0, 1, 1]);
    expect(asked(all.slice(0, 7))).toEqual([1, 1, 1]);
    expect(asked(all.slice(0, 3))).toEqual([2, 2]);
    expect(asked([all[7]!])).toEqual([0]);
  });

  it('are not looked through each time, however many there are', () => {
    const pull = newPullState();
    const many = Array.from({ length: 2_000 }, (_, number) => headOf(number, length));
    let looks = 0;
    const weightOf = (): 1 => {
      looks += 1;
      return 1;
    };
    const holders = [holder('anna', many)];
    for (const theirs of many) noteClaim(pull, undefined, { theirs, atMs: NOW_MS, weight: 1 });
    for (let round = 0; round < 100; round += 1) {
      for (const { request, peer } of planAsks(pull, { ...ours, weightOf }, holders, NOW_MS))
        noteAnswer(pull, peer, { request, last: true }, NOW_MS);
    }
    expect(looks).toBeLessThanOrEqual(100 * LIMITS.wantsInFlightPerPeerMax);
  });

  it('have their turns one after the other', () => {
    const pull = newPullState();
    const holders = [holder('anna', all)];
    for (const head of all.slice(0, 7)) noteClaim(pull, undefined, claimed(head, NOW_MS));
    const asked: string[] = [];
    for (let round = 0; round < 7; round += 1) {
      const asks = planAsks(pull, ours, holders, NOW_MS);
      asked.push(...asks.map(({ chain }) => chain));
      for (const { request, peer } of asks) noteAnswer(pull, peer, { request, last: true }, NOW_MS);
    }
    expect(new Set(asked.slice(0, 7)).size).toBe(7);
  });
});
