// Blocking in virtual time, on links that delay, lose and repeat: it holds at the one who blocks, and nowhere else.

import type { PeerState, StoredEntry } from '@parley/core';
import { lobbyId } from '@parley/core';
import { createFakeSuite } from '@parley/testkit';
import { Chance } from '@parley/testkit/world/chance';
import type { Member } from '@parley/testkit/world/member';
import type { Plan } from '@parley/testkit/world/plan';
import { World } from '@parley/testkit/world/world';
import { describe, expect, it } from 'vitest';

const suite = createFakeSuite();
const conversation = lobbyId(suite);
const MEMBERS = 6;
const BLOCK_MS = 5_000;
const UNBLOCK_MS = 60_000;
const END_MS = 200_000;
const EVENTS_MAX = 2_000_000;

/** A ring, so that whoever is blocked reaches the others on another way. */
function planOf(seed: number): Plan {
  const chance = new Chance(seed, 7);
  const weather = {
    delayMsMin: 1,
    delayMsMax: chance.between(20, 200),
    linkLoss: chance.oneOf([0, 0.002, 0.005]),
    pushRepeat: 0.1,
    unevenMsMax: 50,
    frameFaults: 0,
    queueHighBytes: 65_536,
    bytesPerSecond: 1_000_000,
  };
  const members = Array.from({ length: MEMBERS }, (_, index) => ({
    startMs: chance.between(0, 1_000),
    skewMs: 0,
    dials: [(index + 1) % MEMBERS],
  }));
  const rest = { faults: [], actions: [], sessions: false, rooms: null, watchMs: 0 };
  return { seed, topology: 'chain', weather, members, calmMs: 60_000, ...rest };
}

function say(by: Member, text: string): void {
  by.run?.loop.push({ kind: 'say', conversation, lines: [{ type: 'say', text }] });
}

function heldOf({ run }: Member, author: Member): readonly StoredEntry[] {
  const all = run?.store.window({ conversation, entriesMax: 10_000 }) ?? [];
  return all.filter(({ identity }) => identity === author.identity);
}

function stateOf({ run }: Member): PeerState {
  if (run === null) throw new Error('it does not run');
  return run.state;
}

describe('who blocks someone', () => {
  it.each([1, 2, 3, 4])(
    'shows and stores nothing of theirs, keeps nobody else from it, and has it all once they are unblocked (seed %i)',
    async (seed) => {
      const world = new World(planOf(seed), { suite });
      const chance = new Chance(seed, 8);
      const { agenda, members } = world;
      const [mallory, anna] = members as [Member, Member];
      for (const [at, member] of members.entries())
        for (let line = 0; line < 40; line += 1)
          agenda.at(3_000 + line * 2_500 + chance.between(0, 2_000), () =>
            say(member, `${at} says ${line}`),
          );
      let heldAtBlock = -1;
      agenda.at(BLOCK_MS, () => {
        anna.run!.loop.push({ kind: 'block', person: mallory.identity });
        anna.run!.loop.flush();
        heldAtBlock = heldOf(anna, mallory).length;
      });
      let [heldBlocked, heldByOthers] = [-1, -1];
      agenda.at(UNBLOCK_MS, () => {
        heldBlocked = heldOf(anna, mallory).length;
        heldByOthers = Math.min(...members.slice(2).map((each) => heldOf(each, mallory).length));
        anna.run!.loop.push({ kind: 'unblock', person: mallory.identity });
      });
      expect(await agenda.runUntil(END_MS, EVENTS_MAX)).toBe(true);
      expect(heldBlocked).toBe(heldAtBlock);
      expect(heldByOthers).toBeGreaterThan(heldAtBlock + 10);
      for (const each of members) {
        expect(heldOf(each, mallory).map(({ entry }) => entry.id)).toEqual(
          heldOf(mallory, mallory).map(({ entry }) => entry.id),
        );
        expect(stateOf(each).guard.standings.size).toBe(0);
      }
      expect(world.objections).toEqual([]);
    },
  );
});
