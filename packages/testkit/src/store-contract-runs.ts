// Claims of the store contract about runs: contiguous, within what was asked, and always ending
// with a signature.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '@parley/core';
import type { ChainKey, Entry, RunQuery, Store, Write } from '@parley/core';
import { ALL_BYTES, TestChain, newConversation } from './store-entries.ts';
import { storeForTest } from './store-under-test.ts';
import type { MakeStore } from './store-under-test.ts';

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce(
    (sum, { header, signature, payload }) =>
      sum + header.bytes.length + (signature?.length ?? 0) + (payload?.length ?? 0),
    0,
  );
}

/** The stupid way: tries every range of what is held, and takes the best. */
function bestRun(held: readonly Entry[], query: RunQuery): readonly Entry[] {
  const { from, to, direction, bytesMax } = query;
  if (from >= to) return [];
  const part = (first: number, last: number): readonly Entry[] =>
    held.filter(({ header }) => header.seq >= first && header.seq <= last);
  const seqs = held.map(({ header }) => header.seq);
  const signed = held.filter(({ signature }) => signature !== null).map(({ header }) => header.seq);
  const fits = (first: number, last: number): boolean => bytesOf(part(first, last)) <= bytesMax;
  if (direction === 'up') {
    if (!seqs.includes(from)) return [];
    const above = signed.filter((seq) => seq >= from);
    const end = above.findLast((seq) => seq < to && fits(from, seq)) ?? above[0];
    return end === undefined ? [] : part(from, end);
  }
  const end = signed.find((seq) => seq >= to - 1);
  if (end === undefined || !seqs.includes(to - 1)) return [];
  const owed = Math.max(from, seqs[0] ?? 0, (signed.findLast((seq) => seq < end) ?? -1) + 1);
  const fitting = seqs.find((seq) => seq >= from && fits(seq, end)) ?? end;
  return part(Math.min(owed, fitting), end);
}

/** A chain held from `floor` on, in which true stands for a signed entry; the last one is. */
function store(into: Store, floor: number, signed: readonly boolean[]): TestChain {
  const chain = new TestChain(newConversation());
  for (let seq = 0; seq < floor; seq += 1) chain.say(['not held']);
  for (const [at, isSigned] of [...signed, true].entries()) {
    chain.say(['x'.repeat(1 + (at % 7) * 20)], { signed: isSigned });
  }
  into.commit([chain.write(floor)]);
  return chain;
}

function asked(): fc.Arbitrary<Omit<RunQuery, 'chain'>> {
  return fc.record({
    from: fc.nat(14),
    to: fc.nat(14),
    direction: fc.constantFrom('up', 'down'),
    bytesMax: fc.oneof(fc.nat(3_000), fc.constant(ALL_BYTES)),
  });
}

export function runClaims(make: MakeStore): void {
  describe('runs', () => {
    test('are the best there is for any part of a chain, and end with a signature', async () => {
      const { store: held } = await storeForTest(make);
      const signatures = fc.array(fc.boolean(), { maxLength: 10 });
      const queries = fc.array(asked(), { minLength: 20, maxLength: 20 });
      fc.assert(
        fc.property(fc.nat(3), signatures, queries, (floor, signed, wanted) => {
          const chain = store(held, floor, signed);
          for (const each of wanted) {
            const query = { ...each, chain: chain.chain };
            const run = held.run(query);
            expect(run).toEqual(bestRun(chain.entries.slice(floor), query));
            expect(run.at(-1)?.signature).not.toBeNull();
          }
        }),
        { numRuns: 60 },
      );
    });

    test('have at most runEntriesMax entries', async () => {
      const { store: held } = await storeForTest(make);
      const chain = store(
        held,
        0,
        Array.from({ length: LIMITS.runEntriesMax + 10 }, () => true),
      );
      const query = { chain: chain.chain, from: 0, to: chain.entries.length, bytesMax: ALL_BYTES };
      const up = held.run({ ...query, direction: 'up' });
      const down = held.run({ ...query, direction: 'down' });
      expect(up).toEqual(chain.entries.slice(0, LIMITS.runEntriesMax));
      expect(down).toEqual(chain.entries.slice(-LIMITS.runEntriesMax));
    });

    test('of an unknown chain are empty', async () => {
      const { store: held } = await storeForTest(make);
      const chain = 'ab'.repeat(40) as ChainKey;
      expect(held.run({ chain, from: 0, to: 9, direction: 'up', bytesMax: 9_999 })).toEqual([]);
      expect(held.run({ chain, from: 0, to: 9, direction: 'down', bytesMax: 9_999 })).toEqual([]);
    });

    test('can end at an entry whose signature came later', async () => {
      const { store: held, reopen } = await storeForTest(make);
      const chain = store(held, 0, [false, false]);
      const signature = new Uint8Array(64).fill(7);
      held.commit([signatureOf(chain.at(0), signature)]);
      const query = {
        chain: chain.chain,
        from: 0,
        to: 1,
        direction: 'up',
        bytesMax: ALL_BYTES,
      } as const;
      expect(held.run(query)).toEqual([{ ...chain.at(0), signature }]);
      expect((await reopen()).run(query)).toEqual([{ ...chain.at(0), signature }]);
    });

    test('keep the first signature of an entry, and none that is meant for another', async () => {
      const { store: held } = await storeForTest(make);
      const chain = store(held, 0, [false]);
      const [unsigned, signed] = [chain.at(0), chain.at(1)];
      const write = signatureOf(unsigned, new Uint8Array(64));
      held.commit([signatureOf(signed, new Uint8Array(64)), { ...write, id: signed.id }]);
      expect(held.entry(signed.id)?.entry).toEqual(signed);
      expect(held.entry(unsigned.id)?.entry).toEqual(unsigned);
    });
  });
}

type SignatureWrite = Extract<Write, { kind: 'signature' }>;

function signatureOf({ header, id }: Entry, signature: Uint8Array): SignatureWrite {
  return { kind: 'signature', chain: header.chain, seq: header.seq, id, signature };
}
