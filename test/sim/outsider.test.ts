// Who lacks the invite of a secret room and is connected to those who have it learns nothing of it: found by search.

import { fromHex, roomId } from '@parley/core';
import type { RoomKey } from '@parley/core';
import { createFakeSuite } from '@parley/testkit';
import type { Plan } from '@parley/testkit/world/plan';
import { roomPlanOf } from '@parley/testkit/world/room-plan';
import type { Mutant } from '@parley/testkit/world/run';
import { runPlan } from '@parley/testkit/world/schedule';
import { describe, expect, it } from 'vitest';

const suite = createFakeSuite();
const SEEDS = 25;
/** In everything that is said in the secret rooms of the World, and nowhere else. */
const WORD = ' secret ';

/** What came to one run of a peer over the wire, and what it stored. */
interface Seen {
  /** Its number among the members of the plan. */
  readonly member: number;
  readonly wire: Buffer[];
  readonly store: Buffer[];
}

/** Looks over the shoulder of everyone. */
function spy(): { readonly seen: readonly Seen[]; readonly mutant: Mutant } {
  const seen: Seen[] = [];
  // A run of a process opens its store first, and then its place in the network.
  let stored: Buffer[] = [];
  const mutant: Mutant = {
    store: (store) => {
      const own: Buffer[] = [];
      stored = own;
      return {
        ...store,
        commit: (writes) => {
          own.push(bytesOf(writes));
          return store.commit(writes);
        },
      };
    },
    endpoint: (endpoint) => {
      const wire: Buffer[] = [];
      seen.push({ member: Number(endpoint.peer.split('-')[1]), wire, store: stored });
      return {
        ...endpoint,
        start: (handler) =>
          endpoint.start((event) => {
            if (event.kind === 'frame') wire.push(Buffer.from(event.bytes));
            handler(event);
          }),
      };
    },
  };
  return { seen, mutant };
}

/** Names as they are, bytes as they are: whatever is kept can be found in it. */
function bytesOf(value: unknown): Buffer {
  const text = JSON.stringify(value, (_, part: unknown) =>
    part instanceof Uint8Array ? `bytes ${Buffer.from(part).toString('hex')}` : part,
  );
  return Buffer.from(text);
}

/** Its last member never joins a secret room. */
function withOutsider(plan: Plan): Plan {
  const outsider = plan.members.length - 1;
  const isSecret = (room: number): boolean => plan.rooms?.keys[room]?.kind === 'secret';
  const actions = plan.actions.filter(
    ({ action }) => !('room' in action && action.member === outsider && isSecret(action.room)),
  );
  return { ...plan, actions };
}

/** How many runs of insiders had it on their wire, in their store, and its words; and what is where it must not be. */
interface Found {
  wire: number;
  store: number;
  words: number;
  readonly leaks: string[];
}

function search(found: Found, key: SecretKey, { member, wire, store }: Seen, isOut: boolean): void {
  const id = roomId(suite, key);
  const onWire = (what: string | Uint8Array): boolean => wire.some((one) => one.includes(what));
  const inStore = (what: string): boolean => store.some((one) => one.includes(what));
  const told = { wire: onWire(fromHex(id)), store: inStore(id), words: inStore(hex(WORD)) };
  const kept = { name: inStore(key.name), secret: inStore(hex(key.secret)) };
  const sent = { name: onWire(key.name), secret: onWire(key.secret), words: onWire(WORD) };
  const forbidden = isOut ? { ...told, ...kept } : {};
  for (const [what, isThere] of [...Object.entries(sent), ...Object.entries(forbidden)])
    if (isThere) found.leaks.push(`${what} at ${member}`);
  found.wire += told.wire ? 1 : 0;
  found.store += told.store ? 1 : 0;
  found.words += told.words ? 1 : 0;
}

function hex(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

type SecretKey = Extract<RoomKey, { kind: 'secret' }>;

describe('a secret room', () => {
  it('is nowhere on the wire and in the store of who was never in it, but is in those of the others', async () => {
    const found: Found = { wire: 0, store: 0, words: 0, leaks: [] };
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const plan = withOutsider(roomPlanOf(seed));
      const { seen, mutant } = spy();
      const { objections } = await runPlan(plan, { suite, mutant });
      expect(objections).toEqual([]);
      const secrets = plan.rooms?.keys.filter((key): key is SecretKey => key.kind === 'secret');
      for (const key of secrets ?? [])
        for (const each of seen) search(found, key, each, each.member === plan.members.length - 1);
    }
    expect(found.leaks).toEqual([]);
    // The search finds them where they are.
    expect(Math.min(found.wire, found.store, found.words)).toBeGreaterThan(SEEDS);
  });
});
