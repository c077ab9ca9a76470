// Blocking: true for what is stored, missed, announced and served; undone without a trace.

import { MemoryDisk } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { statusOf } from '../src/view/status.ts';
import { LOBBY, TestPeer, carry, link, tick } from './peers.ts';

function say(peers: readonly TestPeer[], author: TestPeer, text: string, nowMs: number): void {
  const lines = [{ type: 'say', text }] as const;
  carry(peers, [[author, author.take({ kind: 'say', conversation: LOBBY, lines }, nowMs)]], nowMs);
}

function textsIn({ store }: TestPeer): string[] {
  const decoder = new TextDecoder();
  return store
    .window({ conversation: LOBBY, entriesMax: 1_000 })
    .map(({ entry }) => decoder.decode(entry.payload ?? new Uint8Array()));
}

function hears(peer: TestPeer, text: string): boolean {
  return textsIn(peer).some((each) => each.includes(text));
}

function missingOf({ state }: TestPeer): number {
  return statusOf(state, state.conversations.get(LOBBY)!).missing;
}

const HOUR_MS = 3_600_000;

/** Mallory and bobby are linked to anna alone. */
function trio(): [TestPeer, TestPeer, TestPeer] {
  const [anna, bobby, mallory] = [
    new TestPeer('anna'),
    new TestPeer('bobby'),
    new TestPeer('mallory'),
  ];
  link(anna, mallory, 0);
  link(bobby, anna, 0);
  tick([anna, bobby, mallory], 100);
  return [anna, bobby, mallory];
}

describe('someone who is blocked', () => {
  it('is neither stored nor missed nor passed on, and nobody is blamed', () => {
    const [anna, bobby, mallory] = trio();
    const all = [anna, bobby, mallory];
    say(all, mallory, 'before', 1_000);
    expect(hears(bobby, 'before')).toBe(true);
    anna.take({ kind: 'block', person: mallory.identity }, 2_000);
    say(all, mallory, 'after', 3_000);
    for (let nowMs = 4_000; nowMs < 12_000; nowMs += 500) tick(all, nowMs);
    expect(hears(anna, 'after')).toBe(false);
    expect(hears(bobby, 'after')).toBe(false);
    expect(missingOf(anna)).toBe(0);
    expect(anna.told().filter(({ kind }) => kind === 'badFrame')).toEqual([]);
    expect(anna.outputs.some(({ kind }) => kind === 'hangUp')).toBe(false);
  });

  it('still reaches those whom another peer links to them', () => {
    const [anna, bobby, mallory] = trio();
    const all = [anna, bobby, mallory];
    anna.take({ kind: 'block', person: mallory.identity }, 2_000);
    link(bobby, mallory, 2_500);
    tick(all, 2_600);
    say(all, mallory, 'hello', 3_000);
    expect(hears(bobby, 'hello')).toBe(true);
    expect(hears(anna, 'hello')).toBe(false);
  });

  it('does not keep us from hearing others through their peer', () => {
    const [anna, bobby, mallory] = ['anna', 'bobby', 'mallory'].map(
      (name) => new TestPeer(name),
    ) as [TestPeer, TestPeer, TestPeer];
    link(anna, mallory, 0);
    link(bobby, mallory, 0);
    const all = [anna, bobby, mallory];
    tick(all, 100);
    anna.take({ kind: 'block', person: mallory.identity }, 200);
    say(all, bobby, 'through mallory', 1_000);
    expect(hears(anna, 'through mallory')).toBe(true);
    say(all, anna, 'and back', 2_000);
    expect(hears(mallory, 'and back')).toBe(true);
  });

  it('is not handed on from what we held before', () => {
    const [anna, mallory] = [new TestPeer('anna'), new TestPeer('mallory')];
    link(anna, mallory, 0);
    tick([anna, mallory], 100);
    say([anna, mallory], mallory, 'before', 1_000);
    anna.take({ kind: 'block', person: mallory.identity }, 2_000);
    const carmen = new TestPeer('carmen', 2_000);
    link(carmen, anna, 3_000);
    for (let nowMs = 3_500; nowMs < 8_000; nowMs += 500) tick([anna, carmen], nowMs);
    expect(hears(anna, 'before')).toBe(true);
    expect(hears(carmen, 'before')).toBe(false);
    expect(missingOf(carmen)).toBe(0);
    say([anna, carmen], anna, 'from anna', 9_000);
    expect(hears(carmen, 'from anna')).toBe(true);
  });

  it('is fetched as far as was missed once unblocked, and then handed on', () => {
    const [anna, bobby, mallory] = trio();
    const all = [anna, bobby, mallory];
    anna.take({ kind: 'block', person: mallory.identity }, 500);
    for (let line = 0; line < 5; line += 1) say(all, mallory, `line ${line}`, 1_000 + line * 100);
    carry(all, [[anna, anna.take({ kind: 'unblock', person: mallory.identity }, 5_000)]], 5_000);
    for (let nowMs = 6_000; nowMs < 10_000; nowMs += 500) tick(all, nowMs);
    expect(hears(anna, 'line 0')).toBe(true);
    expect(hears(anna, 'line 4')).toBe(true);
    expect(hears(bobby, 'line 4')).toBe(true);
  });

  it('is blocked at the next start, too', () => {
    const disk = new MemoryDisk();
    const mallory = new TestPeer('mallory');
    const first = new TestPeer('anna', 0, 0, { disk });
    first.take({ kind: 'block', person: mallory.identity }, 100);
    const anna = new TestPeer('anna', HOUR_MS, 0, { disk });
    link(anna, mallory, HOUR_MS);
    tick([anna, mallory], HOUR_MS + 100);
    say([anna, mallory], mallory, 'again', HOUR_MS + 1_000);
    for (let ms = 2_000; ms < 6_000; ms += 500) tick([anna, mallory], HOUR_MS + ms);
    expect(hears(anna, 'again')).toBe(false);
    expect(missingOf(anna)).toBe(0);
  });

  it('is never ourselves', () => {
    const anna = new TestPeer('anna');
    anna.take({ kind: 'block', person: anna.identity }, 100);
    expect(anna.state.guard.rulings.size).toBe(0);
  });
});
