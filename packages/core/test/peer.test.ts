import { MemoryDisk } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../src/brand.ts';
import { encode } from '../src/codec/cbor.ts';
import { LIMITS } from '../src/limits.ts';
import { agreedNow } from '../src/peer/clock.ts';
import { batches } from '../src/peer/say.ts';
import { restOf } from '../src/peer/serve.ts';
import { newTokenBucket, takeTokens } from '../src/peer/token-bucket.ts';
import { decodeMessage, encodeMessage } from '../src/sync/message.ts';
import type { Want } from '../src/sync/message.ts';
import { EPOCH_MS, LOBBY, TestPeer, carry, link, tick } from './peers.ts';
import { chainKey } from './heads.ts';

function clockOf(peer: TestPeer, nowMs: number): number {
  const { monotonicMs, wallMs } = peer.now(nowMs);
  return agreedNow({ state: peer.state, nowMs: monotonicMs, wallMs, waitedMs: 0, out: [] });
}

const HOUR_MS = 3_600_000;

describe('the clock neighbours agree on', () => {
  it('is ours while we are alone, and while they differ by less than a minute', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob', 0, 59_000)];
    expect(clockOf(anna, 5)).toBe(EPOCH_MS + 5);
    link(anna, bob, 10);
    expect(clockOf(anna, 10)).toBe(EPOCH_MS + 10);
  });

  it('is the earlier one of two', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob', 0, -HOUR_MS)];
    link(anna, bob, 10);
    expect(clockOf(anna, 10)).toBe(EPOCH_MS + 10 - HOUR_MS);
    expect(clockOf(bob, 10)).toBe(EPOCH_MS + 10 - HOUR_MS);
  });

  it('is that of most of them', () => {
    const peers = ['anna', 'bob', 'cleo'].map((name) => new TestPeer(name));
    const late = new TestPeer('dora', 0, -HOUR_MS);
    for (const peer of peers) link(late, peer, 10);
    expect(clockOf(late, 10)).toBe(EPOCH_MS + 10);
  });

  it('follows at once when our own clock is set, and after a ping when a neighbour’s is', () => {
    const [anna, bob] = [new TestPeer('anna', 0, HOUR_MS), new TestPeer('bob', 0, HOUR_MS)];
    link(anna, bob, 10);
    anna.skewMs = 0;
    expect(clockOf(anna, 20)).toBe(EPOCH_MS + 20);
    bob.skewMs = -HOUR_MS;
    tick([anna, bob], 10 + LIMITS.pingIntervalMs);
    expect(clockOf(anna, 30_000)).toBe(EPOCH_MS + 30_000 - HOUR_MS);
  });

  it('tells who has another one', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob', 0, HOUR_MS)];
    link(anna, bob, 10);
    const offsetMs = HOUR_MS;
    expect(anna.told()).toContainEqual({ kind: 'clockDiffers', name: 'bob', offsetMs });
  });
});

describe('a neighbour', () => {
  it('is pinged every 15 s, and its latency known', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 1_000) tick([anna, bob], nowMs);
    const pings = anna.outputs.filter((output) => {
      const message = output.kind === 'send' ? decodeMessage(output.frame) : null;
      return message?.ok === true && message.value.type === 'ping';
    });
    expect(pings).toHaveLength(5);
    expect(anna.state.neighbours.get(bob.id)?.latencyMs).toBe(0);
  });

  it('that says nothing for a minute is hung up on, once', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    tick([anna], LIMITS.silenceMsMax - 1);
    const hangsUp = { kind: 'hangUp', peer: bob.id, refuseMs: 0 };
    expect(anna.outputs).not.toContainEqual(hangsUp);
    tick([anna], LIMITS.silenceMsMax + 1);
    tick([anna], LIMITS.silenceMsMax + 2);
    expect(anna.outputs.filter(({ kind }) => kind === 'hangUp')).toEqual([hangsUp]);
  });

  it('that never says who it is is hung up on after ten seconds, however much else it says', () => {
    const anna = new TestPeer('anna');
    const peer = 'stranger' as PeerId;
    const event = {
      kind: 'connected',
      peer,
      direction: 'inbound',
      address: 'a',
      path: 'direct',
    } as const;
    anna.take({ kind: 'network', event }, 0);
    const bytes = encodeMessage({ type: 'ping', number: 1, clockMs: 1 });
    for (let nowMs = 0; nowMs <= LIMITS.helloTimeoutMs; nowMs += 1_000) {
      anna.take({ kind: 'network', event: { kind: 'frame', peer, bytes } }, nowMs);
    }
    expect(anna.outputs).toContainEqual({ kind: 'hangUp', peer, refuseMs: 0 });
  });

  it('that breaks the rules is dropped at the eighth bad frame, kept away for a minute, and then welcome again', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const bad = { kind: 'frame', peer: bob.id, bytes: encode('bad') } as const;
    for (let count = 1; count < LIMITS.badFramesMax; count += 1) {
      anna.take({ kind: 'network', event: bad }, 10);
    }
    expect(anna.told().some(({ kind }) => kind === 'banned')).toBe(false);
    const last = anna.take({ kind: 'network', event: bad }, 10);
    expect(last).toContainEqual({ kind: 'hangUp', peer: bob.id, refuseMs: LIMITS.banMs });
    anna.take({ kind: 'network', event: { kind: 'disconnected', peer: bob.id, reason: 'x' } }, 20);
    const again = {
      kind: 'connected',
      peer: bob.id,
      direction: 'inbound',
      address: 'a',
      path: 'lan',
    } as const;
    const tooSoon = anna.take({ kind: 'network', event: again }, LIMITS.banMs);
    expect(tooSoon).toContainEqual({ kind: 'hangUp', peer: bob.id, refuseMs: 0 });
    expect(anna.state.neighbours.size).toBe(0);
    anna.take({ kind: 'network', event: again }, 20 + LIMITS.banMs);
    expect(anna.state.neighbours.size).toBe(1);
  });

  it('is not blamed for what was meant for the link before this one', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    const event = {
      kind: 'connected',
      peer: bob.id,
      direction: 'inbound',
      address: 'a',
      path: 'lan',
    } as const;
    anna.take({ kind: 'network', event }, 0);
    const tag = '11'.repeat(16);
    const stale = encodeMessage({ type: 'heads', tag, prompt: true, heads: [] });
    anna.take({ kind: 'network', event: { kind: 'frame', peer: bob.id, bytes: stale } }, 1);
    expect(anna.told().filter(({ kind }) => kind === 'badFrame')).toEqual([]);
  });
});

/** Our chain in the lobby after a start, and after saying something (null: nothing). */
function chainIn(disk: MemoryDisk, era: number, text: string | null): string | null {
  const peer = new TestPeer('anna', 0, 0, { disk, era, chance: new Uint8Array(32).fill(era) });
  const lines = [{ type: 'say', text: text ?? '' }] as const;
  if (text !== null) peer.take({ kind: 'say', conversation: LOBBY, lines }, 10);
  return peer.state.conversations.get(LOBBY)?.own ?? null;
}

describe('the chain of a peer that starts again', () => {
  it('goes on, but in another era, which whoever ends before they said a word goes on in', () => {
    const disk = new MemoryDisk();
    const first = chainIn(disk, 0, 'one');
    expect(chainIn(disk, 0, null)).toBe(first);
    expect(chainIn(disk, 1, null)).toBe(null);
    expect(chainIn(disk, 1, null)).toBe(null);
    const second = chainIn(disk, 1, 'two');
    expect(second).not.toBe(first);
    expect(chainIn(disk, 1, null)).toBe(second);
  });
});

describe('what is said', () => {
  it('reaches a neighbour in the same moment, is acknowledged, and is counted as held', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const lines = [{ type: 'say', text: 'hi' }] as const;
    const said = anna.take({ kind: 'say', conversation: LOBBY, lines }, 100);
    carry([anna, bob], [[anna, said]], 100);
    expect(bob.state.conversations.get(LOBBY)?.entriesHeld).toBe(1);
    const held = { kind: 'held', conversation: LOBBY, length: 1, heldBy: 1 };
    expect(anna.told()).toContainEqual(held);
  });

  it('is asked for again of who did not answer in time, and is the only one who has it', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    const peers = [anna, bob];
    link(anna, bob, 0);
    const lines = [{ type: 'say', text: 'hi' }] as const;
    const held = (): number => bob.state.conversations.get(LOBBY)?.entriesHeld ?? 0;
    const said = anna.take({ kind: 'say', conversation: LOBBY, lines }, 100);
    carry(peers, [[anna, said]], 100, () => false);
    anna.take({ kind: 'blocked', peer: bob.id }, 150);
    const compared = bob.take({ kind: 'resync', conversation: LOBBY }, 200);
    carry(peers, [[bob, compared]], 200);
    const asks = bob.state.conversations.get(LOBBY)?.pull.inFlight;
    expect(asks?.size).toBe(1);
    tick(peers, 200 + LIMITS.wantTimeoutMs);
    expect(asks?.size).toBe(0);
    // What she sends now answers what nobody asks any more.
    const drained = { kind: 'drained', peer: bob.id } as const;
    const served = anna.take({ kind: 'network', event: drained }, 250 + LIMITS.wantTimeoutMs);
    carry(peers, [[anna, served]], 250 + LIMITS.wantTimeoutMs);
    expect(held()).toBe(0);
    tick(peers, 300 + LIMITS.wantTimeoutMs + LIMITS.announceSlowMs);
    expect(held()).toBe(1);
  });

  it('shares an entry as far as lines and bytes allow', () => {
    const short = Array.from({ length: 600 }, () => ({ type: 'say', text: 'x' }) as const);
    expect([...batches(short)].map(({ length }) => length)).toEqual([256, 256, 88]);
    const long = Array.from(
      { length: 5 },
      () => ({ type: 'say', text: 'x'.repeat(16_000) }) as const,
    );
    expect([...batches(long)].map(({ length }) => length)).toEqual([2, 2, 1]);
    expect([...batches([])]).toEqual([]);
  });
});

describe('an answer in several frames', () => {
  const want: Want = {
    type: 'want',
    tag: '00'.repeat(16),
    request: 1,
    chain: chainKey(1),
    from: 0,
    to: 100,
    direction: 'up',
    frames: 3,
  };

  it('goes on where the last frame ended, upwards or downwards', () => {
    expect(restOf(want, { from: 0, to: 40 })).toEqual({ ...want, from: 40, frames: 2 });
    const down = { ...want, direction: 'down' } as const;
    expect(restOf(down, { from: 60, to: 100 })).toEqual({ ...down, to: 60, frames: 2 });
  });

  it('ends with the last entry or the last frame', () => {
    expect(restOf(want, { from: 40, to: 100 })).toBeNull();
    expect(restOf({ ...want, frames: 1 }, { from: 0, to: 40 })).toBeNull();
  });
});

describe('a token bucket', () => {
  it('gives its burst at once and then its rate, and never more than its burst', () => {
    const bucket = newTokenBucket(5, 10, 0);
    const taken = (nowMs: number): number => {
      let count = 0;
      while (takeTokens(bucket, 1, nowMs)) count += 1;
      return count;
    };
    expect(taken(0)).toBe(5);
    expect(taken(100)).toBe(1);
    expect(taken(400)).toBe(3);
    expect(taken(1_000_000)).toBe(5);
    expect(taken(0)).toBe(0);
  });
});
