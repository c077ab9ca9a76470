// Ciphertext of nobody known: whoever knows a session's id can write it, so that little of it is kept.

import { describe, expect, it } from 'vitest';
import type { ChainKey, IdentityKey } from '../../src/brand.ts';
import { LIMITS } from '../../src/limits.ts';
import { fitsUnproven } from '../../src/peer/private/unproven.ts';
import { putRecord } from '../../src/peer/conversation.ts';
import type { ReadRun } from '../../src/peer/read-run.ts';
import type { TestPeer } from '../peers.ts';
import { SESSION, act, fork, party, says } from './party.ts';

const MIB = 1_048_576;
const STRANGER = '7'.repeat(64) as IdentityKey;

function chainOf(number: number): ChainKey {
  return number.toString(16).padStart(80, '0') as ChainKey;
}

function roomOf({ state }: TestPeer) {
  return state.conversations.get(SESSION)!;
}

/** Whether so many bytes more of a chain fit; of a run only its size and its chain are looked at. */
function fits(peer: TestPeer, chain: ChainKey, bytes: number): boolean {
  const [like] = roomOf(peer).table.values();
  const { header } = peer.store.run({
    chain: like!.chain,
    from: 0,
    to: 1,
    direction: 'up',
    bytesMax: MIB,
  })[0]!;
  const entries = [{ header, payload: new Uint8Array(bytes) }];
  return fitsUnproven(peer.state, roomOf(peer), { chain, entries } as unknown as ReadRun);
}

/** So much is held of a chain that nobody read. */
function hold(peer: TestPeer, chain: ChainKey, bytes: number): void {
  const [like] = roomOf(peer).table.values();
  putRecord(roomOf(peer), { ...like!, chain, identity: STRANGER, bytes });
}

function forked(): TestPeer {
  const peers = party('anna', 'bob');
  const [anna, bob] = peers;
  fork(peers, anna, [bob]);
  act(peers, anna, says('hello'), 200);
  act(peers, bob, says('hello'), 300);
  return bob;
}

describe('what nobody proved to be a member’s', () => {
  it('may begin, so that whoever comes in is heard, whatever others fill', () => {
    const bob = forked();
    for (let number = 1; number <= 8; number += 1)
      hold(bob, chainOf(number), LIMITS.unprovenSessionBytesMax / 8);
    expect(fits(bob, chainOf(99), LIMITS.unprovenFirstBytesMax / 2)).toBe(true);
    expect(fits(bob, chainOf(99), 2 * LIMITS.unprovenFirstBytesMax)).toBe(false);
  });

  it('grows to so much a chain', () => {
    const bob = forked();
    hold(bob, chainOf(1), LIMITS.unprovenChainBytesMax - MIB);
    expect(fits(bob, chainOf(1), MIB / 2)).toBe(true);
    expect(fits(bob, chainOf(1), 2 * MIB)).toBe(false);
  });

  it('grows while there is room for all such together, which what members wrote does not take', () => {
    const bob = forked();
    const own = [...roomOf(bob).table.values()];
    for (const record of own) putRecord(roomOf(bob), { ...record, bytes: 1_000 * MIB });
    hold(bob, chainOf(1), LIMITS.unprovenChainBytesMax);
    expect(fits(bob, chainOf(2), MIB)).toBe(true);
    for (let number = 2; number <= 4; number += 1)
      hold(bob, chainOf(number), LIMITS.unprovenChainBytesMax);
    expect(fits(bob, chainOf(5), MIB)).toBe(false);
    const [ofAnna] = own.filter(({ identity }) => identity !== bob.identity);
    expect(fits(bob, ofAnna!.chain, MIB)).toBe(true);
  });
});
