// How a new entry gets round: along the tree of its chain, and no faster than a neighbour may push.

import { describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../src/limits.ts';
import type { ChainKey } from '../src/brand.ts';
import { decodeMessage, encodeMessage } from '../src/sync/message.ts';
import type { Message } from '../src/sync/message.ts';
import { LOBBY, TestPeer, carry, link, suite, tick, unlink } from './peers.ts';

const line = { type: 'say', text: 'hello' } as const;

/** The frames of a type that were sent, by whom to whom. */
function sent(peers: readonly TestPeer[], type: Message['type']): string[] {
  return peers.flatMap((peer) =>
    peer.outputs.flatMap((output) => {
      if (output.kind !== 'send') return [];
      const message = decodeMessage(output.frame);
      return message.ok && message.value.type === type ? [`${peer.id} → ${output.peer}`] : [];
    }),
  );
}

function pushes(peers: readonly TestPeer[]): string[] {
  return sent(peers, 'run');
}

function forget(peers: readonly TestPeer[]): void {
  for (const { outputs } of peers) outputs.length = 0;
}

function say(peers: readonly TestPeer[], author: TestPeer, nowMs: number): void {
  const outputs = author.take({ kind: 'say', conversation: LOBBY, lines: [line] }, nowMs);
  carry(peers, [[author, outputs]], nowMs);
}

function heldBy(peer: TestPeer): number {
  return peer.state.conversations.get(LOBBY)?.entriesHeld ?? 0;
}

type Peers<Names extends readonly string[]> = { [At in keyof Names]: TestPeer };

function named<const Names extends readonly string[]>(names: Names): Peers<Names> {
  return names.map((name) => new TestPeer(name)) as Peers<Names>;
}

/** Pairs of peers, linked in this order. */
function linked(peers: readonly TestPeer[], pairs: readonly (readonly [number, number])[]): void {
  for (const [one, other] of pairs) link(peers[one]!, peers[other]!, 0);
}

/** Whether one knows another as a way to what others write. */
function relays(one: TestPeer, by: TestPeer): boolean | undefined {
  return one.state.neighbours.get(by.id)?.relays;
}

/** Anna and dora are two links apart, by way of bob and by way of carmen. */
const SQUARE = [
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 3],
] as const;

describe('a new entry', () => {
  it('goes once to each of those who are all linked to each other, after the first of its chain', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    for (const [index, peer] of peers.entries()) {
      for (const other of peers.slice(index + 1)) link(peer, other, 0);
    }
    say(peers, peers[0], 200);
    forget(peers);
    say(peers, peers[0], 300);
    expect(pushes(peers).toSorted()).toEqual(['anna → bob', 'anna → carmen', 'anna → dora']);
    for (const peer of peers) expect(heldBy(peer)).toBe(2);
  });

  it('is handed on no faster than a neighbour reads, however many write, and comes all the same', {
    timeout: 120_000,
  }, () => {
    const [anna, dora] = [new TestPeer('anna'), new TestPeer('dora')];
    const authors = named(Array.from({ length: 60 }, (_, at) => `author-${at}`));
    for (const author of authors) link(author, anna, 0);
    link(anna, dora, 0);
    const peers = [anna, dora, ...authors];
    tick(peers, 100);
    forget(peers);
    for (const author of authors) {
      for (let said = 0; said < 30; said += 1) say(peers, author, 200);
    }
    const toDora = pushes(peers).filter((way) => way === 'anna → dora').length;
    expect(heldBy(anna)).toBeGreaterThan(1.5 * LIMITS.liveReceivedBurst);
    expect(toDora).toBeLessThanOrEqual(LIMITS.liveReceivedBurst);
    for (let nowMs = 300; nowMs < 20_000; nowMs += 500) tick(peers, nowMs);
    expect(heldBy(dora)).toBe(60 * 30);
    expect(dora.told().some(({ kind }) => kind === 'badFrame')).toBe(false);
  });

  it('of one who says little goes also to a neighbour whose queue is full, up to a bound', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    const peers = [anna, bob];
    link(anna, bob, 0);
    tick(peers, 100);
    anna.take({ kind: 'blocked', peer: bob.id }, 150);
    say(peers, anna, 200);
    expect(heldBy(bob)).toBe(1);
    const long = 'x'.repeat(16_000);
    forget(peers);
    for (let said = 0; said < 20; said += 1) {
      const lines = [{ type: 'say', text: long }] as const;
      carry(peers, [[anna, anna.take({ kind: 'say', conversation: LOBBY, lines }, 300)]], 300);
    }
    const most = LIMITS.overtakingBytesMax / long.length;
    expect(pushes(peers).length).toBeLessThanOrEqual(most);
    expect(pushes(peers).length).toBeGreaterThan(most / 2);
    const drained = { kind: 'drained', peer: bob.id } as const;
    carry(peers, [[anna, anna.take({ kind: 'network', event: drained }, 400)]], 400);
    expect(heldBy(bob)).toBe(21);
  });

  it('is verified once by each, however often it comes before there is a tree', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora', 'emil']);
    for (const [index, peer] of peers.entries())
      for (const other of peers.slice(index + 1)) link(peer, other, 0);
    tick(peers, 100);
    forget(peers);
    const verify = vi.spyOn(suite, 'verify');
    say(peers, peers[0], 200);
    const verified = verify.mock.calls.length;
    verify.mockRestore();
    expect(pushes(peers).length).toBeGreaterThan(2 * (peers.length - 1));
    // The entry, and the certificate of the author, at each of the others.
    expect(verified).toBe(2 * (peers.length - 1));
    for (const peer of peers) expect(heldBy(peer)).toBe(1);
  });

  it('shows who passes on what others write, and who says only what is their own', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    linked(peers, SQUARE);
    const [anna, bob, , dora] = peers;
    say(peers, anna, 200);
    expect(relays(dora, bob)).toBe(true);
    expect(relays(bob, anna)).toBe(false);
    // Who gives back what is ours brings nothing.
    expect(relays(anna, bob)).toBe(false);
    expect(bob.state.newsMs).toBeGreaterThanOrEqual(200);
    expect(anna.state.newsMs).toBe(-Infinity);
  });

  it('is handed on along a chain of peers, once over each link', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    linked(peers, [
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    say(peers, peers[0], 200);
    expect(pushes(peers)).toEqual(['anna → bob', 'bob → carmen', 'carmen → dora']);
    for (const peer of peers) expect(heldBy(peer)).toBe(1);
  });

  it('comes by the road that was the first one to bring the chain, and by no other', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    linked(peers, SQUARE);
    say(peers, peers[0], 200);
    expect(pushes(peers)).toHaveLength(5);
    forget(peers);
    say(peers, peers[0], 300);
    expect(pushes(peers)).toEqual(['anna → bob', 'anna → carmen', 'bob → dora']);
  });

  it('has a tree for each author', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    linked(peers, SQUARE);
    for (const author of peers) say(peers, author, 200);
    forget(peers);
    for (const author of peers) say(peers, author, 300);
    expect(pushes(peers)).toHaveLength(4 * 3);
  });

  it('comes by the other road once the link that brought the chain has ended', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    linked(peers, SQUARE);
    say(peers, peers[0], 200);
    unlink(peers, peers[1], peers[3], 250);
    forget(peers);
    say(peers, peers[0], 300);
    expect(pushes(peers)).toEqual(['anna → bob', 'anna → carmen', 'carmen → dora']);
    expect(heldBy(peers[3])).toBe(2);
  });

  it('that was lost with a link is asked for as soon as its end is noticed', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    const [anna, bob, , dora] = peers;
    linked(peers, SQUARE);
    say(peers, anna, 200);
    const outputs = anna.take({ kind: 'say', conversation: LOBBY, lines: [line] }, 300);
    // What bob sends to dora does not arrive any more.
    carry(peers, [[anna, outputs]], 300, (from, to) => !(from === bob && to === dora));
    expect(heldBy(dora)).toBe(1);
    unlink(peers, bob, dora, 310);
    expect(heldBy(dora)).toBe(2);
  });

  it('that does not come by its road is asked of who announces it, and the next comes from there', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    const [anna, bob, carmen, dora] = peers;
    linked(peers, SQUARE);
    say(peers, anna, 200);
    const hung = (from: TestPeer, to: TestPeer): boolean => !(from === bob && to === dora);
    const sayAt = (nowMs: number): void => {
      const outputs = anna.take({ kind: 'say', conversation: LOBBY, lines: [line] }, nowMs);
      carry(peers, [[anna, outputs]], nowMs, hung);
    };
    sayAt(2_000);
    expect(heldBy(dora)).toBe(1);
    const patienceMs = LIMITS.announceSlowMs + LIMITS.announceGraceMs;
    for (let nowMs = 2_050; nowMs <= 2_050 + patienceMs; nowMs += 50) tick(peers, nowMs, hung);
    expect(heldBy(dora)).toBe(2);
    forget(peers);
    sayAt(5_000);
    expect(heldBy(dora)).toBe(3);
    expect(pushes(peers)).toContain(`${carmen.id} → ${dora.id}`);
  });

  it('comes by the shortest road again after it was asked of someone far from its author', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora', 'eve']);
    const [anna, bob, carmen, dora, eve] = peers;
    linked(peers, [
      [0, 1],
      [1, 3],
      [0, 2],
      [2, 3],
      [2, 4],
      [4, 3],
    ]);
    say(peers, anna, 200);
    const sayAt = (nowMs: number, silent: readonly TestPeer[]): void => {
      const isHeard = (from: TestPeer, to: TestPeer): boolean =>
        to !== dora || !silent.includes(from);
      const outputs = anna.take({ kind: 'say', conversation: LOBBY, lines: [line] }, nowMs);
      carry(peers, [[anna, outputs]], nowMs, isHeard);
      for (let laterMs = nowMs; laterMs <= nowMs + 1_500; laterMs += 50)
        tick(peers, laterMs, isHeard);
    };
    sayAt(2_000, [bob, carmen]);
    expect(heldBy(dora)).toBe(2);
    forget(peers);
    sayAt(5_000, [bob]);
    expect(heldBy(dora)).toBe(3);
    forget(peers);
    sayAt(8_000, [bob]);
    expect(pushes(peers)).toContain(`${carmen.id} → ${dora.id}`);
    expect(pushes(peers)).not.toContain(`${eve.id} → ${dora.id}`);
  });

  it('comes another way at once also to those behind someone who lost a link', () => {
    const peers = named(['anna', 'bob', 'carmen', 'eve', 'dora', 'fred']);
    const [anna, bob, , , dora, fred] = peers;
    // From anna to fred it is a link less over bob and dora than over bob, carmen and eve.
    linked(peers, [
      [0, 1],
      [1, 4],
      [4, 5],
      [1, 2],
      [2, 3],
      [3, 5],
    ]);
    say(peers, anna, 200);
    unlink(peers, bob, dora, 300);
    forget(peers);
    say(peers, anna, 1_000);
    expect([heldBy(fred), heldBy(dora)]).toEqual([2, 2]);
  });

  it('is not announced to those who sent it or were sent it', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    linked(peers, [
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    say(peers, peers[0], 200);
    forget(peers);
    say(peers, peers[0], 2_000);
    for (let nowMs = 2_050; nowMs <= 4_000; nowMs += 50) tick(peers, nowMs);
    // The author's receipt of its neighbour.
    expect(sent(peers, 'heads')).toEqual(['bob → anna']);
  });
});

describe('what neighbours say of branches', () => {
  it('is kept for so many chains and no more', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const neighbour = anna.state.neighbours.get(bob.id)!;
    const conversation = anna.state.conversations.get(LOBBY)!;
    for (let first = 0; first < 3 * LIMITS.branchesMax; first += LIMITS.chainsPerFrameMax) {
      const chains = Array.from({ length: LIMITS.chainsPerFrameMax }, (_, at) => {
        return (first + at).toString(16).padStart(80, '0') as ChainKey;
      });
      const tag = bob.state.neighbours.get(anna.id)!.tags.get(LOBBY)!;
      const bytes = encodeMessage({ type: 'branch', tag, wanted: false, chains });
      anna.take({ kind: 'network', event: { kind: 'frame', peer: bob.id, bytes } }, 100);
    }
    expect(neighbour.pruned.get(LOBBY)!.size).toBe(LIMITS.branchesMax);
    expect(conversation.sources.size).toBe(0);
    expect(anna.told().filter(({ kind }) => kind === 'badFrame')).toEqual([]);
  });
});

describe('a neighbour that pushes faster than it may', () => {
  it('is not listened to beyond its rate, nor blamed, and what it said is asked for', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const taken = LIMITS.authorLiveBurst + LIMITS.crowdLiveBurst;
    const flood = taken + 500;
    for (let count = 0; count < flood; count += 1) {
      // Bob's own bound would stop him long before ours does.
      bob.state.conversations.get(LOBBY)!.live.tokens = 1;
      const outputs = bob.take({ kind: 'say', conversation: LOBBY, lines: [line] }, 100);
      for (const output of outputs) {
        if (output.kind !== 'send') continue;
        const event = { kind: 'frame', peer: bob.id, bytes: output.frame } as const;
        anna.take({ kind: 'network', event }, 100);
      }
    }
    // As many as one author may push, and all together beyond that; a moment adds the rest.
    expect(heldBy(anna)).toBeLessThan(taken + 8);
    expect(heldBy(anna)).toBeGreaterThanOrEqual(taken);
    expect(anna.told().filter(({ kind }) => kind === 'badFrame')).toEqual([]);
    tick([anna, bob], 2_000);
    tick([anna, bob], 3_000);
    expect(heldBy(anna)).toBe(flood);
  });
});
