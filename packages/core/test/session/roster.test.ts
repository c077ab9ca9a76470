import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChainKey } from '../../src/brand.ts';
import { LIMITS } from '../../src/limits.ts';
import {
  countsUpTo,
  isPresent,
  mergeRosters,
  newRoster,
  presentIn,
  sameRoster,
  withMember,
  withoutMember,
} from '../../src/session/roster.ts';
import type { SessionRoster } from '../../src/session/roster.ts';
import { certificateOf, chainOf, change, changed, identityOf, roster, rosterOf } from './people.ts';

const noCuts: ReadonlyMap<ChainKey, number> = new Map();

function mergeAll(rosters: readonly SessionRoster[]): SessionRoster {
  return rosters.reduce(mergeRosters);
}

describe('a roster', () => {
  it('begins with its founders, all of them in', () => {
    const forked = rosterOf(3);
    const everyone = [0, 1, 2].map(identityOf).toSorted();
    expect(forked.initiator).toBe(identityOf(0));
    expect(forked.founders).toEqual(everyone);
    expect(presentIn(forked)).toEqual(everyone);
    expect(() => newRoster(identityOf(9), [certificateOf(0)])).toThrow('is in it');
  });

  it('merges the same in any order, however often', () => {
    fc.assert(
      fc.property(roster(), roster(), roster(), (a, b, c) => {
        expect(sameRoster(mergeRosters(a, b), mergeRosters(b, a))).toBe(true);
        const left = mergeRosters(mergeRosters(a, b), c);
        expect(sameRoster(left, mergeRosters(a, mergeRosters(b, c)))).toBe(true);
        expect(sameRoster(mergeRosters(a, a), a)).toBe(true);
        expect(sameRoster(mergeRosters(left, b), left)).toBe(true);
      }),
    );
  });

  it('is the same for all who heard of the same changes, in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(change(), { maxLength: 5 }), { minLength: 2, maxLength: 5 }),
        fc.infiniteStream(fc.nat()),
        (peers, chance) => {
          const known = peers.map((changes) => changes.reduce(changed, rosterOf(3)));
          const shuffled = known
            .map((one) => ({ one, key: chance.next().value }))
            .toSorted((left, right) => left.key - right.key)
            .map(({ one }) => one);
          expect(sameRoster(mergeAll(known), mergeAll([...shuffled, ...shuffled]))).toBe(true);
        },
      ),
    );
  });

  it('grows only: no merge makes a removal or a cut smaller', () => {
    fc.assert(
      fc.property(roster(), roster(), (a, b) => {
        const merged = mergeRosters(a, b);
        for (const [identity, { added, removed, cuts }] of a.members) {
          const after = merged.members.get(identity);
          expect(after?.added).toBeGreaterThanOrEqual(added);
          expect(after?.removed).toBeGreaterThanOrEqual(removed);
          // Of another removal there are other cuts.
          for (const [chain, cut] of after?.removed === removed ? cuts : []) {
            expect(after?.cuts.get(chain)).toBeGreaterThanOrEqual(cut);
          }
        }
      }),
    );
  });

  it('keeps someone out whom one removed while another, who had not heard, let them in', () => {
    const forked = rosterOf(2);
    const withThird = withMember(forked, certificateOf(2));
    const removed = withoutMember(withThird, identityOf(2), noCuts);
    const stale = withMember(forked, certificateOf(2, 1));
    expect(isPresent(mergeRosters(removed, stale), identityOf(2))).toBe(false);
    expect(isPresent(mergeRosters(stale, removed), identityOf(2))).toBe(false);
  });

  it('lets someone in again who was removed, with the certificate of that day', () => {
    const removed = withoutMember(rosterOf(2), identityOf(1), noCuts);
    const back = withMember(removed, certificateOf(1, 1));
    expect(isPresent(back, identityOf(1))).toBe(true);
    expect(back.members.get(identityOf(1))?.certificate).toEqual(certificateOf(1, 1).bytes);
    const merged = mergeRosters(removed, back);
    expect(sameRoster(merged, back)).toBe(true);
  });

  it('does not change when someone who is in is let in, or a stranger removed', () => {
    const forked = rosterOf(2);
    expect(withMember(forked, certificateOf(1, 1))).toBe(forked);
    expect(withoutMember(forked, identityOf(7), noCuts)).toBe(forked);
  });

  it('counts all entries of those who are in, and of others those before their cuts', () => {
    const gone = withoutMember(rosterOf(2), identityOf(1), new Map([[chainOf(1), 7]]));
    expect(countsUpTo(gone, identityOf(0), chainOf(0))).toBe(Infinity);
    expect(countsUpTo(gone, identityOf(1), chainOf(1))).toBe(7);
    expect(countsUpTo(gone, identityOf(1), chainOf(1, 1))).toBe(0);
    expect(countsUpTo(gone, identityOf(2), chainOf(2))).toBe(0);
    const later = withoutMember(gone, identityOf(1), new Map([[chainOf(1), 9]]));
    expect(countsUpTo(mergeRosters(later, gone), identityOf(1), chainOf(1))).toBe(9);
  });

  it('has at most 32 people in, for everyone the same ones', () => {
    const all = Array.from({ length: LIMITS.sessionMembersMax + 4 }, (_, at) => certificateOf(at));
    const crowded = all.reduce(withMember, rosterOf(1));
    const present = presentIn(crowded);
    const ascending = all.map(({ identity }) => identity).toSorted();
    expect(present).toEqual(ascending.slice(0, LIMITS.sessionMembersMax));
    for (const identity of ascending) {
      expect(isPresent(crowded, identity)).toBe(present.includes(identity));
    }
  });

  it('keeps a line for at most 128 people, and 64 cuts of each, merged or not', () => {
    const first = Array.from({ length: 128 }, (_, at) => certificateOf(at)).reduce(
      withMember,
      rosterOf(1),
    );
    expect(withMember(first, certificateOf(128))).toBe(first);
    const second = Array.from({ length: 40 }, (_, at) => certificateOf(200 + at)).reduce(
      withMember,
      rosterOf(1),
    );
    const merged = mergeRosters(first, second);
    expect(merged.members.size).toBe(LIMITS.sessionPeopleMax);
    expect(sameRoster(merged, mergeRosters(second, first))).toBe(true);
    expect(sameRoster(merged, mergeRosters(merged, second))).toBe(true);

    const cuts = new Map(Array.from({ length: 70 }, (_, at) => [chainOf(1, at), at]));
    const removed = withoutMember(rosterOf(2), identityOf(1), cuts);
    expect(removed.members.get(identityOf(1))?.cuts.size).toBe(LIMITS.rosterCutsMax);
  });

  it('is another one if anything in it differs', () => {
    fc.assert(
      fc.property(roster(), change(), (before, one) => {
        const after = changed(before, one);
        if (after === before) return;
        const { members, initiator, founders } = before;
        expect(sameRoster(before, { initiator, founders, members: new Map(members) })).toBe(true);
        const same = sameRoster(before, after);
        // Someone can be removed again with cuts that are no greater.
        expect(same && one.kind === 'add').toBe(false);
        expect(sameRoster(after, before)).toBe(same);
      }),
    );
    expect(sameRoster(rosterOf(2), rosterOf(3))).toBe(false);
    expect(sameRoster(rosterOf(2), { ...rosterOf(2), initiator: identityOf(1) })).toBe(false);
  });
});
