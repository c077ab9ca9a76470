// A private session from its fork to its end, as those who are in it see it.

import { describe, expect, it } from 'vitest';
import { presentIn } from '../../src/session/roster.ts';
import { act, blamesOf, fork, namesOf, party, says, sessionOf, shownTo } from './party.ts';

describe('a private session', () => {
  it('is listed by both, as who forked it and who was forked, and what each says is seen by both', () => {
    const peers = party('anna', 'bob');
    const [anna, bob] = peers;
    fork(peers, anna, [bob]);
    act(peers, anna, says('hello'), 200);
    act(peers, bob, says('hi'), 300);
    for (const peer of peers) {
      expect(shownTo(peer)).toEqual(['hello', 'hi']);
      const { number, roster, inviter } = sessionOf(peer);
      expect(number).toBe(1);
      expect(inviter).toBe(anna.identity);
      expect(namesOf(peers, presentIn(roster!)).toSorted()).toEqual(['anna', 'bob']);
      expect(blamesOf(peer)).toEqual([]);
    }
  });
});
