import { MemoryDisk } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.ts';
import type { Line } from '../src/log/entry.ts';
import type { Conversation } from '../src/peer/state.ts';
import { linesOf } from '../src/view/lines.ts';
import { statusOf } from '../src/view/status.ts';
import { EPOCH_MS, LOBBY, TestPeer, link, tick } from './peers.ts';
import { act, cut } from './private/party.ts';

const DAY_MS = LIMITS.dayMs;

function lobbyOf(peer: TestPeer): Conversation {
  return peer.state.conversations.get(LOBBY)!;
}

function say(peers: readonly TestPeer[], who: TestPeer, nowMs: number, ...lines: Line[]): void {
  act(peers, who, { kind: 'say', conversation: LOBBY, lines }, nowMs);
}

function text(said: string): Line {
  return { type: 'say', text: said };
}

const KEEP_7: Line = { type: 'keep', days: 7 };

function textsOf(peer: TestPeer): string[] {
  return peer.store
    .window({ conversation: LOBBY, entriesMax: 10_000 })
    .flatMap(linesOf)
    .flatMap((line) => (line.type === 'say' ? [line.text] : []));
}

function missingAt(peer: TestPeer): number {
  return statusOf(peer.state, lobbyOf(peer)).missing;
}

function floorsOf(peer: TestPeer): unknown {
  const heads = [...lobbyOf(peer).table.values()].map(({ chain, floor, length }) => {
    return [chain, floor, length];
  });
  return new Map(heads.map(([chain, ...head]) => [chain, head]));
}

/** What the store has is what the tables say. */
function expectSound(peer: TestPeer): void {
  let held = 0;
  for (const { chain, floor, length } of lobbyOf(peer).table.values()) {
    const all = { chain, beforeMs: Infinity, below: Infinity, entriesMax: 10_000 };
    const there = peer.store.oldest(all);
    expect([there?.from ?? length, there?.to ?? length]).toEqual([floor, length]);
    held += length - floor;
  }
  expect(lobbyOf(peer).entriesHeld).toBe(held);
  const stored = peer.store.chains().filter(({ conversation }) => conversation === LOBBY);
  expect(stored).toEqual([...lobbyOf(peer).table.values()]);
}

/** The lines of some days, each said at noon, and an hour by hour look at the clock. */
function live(
  peers: readonly TestPeer[],
  [from, to]: readonly [number, number],
  who: readonly TestPeer[],
): void {
  for (let hour = from * 24; hour < to * 24; hour += 1) {
    const nowMs = hour * (DAY_MS / 24) + 1_000;
    tick(peers, nowMs);
    if (hour % 24 === 12)
      for (const peer of who)
        say(peers, peer, nowMs, text(`${peer.state.self.name} ${hour / 24 - 0.5}`));
  }
}

function couple(): readonly [TestPeer, TestPeer] {
  const peers = [new TestPeer('anna'), new TestPeer('bobby')] as const;
  link(peers[0], peers[1], 0);
  return peers;
}

describe('a room that keeps what is said for seven days', () => {
  it('keeps seven days, at everyone alike, and nothing is missing', () => {
    const peers = couple();
    say(peers, peers[0], 500, KEEP_7);
    live(peers, [0, 20], peers);
    const kept = [13, 14, 15, 16, 17, 18, 19].flatMap((day) => [`anna ${day}`, `bobby ${day}`]);
    for (const peer of peers) {
      expect(textsOf(peer)).toEqual(kept);
      expect(missingAt(peer)).toBe(0);
      expectSound(peer);
    }
    expect(floorsOf(peers[0])).toEqual(floorsOf(peers[1]));
  });

  it('prunes nothing before a day is over, in which anyone may object', () => {
    const peers = couple();
    live(peers, [0, 10], peers);
    say(peers, peers[0], 10 * DAY_MS, KEEP_7);
    live(peers, [10, 11], []);
    expect(textsOf(peers[1])).toHaveLength(20);
    say(peers, peers[1], 11 * DAY_MS - 1_000, { type: 'keep', days: 0 });
    live(peers, [11, 14], []);
    expect(textsOf(peers[0])).toHaveLength(20);
    say(peers, peers[0], 14 * DAY_MS, KEEP_7);
    live(peers, [14, 16], []);
    expect(textsOf(peers[1]).length).toBeLessThan(10);
  });

  it('is pruned by nobody on the word of a clock that no one else confirms', () => {
    const anna = new TestPeer('anna');
    say([anna], anna, 0, text('old'), KEEP_7);
    live([anna], [0, 30], []);
    expect(textsOf(anna)).toEqual(['old']);
    const bobby = new TestPeer('bobby', 30 * DAY_MS);
    link(anna, bobby, 30 * DAY_MS);
    say([anna, bobby], anna, 30 * DAY_MS, text('new'), KEEP_7);
    live([anna, bobby], [30, 31], []);
    expect(textsOf(anna)).toEqual(['new']);
  });

  it('is pruned when someone is met, also by those who are here for seconds', () => {
    const peers = couple();
    const [anna, bobby] = peers;
    say(peers, anna, 500, KEEP_7);
    live(peers, [0, 2], peers);
    cut(anna, bobby, 2 * DAY_MS);
    const backMs = 20 * DAY_MS;
    tick([anna], backMs);
    tick([bobby], backMs);
    expect(textsOf(bobby)).toHaveLength(4);
    link(anna, bobby, backMs + 1_000);
    tick(peers, backMs + 2_000);
    expect(textsOf(bobby)).not.toContain('bobby 1');
    expect(textsOf(anna)).not.toContain('bobby 1');
  });

  it('gives a newcomer what is kept, who does not miss what is gone', () => {
    const peers = couple();
    const [anna, bobby] = peers;
    say(peers, anna, 500, KEEP_7, { type: 'topic', text: 'what holds' });
    live(peers, [0, 10], [bobby]);
    live(peers, [10, 20], [anna]);
    const carmen = new TestPeer('carmen', 20 * DAY_MS);
    link(carmen, anna, 20 * DAY_MS);
    link(carmen, bobby, 20 * DAY_MS);
    live([...peers, carmen], [20, 22], []);
    expect(textsOf(carmen)).toEqual(textsOf(anna));
    expect(textsOf(carmen)).toHaveLength(5);
    expect(missingAt(carmen)).toBe(0);
    expect(lobbyOf(carmen).settings).toMatchObject({
      keep: { value: 7 },
      topic: { value: 'what holds' },
    });
    for (const peer of [...peers, carmen]) expectSound(peer);
  });

  it('takes nothing from those who still have what is too old, and asks them once', () => {
    const peers = couple();
    const [anna, bobby] = peers;
    say(peers, anna, 500, KEEP_7);
    live(peers, [0, 2], peers);
    // Someone alone since then prunes nothing, and has what the others have no more.
    cut(anna, bobby, 2 * DAY_MS);
    live([bobby], [2, 20], [bobby]);
    const carmen = new TestPeer('carmen', 2 * DAY_MS);
    link(anna, carmen, 2 * DAY_MS);
    live([anna, carmen], [2, 20], [anna]);
    const before = carmen.outputs.length;
    link(bobby, carmen, 20 * DAY_MS);
    tick([bobby, carmen, anna], 20 * DAY_MS + 1_000);
    live([anna, bobby, carmen], [20, 21], []);
    expect(textsOf(carmen)).toEqual(textsOf(bobby));
    expect(textsOf(carmen)).toEqual(textsOf(anna));
    expect(missingAt(carmen)).toBe(0);
    for (const peer of [anna, bobby, carmen]) expectSound(peer);
    expect(carmen.outputs.length - before).toBeLessThan(1_500);
  });

  it('goes on with a chain of which everything was pruned', () => {
    const disk = new MemoryDisk();
    const anna = new TestPeer('anna', 0, 0, { disk });
    const bobby = new TestPeer('bobby');
    link(anna, bobby, 0);
    say([anna, bobby], bobby, 500, KEEP_7);
    live([anna, bobby], [0, 2], [anna]);
    live([anna, bobby], [2, 12], []);
    const own = lobbyOf(anna).own!;
    expect(lobbyOf(bobby).table.get(own)).toMatchObject({ floor: 2, length: 2, bytes: 0 });
    const again = new TestPeer('anna', 12 * DAY_MS, 0, { disk });
    cut(anna, bobby, 12 * DAY_MS);
    link(again, bobby, 12 * DAY_MS);
    say([again, bobby], again, 12 * DAY_MS + 5_000, text('back'));
    expect(lobbyOf(bobby).table.get(own)).toMatchObject({ floor: 2, length: 3 });
    expect(textsOf(bobby)).toEqual(['back']);
    expectSound(bobby);
    expectSound(again);
  });

  it('is caught up with by someone who was away for longer than that', () => {
    const peers = couple();
    const [anna, bobby] = peers;
    const carmen = new TestPeer('carmen');
    link(carmen, anna, 0);
    say([...peers, carmen], bobby, 500, KEEP_7);
    live([...peers, carmen], [0, 2], peers);
    cut(anna, carmen, 2 * DAY_MS);
    live(peers, [2, 30], peers);
    live([carmen], [2, 30], [carmen]);
    link(carmen, anna, 30 * DAY_MS);
    live([...peers, carmen], [30, 31], []);
    for (const peer of [...peers, carmen]) {
      expect(textsOf(peer)).toEqual(textsOf(anna));
      expect(missingAt(peer)).toBe(0);
      expectSound(peer);
      expect(peer.told().some(({ kind }) => kind === 'forked' || kind === 'badFrame')).toBe(false);
    }
    expect(textsOf(anna)).toHaveLength(18);
  });

  it('keeps the line that says so, and has it said again by who said it', () => {
    const peers = couple();
    const [anna, bobby] = peers;
    say(peers, anna, 500, KEEP_7, { type: 'topic', text: 'one' });
    live(peers, [0, 30], []);
    const { keep, topic } = lobbyOf(bobby).settings;
    expect([keep?.value, topic?.value]).toEqual([7, 'one']);
    expect(keep!.place.hlc.ms).toBeGreaterThan(EPOCH_MS + 20 * DAY_MS);
    expect(lobbyOf(bobby).entriesHeld).toBeLessThanOrEqual(2);
    expect(bobby.told().filter(({ kind }) => kind === 'setting')).toHaveLength(2);
    // Whoever set it is gone: it holds all the same.
    cut(anna, bobby, 30 * DAY_MS);
    const carmen = new TestPeer('carmen', 30 * DAY_MS);
    link(carmen, bobby, 30 * DAY_MS);
    live([bobby, carmen], [30, 60], []);
    expect(lobbyOf(bobby).settings.topic?.value).toBe('one');
    const dan = new TestPeer('dan', 60 * DAY_MS);
    link(dan, bobby, 60 * DAY_MS);
    expect(lobbyOf(dan).settings).toMatchObject({ keep: { value: 7 }, topic: { value: 'one' } });
    expectSound(bobby);
  });

  it('prunes a long history in slices, and forgets it wholly', () => {
    const peers = couple();
    const [anna, bobby] = peers;
    for (let at = 0; at < 2_500; at += 1)
      anna.take({ kind: 'say', conversation: LOBBY, lines: [text(`${at}`)] }, at);
    link(anna, bobby, 5_000);
    say(peers, bobby, 6_000, KEEP_7);
    live(peers, [0, 9], []);
    expect(textsOf(anna)).toEqual([]);
    const pruned = anna.outputs.flatMap((output) =>
      output.kind === 'commit'
        ? output.writes.flatMap((write) => (write.kind === 'prune' ? [write.chain.floor] : []))
        : [],
    );
    expect(pruned.filter((floor) => floor > 1)).toEqual([1_024, 2_048, 2_500]);
    expectSound(anna);
    expectSound(bobby);
  });
});
