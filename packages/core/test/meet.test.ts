// Under which keys a peer is found: those of its rooms and sessions, another each day, telling nothing.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roomId } from '../src/room/room.ts';
import { toHex } from '../src/bytes/hex.ts';
import { LIMITS } from '../src/limits.ts';
import { meetDays, meetKey, missing } from '../src/peer/meet.ts';
import type { Output } from '../src/peer/step-types.ts';
import type { PeerId } from '../src/brand.ts';
import { EPOCH_MS, LOBBY, TestPeer, link, suite, unlink } from './peers.ts';

const DAY_MS = 86_400_000;
const today = Math.floor(EPOCH_MS / DAY_MS);
const room = { kind: 'open', name: 'ops' } as const;

function isMeet(output: Output): output is Extract<Output, { kind: 'meet' }> {
  return output.kind === 'meet';
}

function lastKeys(peer: TestPeer): readonly string[] | null {
  return peer.outputs.findLast(isMeet)?.keys.map(toHex) ?? null;
}

function lastSought(peer: TestPeer): readonly string[] | null {
  return peer.outputs.findLast(isMeet)?.sought.map(toHex) ?? null;
}

function meetsOf(peer: TestPeer): number {
  return peer.outputs.filter(({ kind }) => kind === 'meet').length;
}

const keyOf = (id: typeof LOBBY, day: number): string => toHex(meetKey(suite, id, day));

describe('the keys a peer is found under', () => {
  it('are those of its rooms, from the first step on, and change with joining and leaving', () => {
    const peer = new TestPeer('anna');
    peer.take({ kind: 'tick' }, 0);
    expect(lastKeys(peer)).toEqual([keyOf(LOBBY, today)]);
    peer.take({ kind: 'join', room }, 1);
    const ops = roomId(suite, room);
    expect(lastKeys(peer)).toEqual([keyOf(LOBBY, today), keyOf(ops, today)]);
    peer.take({ kind: 'leave', conversation: ops }, 2);
    expect(lastKeys(peer)).toEqual([keyOf(LOBBY, today)]);
  });

  it('are told once, not with every step', () => {
    const peer = new TestPeer('anna');
    for (let nowMs = 0; nowMs < 600_000; nowMs += 10_000) peer.take({ kind: 'tick' }, nowMs);
    expect(meetsOf(peer)).toBe(1);
  });

  it('are sought at once where somebody is met, but nobody of that room', () => {
    const [anna, bobby, clara] = ['anna', 'bobby', 'clara'].map((name) => new TestPeer(name));
    if (anna === undefined || bobby === undefined || clara === undefined) throw new Error('nobody');
    anna.take({ kind: 'join', room }, 0);
    expect(lastSought(anna)).toEqual([]);
    link(anna, bobby, 1);
    const ops = keyOf(roomId(suite, room), today);
    expect(lastSought(anna)).toEqual([ops]);
    clara.take({ kind: 'join', room }, 2);
    link(anna, clara, 3);
    expect(lastSought(anna)).toEqual([]);
    unlink([anna, clara], anna, clara, 4);
    expect(lastSought(anna)).toEqual([ops]);
  });

  it('change at midnight, with an hour before and after in which both are good', () => {
    const peer = new TestPeer('anna');
    const midnightMs = (today + 1) * DAY_MS - EPOCH_MS;
    const at = (nowMs: number): readonly string[] | null => {
      peer.take({ kind: 'tick' }, nowMs);
      peer.take({ kind: 'tick' }, nowMs + 1);
      return lastKeys(peer);
    };
    expect(at(midnightMs - 4_000_000)).toEqual([keyOf(LOBBY, today)]);
    const both = [keyOf(LOBBY, today), keyOf(LOBBY, today + 1)];
    expect(at(midnightMs - 1_000)?.toSorted()).toEqual(both.toSorted());
    expect(at(midnightMs + 100_000)?.toSorted()).toEqual(both.toSorted());
    expect(at(midnightMs + 4_000_000)).toEqual([keyOf(LOBBY, today + 1)]);
  });

  it('differ from room to room and from day to day', () => {
    const day = fc.integer({ min: 0, max: 100_000 });
    const name = fc.stringMatching(/^[a-z]{1,12}$/u);
    fc.assert(
      fc.property(name, name, day, day, (one, other, first, second) => {
        const [a, b] = [one, other].map((text) => roomId(suite, { kind: 'open', name: text }));
        const isSame = one === other && first === second;
        expect(keyOf(a as typeof LOBBY, first) === keyOf(b as typeof LOBBY, second)).toBe(isSame);
      }),
    );
  });

  it('are of two days at most, and those of people whose clocks differ by two hours meet', () => {
    const when = fc.integer({ min: 0, max: LIMITS.timeMsMax });
    const apart = fc.integer({ min: 0, max: 2 * LIMITS.meetOverlapMs });
    fc.assert(
      fc.property(when, apart, (ms, apartMs) => {
        const days = meetDays(ms);
        expect(days.length).toBeLessThanOrEqual(2);
        expect(days).toContain(Math.floor(ms / DAY_MS));
        expect(meetDays(ms + apartMs).some((day) => days.includes(day))).toBe(true);
      }),
    );
  });
});

describe('whoever is found by a key', () => {
  const target = { peer: 'bobby' as PeerId, addresses: ['10.0.0.9:4747'], record: null };

  it('is dialled, and worth a link as long as there are too few in that room', () => {
    const peer = new TestPeer('anna');
    peer.take({ kind: 'tick' }, 0);
    const key = meetKey(suite, LOBBY, today);
    const event = { kind: 'discovered', target, key } as const;
    const outputs = [
      ...peer.take({ kind: 'network', event }, 1),
      ...peer.take({ kind: 'tick' }, 5_000),
    ];
    expect(outputs.filter(({ kind }) => kind === 'dial')).toHaveLength(1);
    expect(missing(peer.state)(target.peer)).toBe(true);
  });

  it('is left alone where the key is none of ours any more', () => {
    const peer = new TestPeer('anna');
    peer.take({ kind: 'tick' }, 0);
    const event = { kind: 'discovered', target, key: new Uint8Array(32) } as const;
    peer.take({ kind: 'network', event }, 1);
    const outputs = peer.take({ kind: 'tick' }, 5_000);
    expect(outputs.filter(({ kind }) => kind === 'dial')).toEqual([]);
    expect(missing(peer.state)(target.peer)).toBe(false);
  });
});
