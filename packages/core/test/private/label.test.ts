// Which of two forks that crossed is the one that both go by.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationId, IdentityKey } from '../../src/brand.ts';
import { crossingWith, leaderOf, peopleOf, sessionWith } from '../../src/session/label.ts';
import { newSession } from '../../src/session/memory.ts';
import { isPresent, newRoster, withMember, withoutMember } from '../../src/session/roster.ts';
import type { SessionRoster } from '../../src/session/roster.ts';
import type { Session } from '../../src/session/state.ts';
import { certificateOf, identityOf } from '../session/people.ts';
import { secretOf } from './party.ts';

/** In the order of their numbers. */
function sessionIdOf(number: number): ConversationId {
  return number.toString(16).padStart(64, '0') as ConversationId;
}

interface Wish {
  readonly id: number;
  readonly initiator: number;
  readonly others: readonly number[];
  readonly gone: readonly number[];
  readonly left: boolean;
}

function sessionFrom({ id, initiator, others, gone, left }: Wish): Session {
  const founders = [...new Set([initiator, ...others])];
  const founded = newRoster(
    identityOf(initiator),
    founders.map((at) => certificateOf(at)),
  );
  const roster = gone.reduce(
    (known, at) => withoutMember(known, identityOf(at), new Map()),
    founded,
  );
  const session = newSession({ id: sessionIdOf(id), secret: secretOf(id) }, identityOf(initiator));
  return { ...session, roster, leftMs: left ? 1 : null, number: id };
}

const person = fc.nat(2);
const wish: fc.Arbitrary<Wish> = fc.record({
  id: fc.nat(1_000),
  initiator: person,
  others: fc.array(person, { minLength: 1, maxLength: 3 }),
  gone: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    fc.array(person, { minLength: 1, maxLength: 1 }),
  ),
  left: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.boolean()),
});
const wishes = fc.uniqueArray(wish, { maxLength: 8, selector: ({ id }) => id });

function mapOf(all: readonly Session[]): ReadonlyMap<ConversationId, Session> {
  return new Map(all.map((session) => [session.id, session]));
}

function presentFounders(roster: SessionRoster): readonly IdentityKey[] {
  return roster.founders.filter((each) => isPresent(roster, each));
}

function always(claim: (all: readonly Session[]) => void): void {
  fc.assert(
    fc.property(wishes, (all) => claim(all.map(sessionFrom))),
    { numRuns: 1_000 },
  );
}

describe('forks that crossed', () => {
  it('go by the one with the lowest id', () => {
    const one = sessionFrom({ id: 1, initiator: 1, others: [0], gone: [], left: false });
    const other = sessionFrom({ id: 2, initiator: 0, others: [1], gone: [], left: false });
    const both = mapOf([other, one]);
    expect([leaderOf(both, one).id, leaderOf(both, other).id]).toEqual([one.id, one.id]);
  });

  it('go by the same one, in whatever order they came', () => {
    always((all) => {
      const [known, turned] = [mapOf(all), mapOf(all.toReversed())];
      for (const each of all) expect(leaderOf(known, each)).toBe(leaderOf(turned, each));
    });
  });

  it('are one with each other, and with all that the other is one with', () => {
    always((all) => {
      const known = mapOf(all);
      for (const each of all) {
        const group = new Set(crossingWith(known, each));
        expect(group.has(each)).toBe(true);
        for (const other of group) expect(new Set(crossingWith(known, other))).toEqual(group);
        for (const other of group) expect(leaderOf(known, other)).toBe(leaderOf(known, each));
        expect(group.has(leaderOf(known, each))).toBe(true);
      }
    });
  });

  it('are never two of the same initiator, nor of other founders, nor such as other founders are left in', () => {
    always((all) => {
      const known = mapOf(all);
      for (const each of all) {
        const group = crossingWith(known, each);
        if (group.length === 1) continue;
        const initiators = group.map(({ roster }) => roster!.initiator);
        expect(new Set(initiators).size).toBe(group.length);
        expect(new Set(group.map(({ roster }) => roster!.founders.join())).size).toBe(1);
        for (const { roster, leftMs } of group) {
          expect(leftMs).toBeNull();
          expect(presentFounders(roster!)).toEqual(presentFounders(group[0]!.roster!));
        }
      }
    });
  });
});

describe('a session into which someone was let', () => {
  it('is not one with a fork of two of its people: nobody reads what was meant for fewer', () => {
    const pair = sessionFrom({ id: 1, initiator: 0, others: [1], gone: [], left: false });
    const founded = sessionFrom({ id: 2, initiator: 1, others: [0], gone: [], left: false });
    expect(crossingWith(mapOf([pair, founded]), pair)).toHaveLength(2);
    const grown = { ...founded, roster: withMember(founded.roster!, certificateOf(2)) };
    expect(crossingWith(mapOf([pair, grown]), pair)).toEqual([pair]);
    expect(leaderOf(mapOf([pair, grown]), grown)).toBe(grown);
    // Nor when that one is gone again: they are two sessions for good.
    const shrunk = { ...grown, roster: withoutMember(grown.roster, identityOf(2), new Map()) };
    expect(crossingWith(mapOf([pair, shrunk]), pair)).toEqual([pair]);
    const both = { ...pair, roster: withMember(pair.roster!, certificateOf(2)) };
    expect(crossingWith(mapOf([both, grown]), both)).toHaveLength(2);
  });
});

function people(...at: readonly number[]): ReadonlySet<IdentityKey> {
  return new Set(at.map((each) => identityOf(each)));
}

describe('the session with just these people', () => {
  it('is one that is listed, not left, and has exactly them in it', () => {
    const pair = sessionFrom({ id: 1, initiator: 0, others: [1], gone: [], left: false });
    const three = sessionFrom({ id: 2, initiator: 0, others: [1, 2], gone: [2], left: false });
    const left = sessionFrom({ id: 3, initiator: 0, others: [2], gone: [], left: true });
    const unlisted = { ...pair, number: null };
    expect(sessionWith(mapOf([left, pair]), people(0, 1))).toBe(pair);
    expect(sessionWith(mapOf([three]), people(0, 1))).toBe(three);
    expect(sessionWith(mapOf([three]), people(0, 1, 2))).toBeNull();
    expect(sessionWith(mapOf([left]), people(0, 2))).toBeNull();
    expect(sessionWith(mapOf([unlisted]), people(0, 1))).toBeNull();
  });

  it('may be one whose keys have not come yet', () => {
    const forming = { people: [identityOf(1)], untilMs: 1 };
    const session = {
      ...newSession({ id: sessionIdOf(1), secret: secretOf(1) }, identityOf(0)),
      number: 1,
      forming,
    };
    expect(peopleOf(session)).toEqual([identityOf(0), identityOf(1)]);
    expect(sessionWith(mapOf([session]), people(0, 1))).toBe(session);
    expect(
      peopleOf(newSession({ id: sessionIdOf(2), secret: secretOf(2) }, identityOf(0))),
    ).toEqual([]);
  });
});
