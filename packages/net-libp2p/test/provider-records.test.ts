// The records of strangers: however many they give us, so many are kept, for so long.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProviderRecords } from '../src/provider-records.ts';

const limits = { recordsMax: 12, recordsPerKeyMax: 3, recordsPerPeerMax: 5, recordMs: 1_000 };
const value = Uint8Array.of(1);

function nameOf(key: string, peer: string): string {
  return `/dht/provider/${key}/${peer}`;
}

function letter(letters: string): fc.Arbitrary<string> {
  return fc.constantFrom(...letters.split(''));
}

async function namesUnder(records: ProviderRecords<string>, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of records.query({ prefix })) names.push(key);
  return names;
}

describe('records of strangers', () => {
  it('are given back under their key, and no longer than they are good', async () => {
    let nowMs = 0;
    const records = new ProviderRecords<string>(limits, () => nowMs);
    records.put(nameOf('k', 'a'), value);
    nowMs = 500;
    records.put(nameOf('k', 'b'), value);
    records.put(nameOf('other', 'b'), value);
    expect(await namesUnder(records, '/dht/provider/k')).toEqual([
      nameOf('k', 'a'),
      nameOf('k', 'b'),
    ]);
    nowMs = 1_000;
    expect(records.has(nameOf('k', 'a'))).toBe(false);
    expect(await namesUnder(records, '/dht/provider/k')).toEqual([nameOf('k', 'b')]);
    expect(records.count).toBe(2);
  });

  it('that are no provider records are not kept', () => {
    const records = new ProviderRecords<string>(limits, () => 0);
    records.put('/dht/record/abc', value);
    expect(records.has('/dht/record/abc')).toBe(false);
    expect(() => records.get('/dht/record/abc')).toThrow('no record');
    expect(records.count).toBe(0);
  });

  it('are never more than the limits, and counted right, whatever is put and deleted', async () => {
    const act = fc.tuple(
      fc.constantFrom('put', 'delete'),
      letter('abcdefghij'),
      letter('pqrstuvw'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 200 }), async (acts) => {
        const records = new ProviderRecords<string>(limits, () => 0);
        for (const [kind, key, peer] of acts) {
          if (kind === 'put') records.put(nameOf(key, peer), value);
          else records.delete(nameOf(key, peer));
        }
        const all = await namesUnder(records, '/dht/provider');
        expect(all).toHaveLength(records.count);
        expect(all.length).toBeLessThanOrEqual(limits.recordsMax);
        const counts = (part: number): number[] => {
          const groups = Map.groupBy(all, (name) => name.split('/')[part]);
          return [...groups.values()].map((group) => group.length);
        };
        expect(Math.max(0, ...counts(3))).toBeLessThanOrEqual(limits.recordsPerKeyMax);
        expect(Math.max(0, ...counts(4))).toBeLessThanOrEqual(limits.recordsPerPeerMax);
      }),
    );
  });

  it('of a crowd of keys by one peer do not drive out those of others', async () => {
    const own = { ...limits, recordsPerPeerMax: 100 };
    const records = new ProviderRecords<string>(own, () => 0);
    records.put(nameOf('k', 'quiet'), value);
    for (let number = 0; number < 50; number += 1) records.put(nameOf(`x${number}`, 'loud'), value);
    expect(await namesUnder(records, '/dht/provider/k')).toEqual([nameOf('k', 'quiet')]);
    expect(records.count).toBe(own.recordsMax);
  });
});
