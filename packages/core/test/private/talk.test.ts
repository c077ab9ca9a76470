// A private session from its fork to its end, as those who are in it see it.

import { describe, expect, it } from 'vitest';
import { presentIn } from '../../src/session/roster.ts';
import type { Input } from '../../src/peer/step-types.ts';
import { carry, link } from '../peers.ts';
import type { TestPeer } from '../peers.ts';
import {
  SESSION,
  act,
  blamesOf,
  cut,
  fork,
  namesOf,
  party,
  person,
  says,
  sessionOf,
  shownTo,
} from './party.ts';

function invites({ identity }: TestPeer): Input {
  return { kind: 'invite', conversation: SESSION, person: identity };
}

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

  it('is read by who is invited from then on, and she is heard by all', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob]);
    act(peers, anna, says('before'), 200);
    act(peers, bob, invites(cleo), 300);
    act(peers, cleo, says('hello'), 400);
    act(peers, anna, says('welcome'), 500);
    expect(shownTo(anna)).toEqual(['before', 'hello', 'welcome']);
    expect(shownTo(bob)).toEqual(['before', 'hello', 'welcome']);
    expect(shownTo(cleo)).toEqual(['hello', 'welcome']);
    expect(sessionOf(cleo)).toMatchObject({ number: 1, inviter: bob.identity });
  });

  it('shows who comes nothing of before, who goes nothing of after, however fast it was said', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob]);
    act(peers, anna, says('settled'), 200);
    const removes = { kind: 'remove', conversation: SESSION, person: cleo.identity } as const;
    // In one go: nothing is written in between.
    const atOnce = (nowMs: number, ...inputs: readonly Input[]): void =>
      carry(peers, [[anna, inputs.flatMap((input) => anna.take(input, nowMs))]], nowMs);
    atOnce(300, says('A'), invites(cleo), says('B'));
    atOnce(400, says('C'), removes, says('D'));
    expect(shownTo(bob)).toEqual(['settled', 'A', 'B', 'C', 'D']);
    expect(shownTo(cleo)).toEqual(['B', 'C']);
  });

  it('goes on for who left and was invited again, who is shown nothing twice', () => {
    const peers = party('anna', 'bob', 'cleo');
    const [anna, bob, cleo] = peers;
    fork(peers, anna, [bob, cleo]);
    for (const [at, peer] of peers.entries()) act(peers, peer, says(peer.id), 200 + at);
    act(peers, cleo, { kind: 'leave', conversation: SESSION }, 300);
    act(peers, anna, says('she is away'), 400);
    act(peers, anna, invites(cleo), 500);
    act(peers, bob, says('there she is'), 600);
    act(peers, cleo, says('hello again'), 700);
    const after = ['there she is', 'hello again'];
    expect(shownTo(cleo)).toEqual(['anna', 'bob', 'cleo', ...after]);
    for (const peer of [anna, bob])
      expect(shownTo(peer)).toEqual(['anna', 'bob', 'cleo', 'she is away', ...after]);
    for (const peer of peers) {
      expect(namesOf(peers, presentIn(sessionOf(peer).roster!)).toSorted()).toEqual([
        'anna',
        'bob',
        'cleo',
      ]);
      expect(blamesOf(peer)).toEqual([]);
    }
  });

  it('goes on after a restart of one of them, in the same chain', () => {
    const peers = party('anna', 'bob');
    const [anna, bob] = peers;
    fork(peers, anna, [bob]);
    act(peers, anna, says('before'), 200);
    const { chain } = sessionOf(anna).own!;
    cut(anna, bob, 300);
    const again = person('anna', { disk: anna.store.copy() });
    link(again, bob, 400);
    act([again, bob], again, says('after'), 500);
    act([again, bob], bob, says('still there'), 600);
    expect(sessionOf(again).own!.chain).toBe(chain);
    expect(shownTo(again)).toEqual(['after', 'still there']);
    expect(shownTo(bob)).toEqual(['before', 'after', 'still there']);
  });
});
