// Arbitrary head tables, and two sides that compare theirs, for tests of reconciliation.

import * as fc from 'fast-check';
import type { ChainKey, EntryId } from '../src/brand.ts';
import { sha256Hex } from './sha256.ts';
import type { Head } from '../src/sync/head.ts';
import { HeadTable, NO_HEAD_ID } from '../src/sync/head.ts';

export function chainKey(number: number): ChainKey {
  return `${sha256Hex(`chain ${number}`)}${'0'.repeat(16)}` as ChainKey;
}

export function headOf(number: number, length: number, branch: string = ''): Head {
  const headId =
    length === 0 ? NO_HEAD_ID : (sha256Hex(`${number} ${length} ${branch}`) as EntryId);
  return { chain: chainKey(number), floor: 0, length, headId };
}

export function tableOf(heads: readonly Head[]): HeadTable {
  const table = new HeadTable();
  for (const head of heads) table.set(head);
  return table;
}

/** Two tables over the same numbers: most heads alike, some longer on one side, forked, or missing. */
export function twoTables(chainsMax: number): fc.Arbitrary<readonly [HeadTable, HeadTable]> {
  const fate = fc.constantFrom(
    'alike',
    'alike',
    'alike',
    'ahead',
    'behind',
    'forked',
    'ours',
    'theirs',
  );
  return fc.array(fate, { maxLength: chainsMax }).map((fates) => {
    const left: Head[] = [];
    const right: Head[] = [];
    for (const [number, each] of fates.entries()) {
      if (each !== 'theirs') left.push(headOf(number, each === 'ahead' ? 9 : 5));
      if (each === 'ours') continue;
      right.push(headOf(number, each === 'behind' ? 9 : 5, each === 'forked' ? 'other' : ''));
    }
    return [tableOf(left), tableOf(right)] as const;
  });
}
