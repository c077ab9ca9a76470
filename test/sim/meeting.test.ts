// People with an invite find each other through someone who is in none of their rooms, and need nobody afterwards.

import type { RoomKey } from '@parley/core';
import { roomId, toHex } from '@parley/core';
import { createFakeSuite } from '@parley/testkit';
import type { Member } from '@parley/testkit/world/member';
import type { Plan } from '@parley/testkit/world/plan';
import { World } from '@parley/testkit/world/world';
import { describe, expect, it } from 'vitest';

const suite = createFakeSuite();
const room: RoomKey = { kind: 'secret', name: 'den', secret: new Uint8Array(32).fill(7) };
const weather = {
  delayMsMin: 5,
  delayMsMax: 50,
  linkLoss: 0,
  pushRepeat: 0,
  unevenMsMax: 0,
  frameFaults: 0,
  queueHighBytes: 1_048_576,
};

/** A helper in the open lobby, and people of the den who know its address and nothing else. */
function denPlan(seed: number, skews: readonly number[], lobby: RoomKey | null = room): Plan {
  const people = skews.map((skewMs, index) => {
    const own = { startMs: 500 + 300 * index, skewMs, dials: [0] };
    return lobby === null ? own : { ...own, lobby };
  });
  return {
    seed,
    faults: [],
    topology: 'star',
    weather,
    members: [{ startMs: 0, skewMs: 0, dials: [] }, ...people],
    actions: [],
    sessions: false,
    rooms: null,
    calmMs: 3_600_000,
    watchMs: 0,
  };
}

function say({ run }: Member, text: string): void {
  const conversation = roomId(suite, room);
  run?.loop.push({ kind: 'say', conversation, lines: [{ type: 'say', text }] });
}

function entriesAt({ run }: Member): number {
  return run?.state.conversations.get(roomId(suite, room))?.entriesHeld ?? 0;
}

function linksOf({ run }: Member): number {
  return run?.state.neighbours.size ?? 0;
}

describe('people of a secret room who know only a helper outside it', () => {
  it.each([1, 2, 3, 4, 5])('find each other and talk, with seed %i', async (seed) => {
    const world = new World(denPlan(seed, [0, 0, 0]), { suite });
    const [helper, ...people] = world.members as [Member, ...Member[]];
    await world.agenda.runUntil(10_000, 100_000);
    for (const person of people) expect(linksOf(person)).toBe(people.length);
    for (const person of people) say(person, `hello from ${person.name}`);
    await world.agenda.runUntil(20_000, 200_000);
    for (const person of people) expect(entriesAt(person)).toBe(people.length);
    // The helper goes, and they go on.
    helper.run?.endpoint.vanish();
    helper.run?.loop.stop();
    for (const person of people) say(person, 'still here');
    await world.agenda.runUntil(40_000, 400_000);
    for (const person of people) expect(entriesAt(person)).toBe(2 * people.length);
    expect(world.objections).toEqual([]);
  });

  it('find each other across midnight, though their clocks differ by half an hour', async () => {
    const dayMs = 86_400_000;
    const untilMidnightMs = dayMs - (1_700_000_000_000 % dayMs);
    const skews = [untilMidnightMs - 900_000, untilMidnightMs + 900_000];
    const world = new World(denPlan(6, skews), { suite });
    await world.agenda.runUntil(10_000, 100_000);
    for (const person of world.members.slice(1)) expect(linksOf(person)).toBe(2);
  });

  it('leave nothing with the helper that names the room', async () => {
    const world = new World(denPlan(7, [0, 0]), { suite });
    const [helper, ...people] = world.members as [Member, ...Member[]];
    await world.agenda.runUntil(10_000, 100_000);
    for (const person of people) say(person, 'the password is swordfish');
    await world.agenda.runUntil(20_000, 200_000);
    expect(entriesAt(people[0] as Member)).toBe(2);
    const { store } = helper.run ?? {};
    const kept = JSON.stringify([store?.chains(), store?.values(''), store?.peers()]);
    for (const secret of [roomId(suite, room), toHex(new Uint8Array(32).fill(7)), 'den"'])
      expect(kept).not.toContain(secret);
  });
});
