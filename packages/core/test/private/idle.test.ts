// A session in which nothing can be done lets its peer sleep.

import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/limits.ts';
import { nextWakeMs } from '../../src/peer/step.ts';
import { withMember } from '../../src/session/roster.ts';
import { makeCertificate } from '../../src/identity/certificate.ts';
import type { TestPeer } from '../peers.ts';
import { suite } from '../peers.ts';
import { SESSION, act, fork, party, person, says, sessionOf } from './party.ts';
import { plainly } from './plain-worker.ts';

/** How many turns a peer that nobody talks to takes in so many milliseconds. */
function turnsIn(peer: TestPeer, fromMs: number, lastsMs: number): number {
  let nowMs = fromMs;
  for (let turns = 0; turns < 10_000; turns += 1) {
    nowMs = Math.max(nowMs + 1, Math.ceil(nextWakeMs(peer.state, peer.now(nowMs))));
    if (nowMs > fromMs + lastsMs) return turns;
    peer.take({ kind: 'tick' }, nowMs);
  }
  return Infinity;
}

function readsOf(peer: TestPeer): number {
  return peer.outputs.filter((output) => output.kind === 'work' && output.work.kind === 'read')
    .length;
}

/** What is read from now on is for later, or lacks a key. */
function readingWaits(peer: TestPeer, end: 'future' | 'psk'): void {
  peer.answer = (work) => {
    if (work.kind !== 'read') return plainly(peer)(work);
    return { kind: 'read', next: work.from, events: [], end, writes: [] };
  };
}

function talking(): readonly [TestPeer, TestPeer] {
  const peers = party('anna', 'bob');
  const [anna, bob] = peers;
  fork(peers, anna, [bob]);
  act(peers, anna, says('hello'), 200);
  act(peers, bob, says('hi'), 300);
  return peers;
}

const MINUTE_MS = 60_000;
/** Beside its sessions a peer pings, compares, and tells what changed. */
const TURNS_MAX = 40;

describe('a peer sleeps', () => {
  it.each(['future', 'psk'] as const)(
    'though someone was removed of whom something waited (%s)',
    (end) => {
      const peers = talking();
      const [anna, bob] = peers;
      readingWaits(anna, end);
      act(peers, bob, says('later'), 400);
      const reader = sessionOf(anna).readers.get(sessionOf(bob).own!.chain)!;
      expect(reader.waits).toBe(end);
      act(peers, anna, { kind: 'remove', conversation: SESSION, person: bob.identity }, 500);
      expect(turnsIn(anna, MINUTE_MS, MINUTE_MS)).toBeLessThan(TURNS_MAX);
    },
  );

  it.each(['leave', 'be removed'] as const)(
    'though lines waited for keys that did not come before it was to %s',
    (how) => {
      const peers = talking();
      const [anna, bob] = peers;
      // Someone is in it of whom the directory says nothing.
      const stranger = person('stranger').state.self;
      const { identitySeed, device, name } = stranger;
      const certificate = makeCertificate(suite, { identitySeed, device, createdMs: 1, name });
      const session = sessionOf(anna);
      session.roster = withMember(session.roster!, certificate);
      act(peers, anna, says('waits'), 400);
      expect(session.pending).toHaveLength(1);
      if (how === 'leave') act(peers, anna, { kind: 'leave', conversation: SESSION }, 500);
      else act(peers, bob, { kind: 'remove', conversation: SESSION, person: anna.identity }, 500);
      expect(session.pending).toHaveLength(0);
      expect(turnsIn(anna, MINUTE_MS, MINUTE_MS)).toBeLessThan(TURNS_MAX);
    },
  );

  it('though what somebody says is for a far future', () => {
    const peers = talking();
    const [anna, bob] = peers;
    readingWaits(anna, 'future');
    act(peers, bob, says('in a year'), 400);
    turnsIn(anna, MINUTE_MS, 10 * MINUTE_MS);
    const before = readsOf(anna);
    turnsIn(anna, 11 * MINUTE_MS, 10 * MINUTE_MS);
    expect(readsOf(anna) - before).toBeGreaterThan(0);
    expect(readsOf(anna) - before).toBeLessThanOrEqual(
      (10 * MINUTE_MS) / LIMITS.futureLookMsMax + 1,
    );
  });
});
