// A member who was removed is silent, whatever she said of herself before.

import { describe, expect, it } from 'vitest';
import type { ChainKey, IdentityKey } from '../../src/brand.ts';
import { LIMITS } from '../../src/limits.ts';
import type { Membership, SessionRoster } from '../../src/session/roster.ts';
import { isPresent } from '../../src/session/roster.ts';
import { tick } from '../peers.ts';
import type { TestPeer } from '../peers.ts';
import { SESSION, act, fork, party, says, sessionOf, shownTo } from './party.ts';
import { plainly } from './plain-worker.ts';

const MOST = LIMITS.rosterChangesMax;

function withSelf(
  roster: SessionRoster,
  self: IdentityKey,
  change: Partial<Membership>,
): SessionRoster {
  const membership = { ...roster.members.get(self)!, ...change };
  return { ...roster, members: new Map(roster.members).set(self, membership) };
}

/** From now on a peer says this of itself wherever it says who is in the session. */
function pretends(peer: TestPeer, of: (chain: ChainKey) => Partial<Membership>): void {
  peer.answer = (work) => {
    if (work.kind !== 'speak' || work.roster === null) return plainly(peer)(work);
    const change = of(work.chain);
    return plainly(peer)({ ...work, roster: withSelf(work.roster, peer.identity, change) });
  };
}

/** It hears nothing any more, so that it goes on. */
function goesDeaf(peer: TestPeer): void {
  const { answer } = peer;
  peer.answer = (work) => {
    if (work.kind !== 'read') return answer!(work);
    return { kind: 'read', next: work.to, events: [], end: 'all', writes: [] };
  };
}

function all(chain: ChainKey): ReadonlyMap<ChainKey, number> {
  return new Map([[chain, LIMITS.seqMax]]);
}

describe('who is removed is not heard any more', () => {
  it.each([
    ['while in it, that all she will say counts', (cuts) => ({ cuts })],
    ['that she was away once, and all counts', (cuts) => ({ added: 2, removed: 1, cuts })],
    ['that she left, and all counts', (cuts) => ({ removed: 1, cuts })],
    [
      'that she left so often that nobody can top it',
      (cuts) => ({ added: MOST, removed: MOST, cuts }),
    ],
    ['that she came so often that nobody can top it', (cuts) => ({ added: MOST, cuts })],
  ] as [string, (cuts: ReadonlyMap<ChainKey, number>) => Partial<Membership>][])(
    'though she had said %s',
    (_what, of) => {
      const peers = party('anna', 'bob', 'mallory', 'cleo');
      const [anna, bob, mallory, cleo] = peers;
      fork(peers, anna, [bob, mallory]);
      for (const [at, peer] of [anna, bob, mallory].entries())
        act(peers, peer, says(peer.id), 200 + at);
      pretends(mallory, (chain) => of(all(chain)));
      goesDeaf(mallory);
      act(peers, mallory, { kind: 'invite', conversation: SESSION, person: cleo.identity }, 300);
      act(peers, anna, { kind: 'remove', conversation: SESSION, person: mallory.identity }, 400);
      act(peers, anna, says('she is out'), 500);
      act(peers, bob, says('yes'), 550);
      act(peers, mallory, says('I am not'), 600);
      act(peers, mallory, { kind: 'remove', conversation: SESSION, person: bob.identity }, 700);
      for (let at = 1; at < 4; at += 1) tick(peers, at * 60_000);
      for (const peer of [anna, bob, cleo]) {
        expect(shownTo(peer)).not.toContain('I am not');
        expect(isPresent(sessionOf(peer).roster!, mallory.identity)).toBe(false);
        expect(isPresent(sessionOf(peer).roster!, bob.identity)).toBe(true);
      }
    },
  );
});
