import { createFakeSuite } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChainKey } from '../src/brand.ts';
import { LIMITS } from '../src/limits.ts';
import type { Head, HeadTable } from '../src/sync/head.ts';
import { NO_HEAD_ID } from '../src/sync/head.ts';
import { decodeMessage, encodeMessage } from '../src/sync/message.ts';
import { openingRanges, reconcile } from '../src/sync/reconcile.ts';
import type { Range } from '../src/sync/reconcile.ts';
import { chainKey, headOf, tableOf, twoTables } from './heads.ts';

const suite = createFakeSuite();
const TAG = '00'.repeat(16);
const MESSAGES_MAX = 32;

interface Talk {
  /** Bytes of each message, the opener's first, by turns. */
  readonly bytes: readonly number[];
  readonly openerLearned: ReadonlyMap<ChainKey, Head>;
  readonly otherLearned: ReadonlyMap<ChainKey, Head>;
}

/** One comparison, over the wire. */
function talk(opener: HeadTable, other: HeadTable): Talk {
  const learned = [new Map<ChainKey, Head>(), new Map<ChainKey, Head>()] as const;
  const tables = [opener, other] as const;
  const bytes: number[] = [];
  let ranges: readonly Range[] = openingRanges(suite, opener);
  for (let turn = 1; ranges.length > 0; turn = 1 - turn) {
    const frame = encodeMessage({ type: 'ranges', tag: TAG, ranges });
    bytes.push(frame.length);
    expect(bytes.length).toBeLessThan(MESSAGES_MAX);
    const message = decodeMessage(frame);
    if (!message.ok || message.value.type !== 'ranges') throw new Error('not what was sent');
    const { heads, reply } = reconcile(suite, tables[turn as 0 | 1], message.value.ranges);
    for (const head of heads) learned[turn as 0 | 1].set(head.chain, head);
    ranges = reply;
  }
  return { bytes, openerLearned: learned[0], otherLearned: learned[1] };
}

function tableFrom(first: number, count: number): HeadTable {
  return tableOf(Array.from({ length: count }, (_, at) => headOf(first + at, 3)));
}

/** What a table says of the chains of two tables: the stupid way. */
function saysOf(table: HeadTable, other: HeadTable): Map<ChainKey, string> {
  const says = new Map<ChainKey, string>();
  for (const { chain } of [...table.values(), ...other.values()]) {
    const { length, headId } = table.get(chain) ?? { length: 0, headId: NO_HEAD_ID };
    says.set(chain, `${length} ${headId}`);
  }
  return says;
}

function told(learned: ReadonlyMap<ChainKey, Head>): Map<ChainKey, string> {
  return new Map([...learned].map(([chain, { length, headId }]) => [chain, `${length} ${headId}`]));
}

const sorted = (says: Map<ChainKey, string>): unknown[] =>
  [...says].toSorted(([left], [right]) => (left < right ? -1 : 1));

describe('two peers that compare their heads', () => {
  it('know each other’s heads exactly, like two that had sent each other everything', () => {
    fc.assert(
      fc.property(twoTables(120), ([left, right]) => {
        const { openerLearned, otherLearned } = talk(left, right);
        expect(sorted(told(openerLearned))).toEqual(sorted(saysOf(right, left)));
        expect(sorted(told(otherLearned))).toEqual(sorted(saysOf(left, right)));
      }),
    );
  });

  it.each([0, 1, 100, 5_000])('need two messages under 100 bytes for %i equal chains', (count) => {
    const heads = Array.from({ length: count }, (_, number) => headOf(number, 3));
    const { bytes, openerLearned, otherLearned } = talk(tableOf(heads), tableOf(heads));
    expect(bytes).toHaveLength(2);
    for (const size of bytes) expect(size).toBeLessThan(100);
    expect(openerLearned.size).toBe(count);
    expect(otherLearned.size).toBe(count);
  });

  it.each([
    [1, 1_000],
    [1, 8_000],
    [16, 1_000],
    [16, 8_000],
  ])('need bytes in the order of k log n where %i of %i chains differ', (differing, count) => {
    const heads = Array.from({ length: count }, (_, number) => headOf(number, 3));
    const step = Math.floor(count / differing);
    const grown = heads.map((head, number) => (number % step === 0 ? headOf(number, 4) : head));
    const { bytes } = talk(tableOf(heads), tableOf(grown));
    const total = bytes.reduce((sum, size) => sum + size, 0);
    // Eight fingerprints of 60 bytes a level, each answered by one, and two lists of up to 16 heads of 80 bytes at the end.
    const levels = Math.ceil(Math.log(count / 16) / Math.log(8)) + 1;
    const most = differing * (levels * 16 * 62 + 2 * 17 * 82) + 200;
    console.log(
      `${differing} of ${count} chains: ${total} bytes in ${bytes.length} messages (≤ ${most})`,
    );
    expect(total).toBeLessThan(most);
    expect(bytes.length).toBeLessThanOrEqual(levels + 4);
  });

  it.each([
    [6_000, 0],
    [0, 6_000],
    [6_000, 10],
    [5_000, 5_000],
  ])(
    'of which one has %i chains and the other %i others fill no frame, and go on until all is known',
    (left, right) => {
      const [ours, theirs] = [tableFrom(0, left), tableFrom(left, right)];
      const { bytes, openerLearned, otherLearned } = talk(ours, theirs);
      for (const size of bytes) expect(size).toBeLessThanOrEqual(LIMITS.frameBytesMax);
      expect(sorted(told(openerLearned))).toEqual(sorted(saysOf(theirs, ours)));
      expect(sorted(told(otherLearned))).toEqual(sorted(saysOf(ours, theirs)));
    },
  );
});

describe('a table of heads', () => {
  it('gives every range in ascending order, like a sorted list', () => {
    const number = fc.nat(40);
    fc.assert(
      fc.property(fc.array(number), fc.option(number), fc.option(number), (numbers, from, to) => {
        const table = tableOf(numbers.map((each) => headOf(each, 1)));
        const [lower, upper] = [from, to].map((each) => (each === null ? null : chainKey(each)));
        const expected = [...new Set(numbers.map(chainKey))]
          .filter((chain) => (lower ?? '') <= chain && (upper === null || chain < upper!))
          .toSorted();
        expect(table.range(lower!, upper!).map(({ chain }) => chain)).toEqual(expected);
        expect(table.size).toBe(new Set(numbers).size);
      }),
    );
  });
});
