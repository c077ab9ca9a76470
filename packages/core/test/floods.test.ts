// Floods: what one author or peer may take, and that what others say never waits behind it.

import { describe, expect, it } from 'vitest';
import type { PeerId } from '../src/brand.ts';
import { LIMITS } from '../src/limits.ts';
import type { GuardLimits } from '../src/peer/guard.ts';
import { decodeMessage, encodeMessage } from '../src/sync/message.ts';
import { gapsOf, statusOf } from '../src/view/status.ts';
import { LOBBY, TestPeer, carry, link, tick, unlink } from './peers.ts';

const KIB = 1_024;
const LINE = 'x'.repeat(8 * KIB);

function say(peers: readonly TestPeer[], author: TestPeer, text: string, nowMs: number): void {
  const lines = [{ type: 'say', text }] as const;
  carry(peers, [[author, author.take({ kind: 'say', conversation: LOBBY, lines }, nowMs)]], nowMs);
}

function lobbyOf({ state }: TestPeer): NonNullable<ReturnType<typeof state.conversations.get>> {
  return state.conversations.get(LOBBY)!;
}

function heldOf(peer: TestPeer, author: TestPeer): number {
  return lobbyOf(peer).bytesOfAuthor.get(author.identity) ?? 0;
}

/** Its author says a line, which waits so long at anna's. */
function pushed(anna: TestPeer, author: TestPeer, text: string, waitedMs: number): void {
  const lines = [{ type: 'say', text }] as const;
  for (const output of author.take({ kind: 'say', conversation: LOBBY, lines }, 3_500)) {
    if (output.kind !== 'send' || output.peer !== anna.id) continue;
    const event = { kind: 'frame', peer: author.id, bytes: output.frame } as const;
    anna.take({ kind: 'network', event, waitedMs }, 3_500);
  }
}

/** Whose entries each frame holds that anna sends carmen, who asks for all of the heavy one's before bobby's. */
function served(prepare: (anna: TestPeer) => void): string[] {
  const [anna, bobby, mallory, carmen] = named({}, 'anna', 'bobby', 'mallory', 'carmen');
  const all = [anna, bobby, mallory];
  link(anna, mallory, 0);
  link(anna, bobby, 0);
  tick(all, 100);
  for (let line = 0; line < 100; line += 1) say(all, mallory, LINE, 1_000 + line * 20);
  say(all, bobby, 'hello', 3_100);
  prepare(anna);
  link(anna, carmen, 3_200);
  const tag = carmen.state.neighbours.get(anna.id)!.tags.get(LOBBY)!;
  const wants = [mallory, bobby].map((author, request) => {
    const { chain, length: to } = lobbyOf(author).table.get(lobbyOf(author).own!)!;
    const want = { type: 'want', tag, request: 100 + request, chain, from: 0, to } as const;
    return encodeMessage({ ...want, direction: 'up', frames: 4 });
  });
  // She does not read, so that both questions wait.
  anna.take({ kind: 'blocked', peer: carmen.id }, 3_300);
  for (const bytes of wants)
    anna.take({ kind: 'network', event: { kind: 'frame', peer: carmen.id, bytes } }, 3_300);
  const sent = anna.take({ kind: 'network', event: { kind: 'drained', peer: carmen.id } }, 3_300);
  return sent.flatMap((output) => {
    const message = output.kind === 'send' ? decodeMessage(output.frame) : null;
    if (message?.ok !== true || message.value.type !== 'run') return [];
    return [message.value.request === 101 ? 'bobby' : 'mallory'];
  });
}

type Peers<Names extends readonly string[]> = { [At in keyof Names]: TestPeer };

function named<const Names extends readonly string[]>(
  limits: Partial<GuardLimits>,
  ...names: Names
): Peers<Names> {
  return names.map((name) => new TestPeer(name, 0, 0, { limits })) as Peers<Names>;
}

describe('someone new who writes too much at once', () => {
  const limits = { quarantineBytes: 256 * KIB, quarantineWindowMs: 60_000, quarantineMs: 20_000 };

  function flooded(): readonly [TestPeer, TestPeer, TestPeer] {
    const [anna, bobby, mallory] = named(limits, 'anna', 'bobby', 'mallory');
    link(anna, mallory, 0);
    link(anna, bobby, 0);
    tick([anna, bobby, mallory], 100);
    for (let line = 0; line < 80; line += 1) {
      say([anna, bobby, mallory], mallory, LINE, 1_000 + line * 50);
    }
    return [anna, bobby, mallory];
  }

  it('is in quarantine: the rest is neither fetched nor passed on, and counts as missing with its reason', () => {
    const [anna, bobby, mallory] = flooded();
    for (let nowMs = 6_000; nowMs < 9_000; nowMs += 500) tick([anna, bobby, mallory], nowMs);
    const told = anna.told().filter(({ kind }) => kind === 'quarantined');
    expect(told).toEqual([
      expect.objectContaining({ identity: mallory.identity, lastsMs: 20_000 }),
    ]);
    expect(heldOf(anna, mallory)).toBeLessThan(limits.quarantineBytes + 64 * KIB);
    expect(heldOf(bobby, mallory)).toBeLessThanOrEqual(heldOf(anna, mallory));
    expect(statusOf(anna.state, lobbyOf(anna)).missing).toBeGreaterThan(0);
    expect(gapsOf(anna.state, lobbyOf(anna)).map(({ bar }) => bar)).toContain('quarantine');
    say([anna, bobby, mallory], bobby, 'still here', 9_500);
    expect(heldOf(anna, bobby)).toBeGreaterThan(0);
  });

  it('goes on by itself when that is over, and loses nothing', () => {
    const [anna, bobby, mallory] = flooded();
    for (let nowMs = 6_000; nowMs < 40_000; nowMs += 500) tick([anna, bobby, mallory], nowMs);
    expect(anna.told().some(({ kind }) => kind === 'released')).toBe(true);
    for (let nowMs = 40_000; nowMs < 90_000; nowMs += 500) tick([anna, bobby, mallory], nowMs);
    expect(heldOf(anna, mallory)).toBe(heldOf(mallory, mallory));
    expect(statusOf(anna.state, lobbyOf(anna)).missing).toBe(0);
  });

  it('is let on for good by hand', () => {
    const [anna, bobby, mallory] = flooded();
    const all = [anna, bobby, mallory];
    carry(all, [[anna, anna.take({ kind: 'unblock', person: mallory.identity }, 6_000)]], 6_000);
    for (let nowMs = 6_500; nowMs < 12_000; nowMs += 500) tick(all, nowMs);
    expect(heldOf(anna, mallory)).toBe(heldOf(mallory, mallory));
    for (let line = 0; line < 80; line += 1) say(all, mallory, LINE, 12_000 + line * 50);
    for (let nowMs = 17_000; nowMs < 20_000; nowMs += 500) tick(all, nowMs);
    expect(heldOf(anna, mallory)).toBe(heldOf(mallory, mallory));
  });

  it('is not in quarantine where safety words were compared', () => {
    const [anna, mallory] = named(limits, 'anna', 'mallory');
    anna.take({ kind: 'trust', person: mallory.identity, isTrusted: true }, 0);
    link(anna, mallory, 0);
    for (let line = 0; line < 80; line += 1) say([anna, mallory], mallory, LINE, 1_000 + line * 50);
    for (let nowMs = 6_000; nowMs < 9_000; nowMs += 500) tick([anna, mallory], nowMs);
    expect(heldOf(anna, mallory)).toBe(heldOf(mallory, mallory));
  });

  it('is not in quarantine for what was said long before we heard of it', () => {
    const [anna, mallory] = named(limits, 'anna', 'mallory');
    for (let line = 0; line < 80; line += 1) say([mallory], mallory, LINE, 1_000 + line * 50);
    link(anna, mallory, 200_000);
    for (let nowMs = 200_500; nowMs < 206_000; nowMs += 500) tick([anna, mallory], nowMs);
    expect(anna.told().some(({ kind }) => kind === 'quarantined')).toBe(false);
    expect(heldOf(anna, mallory)).toBe(heldOf(mallory, mallory));
  });
});

describe('a room', () => {
  const limits = { roomBytesMax: 1_024 * KIB };

  it('is never filled beyond its quota, and the others still fit', () => {
    const [anna, bobby, mallory] = named(limits, 'anna', 'bobby', 'mallory');
    link(anna, mallory, 0);
    link(anna, bobby, 0);
    const all = [anna, bobby, mallory];
    tick(all, 100);
    for (let line = 0; line < 200; line += 1) say(all, mallory, LINE, 1_000 + line * 50);
    for (let nowMs = 12_000; nowMs < 15_000; nowMs += 500) tick(all, nowMs);
    expect(heldOf(mallory, mallory)).toBeGreaterThan(limits.roomBytesMax);
    expect(lobbyOf(anna).bytesHeld).toBeLessThanOrEqual(limits.roomBytesMax);
    expect(gapsOf(anna.state, lobbyOf(anna)).map(({ bar }) => bar)).toEqual(['quota']);
    say(all, bobby, LINE, 16_000);
    for (let nowMs = 16_500; nowMs < 19_000; nowMs += 500) tick(all, nowMs);
    expect(heldOf(anna, bobby)).toBe(heldOf(bobby, bobby));
    expect(lobbyOf(anna).bytesHeld).toBeLessThanOrEqual(limits.roomBytesMax);
  });
});

describe('who is behind with what came', () => {
  it('verifies at once what those push who said little, and fetches the rest later', () => {
    const [anna, bobby, mallory] = named({}, 'anna', 'bobby', 'mallory');
    const all = [anna, bobby, mallory];
    link(anna, mallory, 0);
    link(anna, bobby, 0);
    tick(all, 100);
    for (let line = 0; line < 40; line += 1) say(all, mallory, LINE, 1_000 + line * 50);
    say(all, bobby, 'hello', 3_100);
    for (const author of [mallory, bobby]) {
      const before = heldOf(anna, author);
      pushed(anna, author, 'while all is well', LIMITS.behindMs);
      expect(heldOf(anna, author)).toBeGreaterThan(before);
    }
    const before = heldOf(anna, mallory);
    pushed(anna, mallory, 'much too late', LIMITS.behindMs + 1);
    expect(heldOf(anna, mallory)).toBe(before);
    pushed(anna, bobby, 'in the crowd', LIMITS.behindMs + 1);
    expect(heldOf(anna, bobby)).toBe(heldOf(bobby, bobby));
    for (let nowMs = 4_000; nowMs < 7_000; nowMs += 500) tick(all, nowMs);
    expect(heldOf(anna, mallory)).toBe(heldOf(mallory, mallory));
    expect(anna.told().filter(({ kind }) => kind === 'badFrame')).toEqual([]);
  });

  it('counts many short entries like few long ones', () => {
    const [anna, mallory] = named({}, 'anna', 'mallory');
    link(anna, mallory, 0);
    for (let line = 0; line < 300; line += 1) say([anna, mallory], mallory, 'x', 1_000 + line * 8);
    const before = heldOf(anna, mallory);
    expect(before).toBeLessThan(LIMITS.debtLightBytes / 2);
    pushed(anna, mallory, 'one more', LIMITS.behindMs + 1);
    expect(heldOf(anna, mallory)).toBe(before);
  });
});

/** Everyone is in the lobby, so that nobody is of no use. */
function crowdOf(count: number, address: string, limits: Partial<GuardLimits>): TestPeer {
  const anna = new TestPeer('anna', 0, 0, { limits });
  for (let at = 0; at < count; at += 1)
    link(new TestPeer(`crowd-${at}`), anna, 0, `${address}:${4_000 + at}`);
  return anna;
}

describe('questions of a neighbour', () => {
  it('are answered for those first who said little lately', () => {
    expect(served(() => undefined)).toEqual(['bobby', 'mallory', 'mallory', 'mallory', 'mallory']);
  });

  it('would be answered in the order of their coming if nobody counted', () => {
    const unfair = served(({ state }) => state.guard.accounts.clear());
    expect(unfair[0]).toBe('mallory');
    expect(unfair).toContain('bobby');
  });
});

describe('a neighbour', () => {
  const event = { kind: 'connected', direction: 'inbound', address: 'a', path: 'direct' } as const;
  const connected = (peer: string) =>
    ({ kind: 'network', event: { ...event, peer: peer as PeerId } }) as const;

  it('that shares nothing makes place for another once all places are taken, and no sooner', () => {
    const [anna, bobby] = named({ neighboursMax: 3 }, 'anna', 'bobby');
    link(bobby, anna, 0);
    anna.take(connected('stranger 1'), 10);
    anna.take(connected('stranger 2'), 20);
    const tooSoon = anna.take(connected('stranger 3'), 30);
    expect(tooSoon).toContainEqual({ kind: 'hangUp', peer: 'stranger 3', refuseMs: 0 });
    const laterMs = LIMITS.strangerGraceMs + 100;
    const outputs = anna.take(connected('stranger 4'), laterMs);
    const evicted = outputs.flatMap((output) => (output.kind === 'hangUp' ? [output.peer] : []));
    expect(evicted).not.toContain(bobby.id);
    expect(evicted.length).toBeGreaterThan(0);
    expect(anna.state.neighbours.has('stranger 4' as PeerId)).toBe(true);
    expect(anna.state.neighbours.has(bobby.id)).toBe(true);
    expect(anna.state.neighbours.size).toBeLessThanOrEqual(3);
  });

  it('that is one of many from one host makes place for someone from elsewhere, but not for one more of them', () => {
    const anna = crowdOf(16, '192.0.2.1', { neighboursMax: 16 });
    const laterMs = LIMITS.strangerGraceMs + 100;
    link(new TestPeer('one-more'), anna, laterMs, '192.0.2.1:9');
    expect(anna.state.neighbours.has('one-more' as PeerId)).toBe(false);
    for (let at = 0; at < 8; at += 1) {
      link(new TestPeer(`honest-${at}`), anna, laterMs, `198.51.100.${at}:9`);
      expect(anna.state.neighbours.has(`honest-${at}` as PeerId)).toBe(true);
    }
    expect(anna.state.neighbours.size).toBe(16);
    link(new TestPeer('late'), anna, laterMs, '203.0.113.1:9');
    expect(anna.state.neighbours.size).toBe(16);
    expect(anna.state.neighbours.has('honest-7' as PeerId)).toBe(true);
  });

  it('is remembered among so many, however many come and go under ever new names', () => {
    const anna = new TestPeer('anna');
    for (let at = 0; at < LIMITS.rememberedPeersMax + 64; at += 1) {
      const bobby = new TestPeer(`bobby-${at}`);
      link(bobby, anna, at);
      unlink([anna, bobby], anna, bobby, at);
    }
    expect(anna.state.acquaintances.size).toBe(LIMITS.rememberedPeersMax);
  });

  it('that has new addresses all the time does not make us tell others all the time', () => {
    const [anna, bobby, mallory] = named({}, 'anna', 'bobby', 'mallory');
    link(bobby, anna, 0);
    link(mallory, anna, 0);
    let told = 0;
    for (let at = 0; at < 1_000; at += 1) {
      const record = new Uint8Array(1_000).fill(at);
      const news = { kind: 'record', peer: mallory.id, record, addresses: [`a:${at}`] } as const;
      const outputs = anna.take({ kind: 'network', event: news }, 100 + at);
      told += outputs.filter((each) => each.kind === 'send' && each.peer === bobby.id).length;
    }
    expect(told).toBeLessThanOrEqual(LIMITS.recordsBurst + 1);
    expect(told).toBeGreaterThan(0);
  });

  it('that tells of others without end is not listened to for all of them', () => {
    const [anna, mallory] = named({}, 'anna', 'mallory');
    link(mallory, anna, 0);
    const before = anna.state.links.targets.size;
    for (let at = 0; at < 64; at += 1) {
      const peers = Array.from({ length: LIMITS.peersPerFrameMax }, (_, of) => {
        return { peer: `12D3KooW${at}x${of}` as PeerId, record: Uint8Array.of(1) };
      });
      const bytes = encodeMessage({ type: 'peers', peers });
      anna.take({ kind: 'network', event: { kind: 'frame', peer: mallory.id, bytes } }, 100);
    }
    expect(anna.state.links.targets.size - before).toBeLessThanOrEqual(LIMITS.introductionsBurst);
    expect([...anna.state.links.targets.keys()].some((key) => key.includes('W63x'))).toBe(false);
  });

  it('that is banned again and again is banned for longer each time, up to an hour', () => {
    const [anna, bobby] = named({}, 'anna', 'bobby');
    let nowMs = 0;
    const lasted: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      link(anna, bobby, nowMs);
      const bad = { kind: 'frame', peer: bobby.id, bytes: Uint8Array.of(1) } as const;
      for (let frame = 0; frame < LIMITS.badFramesMax; frame += 1)
        anna.take({ kind: 'network', event: bad }, nowMs);
      const banned = anna.told().filter((each) => each.kind === 'banned');
      expect(banned).toHaveLength(round + 1);
      lasted.push(banned.at(-1)!.lastsMs);
      for (const [one, other] of [
        [anna, bobby],
        [bobby, anna],
      ] as const) {
        const gone = { kind: 'disconnected', peer: other.id, reason: 'x' } as const;
        one.take({ kind: 'network', event: gone }, nowMs);
      }
      nowMs += lasted.at(-1)! + 1;
    }
    expect(lasted.slice(0, 3)).toEqual([LIMITS.banMs, 2 * LIMITS.banMs, 4 * LIMITS.banMs]);
    expect(lasted.at(-1)).toBe(LIMITS.banMsMax);
  });

  it('is not given a clean slate by coming back before it is banned', () => {
    const [anna, bobby] = named({}, 'anna', 'bobby');
    const bad = { kind: 'frame', peer: bobby.id, bytes: Uint8Array.of(1) } as const;
    for (let round = 0; round < LIMITS.badFramesMax; round += 1) {
      link(anna, bobby, round);
      anna.take({ kind: 'network', event: bad }, round);
      if (round === LIMITS.badFramesMax - 1) break;
      for (const [one, other] of [
        [anna, bobby],
        [bobby, anna],
      ] as const) {
        const gone = { kind: 'disconnected', peer: other.id, reason: 'x' } as const;
        one.take({ kind: 'network', event: gone }, round);
      }
    }
    expect(anna.told().some(({ kind }) => kind === 'banned')).toBe(true);
  });

  it('that sends frames without end is banned', () => {
    const [anna, bobby] = named({}, 'anna', 'bobby');
    link(anna, bobby, 0);
    const ping = encodeMessage({ type: 'ping', number: 1, clockMs: 1 });
    const frame = { kind: 'frame', peer: bobby.id, bytes: ping } as const;
    for (let sent = 0; sent < LIMITS.talkBurst + LIMITS.badFramesMax + 8; sent += 1)
      anna.take({ kind: 'network', event: frame }, 100);
    expect(anna.told().some(({ kind }) => kind === 'banned')).toBe(true);
  });
});
