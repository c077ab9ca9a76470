import { lines } from '@parley/testkit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/codec/cbor.ts';
import type { CborValue } from '../../src/codec/cbor.ts';
import { fromHex } from '../../src/bytes/hex.ts';
import { LIMITS } from '../../src/limits.ts';
import { decodeLines, encodeLines, joinLines } from '../../src/log/line.ts';
import { contentsOf } from '../../src/session/content-parts.ts';
import { decodeContent, encodeContent } from '../../src/session/content.ts';
import type { Content } from '../../src/session/content.ts';
import { mergeRosters, sameRoster, withMember, withoutMember } from '../../src/session/roster.ts';
import type { SessionRoster } from '../../src/session/roster.ts';
import type { Ask } from '../../src/session/work-types.ts';
import { damages } from '../mutations.ts';
import { certificateOf, chainOf, identityOf, roster, rosterOf, suite } from './people.ts';

function asks(): fc.Arbitrary<readonly Ask[]> {
  const ask = fc.record({
    owner: fc.nat(5).map(identityOf),
    keyPackage: fc.uint8Array({ minLength: 1, maxLength: 20 }),
    again: fc.boolean(),
  });
  return fc.array(ask, { maxLength: 3 });
}

function decoded(content: Content): Content {
  const read = decodeContent(suite, encodeContent(content));
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

/** Everyone who ever can be in one roster, each with as many cuts as there may be. */
function largestRoster(): SessionRoster {
  let largest = rosterOf(1);
  for (let at = 0; at < LIMITS.sessionPeopleMax; at += 1) {
    const cuts = Array.from({ length: LIMITS.rosterCutsMax }, (_, each) => chainOf(at, each));
    largest = withMember(largest, certificateOf(at));
    largest = withoutMember(
      largest,
      identityOf(at),
      new Map(cuts.map((chain) => [chain, LIMITS.seqMax])),
    );
  }
  return largest;
}

describe('what a message says', () => {
  it('round trips', () => {
    fc.assert(
      fc.property(fc.option(roster()), asks(), lines(), (said, asked, spoken) => {
        const read = decoded({ roster: said, asks: asked, lines: spoken });
        expect(read.asks).toEqual(asked);
        expect(read.lines).toEqual(spoken);
        const isSame =
          read.roster === null || said === null
            ? read.roster === said
            : sameRoster(read.roster, said);
        expect(isSame).toBe(true);
      }),
    );
  });

  it('damaged anywhere is refused, or is something else in its one form', () => {
    const one = withoutMember(rosterOf(2), identityOf(1), new Map([[chainOf(1), 3]]));
    const ask = { owner: identityOf(0), keyPackage: Uint8Array.of(1, 2), again: true };
    const content: Content = { roster: one, asks: [ask], lines: [{ type: 'say', text: 'hi' }] };
    for (const bytes of damages(encodeContent(content))) {
      const read = decodeContent(suite, bytes);
      if (!read.ok) continue;
      const isKnown = read.value.lines.every(({ type }) => type !== 'unknown');
      expect(isKnown ? encodeContent(read.value) : bytes).toEqual(bytes);
    }
  });

  const noLines = encodeLines([]);
  const key = fromHex(identityOf(0));
  const { bytes: certificate } = certificateOf(0);
  const person = (...rest: readonly CborValue[]): CborValue => [certificate, ...rest];
  const withPeople = (...people: readonly CborValue[]): CborValue => [
    1,
    [key, [key], people],
    [],
    noLines,
  ];
  const forged = certificate.with(-1 + certificate.length, (certificate.at(-1) ?? 0) ^ 1);
  const chain = fromHex(chainOf(0));
  it.each<[string, CborValue, string]>([
    ['version 2', [2, null, [], noLines], 'unknown-version'],
    ['one item too many', [1, null, [], noLines, null], 'wrong-type'],
    ['lines that are no payload', [1, null, [], Uint8Array.of(1)], 'wrong-type'],
    ['lines not as bytes', [1, null, [], []], 'wrong-type'],
    [
      'an ask without a package',
      [1, null, [[key, new Uint8Array(0), false]], noLines],
      'bad-package-length',
    ],
    [
      'an ask with a long package',
      [1, null, [[key, new Uint8Array(LIMITS.keyPackageBytesMax + 1), false]], noLines],
      'bad-package-length',
    ],
    ['an ask of a short key', [1, null, [[key.slice(1), chain, false]], noLines], 'wrong-type'],
    ['an ask with a number', [1, null, [[key, chain, 1]], noLines], 'wrong-type'],
    [
      'too many asks',
      [1, null, Array.from({ length: LIMITS.asksMax + 1 }, () => [key, chain, true]), noLines],
      'too-many-asks',
    ],
    [
      'an initiator who founded nothing',
      [1, [key, [chain.slice(0, 32)], []], [], noLines],
      'no-initiator',
    ],
    ['founders twice', [1, [key, [key, key], []], [], noLines], 'not-ascending'],
    ['a person twice', withPeople(person(1, 0, []), person(1, 0, [])), 'not-ascending'],
    ['someone never added', withPeople(person(0, 0, [])), 'bad-counter'],
    ['removed more often than added', withPeople(person(1, 2, [])), 'bad-counter'],
    ['added too often', withPeople(person(LIMITS.rosterChangesMax + 1, 0, [])), 'bad-counter'],
    ['a cut over its limit', withPeople(person(1, 1, [[chain, LIMITS.seqMax + 2]])), 'bad-counter'],
    [
      'cuts twice',
      withPeople(
        person(1, 1, [
          [chain, 1],
          [chain, 1],
        ]),
      ),
      'not-ascending',
    ],
    ['a cut of a short chain', withPeople(person(1, 1, [[key, 1]])), 'wrong-type'],
    ['a forged certificate', withPeople([forged, 1, 0, []]), 'bad-signature'],
    [
      'too many people',
      withPeople(...Array.from({ length: LIMITS.sessionPeopleMax + 1 }, () => person(1, 0, []))),
      'too-many-people',
    ],
    [
      'too many cuts',
      withPeople(
        person(
          1,
          1,
          Array.from({ length: LIMITS.rosterCutsMax + 1 }, () => [chain, 1]),
        ),
      ),
      'too-many-cuts',
    ],
  ])('is refused with %s', (_, value, reason) => {
    expect(decodeContent(suite, encode(value))).toEqual({ ok: false, reason });
  });

  it('is refused over its limit before anything is decoded', () => {
    const bytes = new Uint8Array(LIMITS.groupPlaintextBytesMax + 1);
    expect(decodeContent(suite, bytes)).toEqual({ ok: false, reason: 'too-large' });
  });

  it('keeps lines of unknown types to the letter', () => {
    const payload = encode([
      [7, 'later'],
      [0, 'hi'],
    ]);
    const read = decodeContent(suite, encode([1, null, [], payload]));
    expect(read.ok && read.value.payload).toEqual(payload);
    expect(read.ok && read.value.lines).toEqual([
      { type: 'unknown', code: 7 },
      { type: 'say', text: 'hi' },
    ]);
  });
});

describe('payloads of lines', () => {
  it('join to one with the lines of all', () => {
    fc.assert(
      fc.property(fc.array(lines(30), { maxLength: 8 }), (all) => {
        const joined = joinLines(all.map(encodeLines));
        expect(decodeLines(joined, null)).toEqual({ ok: true, value: all.flat() });
        expect(decode(joined).ok).toBe(true);
      }),
    );
  });
});

describe('all that is to be said at once', () => {
  const hello = [{ type: 'say', text: 'hello' }] as const;

  it('goes into one message with the first batch, others into one each', () => {
    const said = rosterOf(2);
    const asked = [{ owner: identityOf(1), keyPackage: Uint8Array.of(1), again: false }];
    const contents = contentsOf({ roster: said, asks: asked, batches: [hello, hello] });
    expect(contents).toEqual([
      { roster: said, asks: asked, lines: hello },
      { roster: null, asks: [], lines: hello },
    ]);
    expect(contentsOf({ roster: null, asks: [], batches: [[], hello, []] })).toEqual([
      { roster: null, asks: [], lines: hello },
    ]);
    expect(contentsOf({ roster: null, asks: [], batches: [] })).toEqual([]);
  });

  it('goes into several where the limit asks for it, and merges into the same', () => {
    const largest = largestRoster();
    const keyPackage = new Uint8Array(LIMITS.keyPackageBytesMax).fill(7);
    const asked = Array.from({ length: LIMITS.asksMax }, (_, at) => ({
      owner: identityOf(at),
      keyPackage,
      again: true,
    }));
    const contents = contentsOf({ roster: largest, asks: asked, batches: [hello] });
    const read = contents.map(decoded);
    const rosters = read.flatMap((one) => one.roster ?? []);
    expect(rosters.length).toBeGreaterThan(1);
    expect(sameRoster(rosters.reduce(mergeRosters), largest)).toBe(true);
    expect(read.flatMap((one) => one.asks)).toEqual(asked);
    expect(read.flatMap((one) => one.lines)).toEqual(hello);
  });
});
