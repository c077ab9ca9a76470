// Rooms that open and close while neighbours are linked.

import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/limits.ts';
import { newConversation } from '../../src/peer/conversation.ts';
import { closeRoom, shareWithAll } from '../../src/peer/share.ts';
import type { Turn } from '../../src/peer/step-types.ts';
import { encodeMessage } from '../../src/sync/message.ts';
import { TestPeer, carry, link } from '../peers.ts';
import { SESSION, blamesOf, sentBy, sessionIdOf } from './party.ts';

/** Does something to a peer that no input does by itself, and carries what comes of it. */
function within(
  peers: readonly TestPeer[],
  peer: TestPeer,
  nowMs: number,
  act: (turn: Turn) => void,
): void {
  const { monotonicMs, wallMs } = peer.now(nowMs);
  const turn: Turn = { state: peer.state, nowMs: monotonicMs, wallMs, waitedMs: 0, out: [] };
  act(turn);
  carry(peers, [[peer, peer.absorb(turn.out, nowMs)]], nowMs);
}

function opens(peers: readonly TestPeer[], peer: TestPeer, nowMs: number): void {
  within(peers, peer, nowMs, (turn) => {
    const room = { id: SESSION, kind: 'session', name: 'a room' } as const;
    const conversation = newConversation(turn.state, room, peer.now(nowMs));
    turn.state.conversations.set(SESSION, conversation);
    shareWithAll(turn, conversation);
  });
}

function closes(peers: readonly TestPeer[], peer: TestPeer, nowMs: number): void {
  within(peers, peer, nowMs, (turn) => closeRoom(turn, SESSION));
}

function shares(one: TestPeer, other: TestPeer): boolean {
  return one.state.neighbours.get(other.id)?.tags.has(SESSION) ?? false;
}

function linked(): readonly [TestPeer, TestPeer] {
  const peers = [new TestPeer('anna'), new TestPeer('bob')] as const;
  link(...peers, 0);
  return peers;
}

describe('a room that opens while neighbours are linked', () => {
  it.each([
    ['who dialled', 0, 1],
    ['who was dialled', 1, 0],
  ] as const)('is shared once both have it, if %s had it first', (_who, first, second) => {
    const peers = linked();
    opens(peers, peers[first], 10);
    expect([shares(peers[0], peers[1]), shares(peers[1], peers[0])]).toEqual([false, false]);
    opens(peers, peers[second], 20);
    expect([shares(peers[0], peers[1]), shares(peers[1], peers[0])]).toEqual([true, true]);
    const compared = peers.flatMap((peer) =>
      sentBy(peer.outputs).filter(({ type }) => type === 'ranges'),
    );
    // One comparison for each of lobby and directory when they met, and one for this: two frames each.
    expect(compared).toHaveLength(6);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });

  it('is shared with all who have it already', () => {
    const peers = ['anna', 'bob', 'cleo', 'dora'].map((name) => new TestPeer(name));
    const [anna, bob, cleo, dora] = peers as [TestPeer, TestPeer, TestPeer, TestPeer];
    for (const other of [bob, cleo, dora]) link(other, anna, 0);
    opens(peers, bob, 10);
    opens(peers, cleo, 10);
    opens(peers, anna, 20);
    expect([bob, cleo, dora].map((other) => shares(anna, other))).toEqual([true, true, false]);
  });
});

describe('a room that is one of very many', () => {
  it.each([
    ['before its neighbour', [0, 1]],
    ['after its neighbour', [1, 0]],
  ] as const)('is shared, opened %s', (_when, order) => {
    const peers = [new TestPeer('anna'), new TestPeer('bob')] as const;
    const [anna] = peers;
    for (let at = 0; at < LIMITS.roomTagsMax + 5; at += 1) {
      const room = { id: sessionIdOf(100 + at), kind: 'carried', name: 'x' } as const;
      anna.state.conversations.set(room.id, newConversation(anna.state, room, anna.now(0)));
    }
    const [first, second] = order.map((at) => peers[at]) as [TestPeer, TestPeer];
    if (first === anna) {
      const room = { id: SESSION, kind: 'carried', name: 'x' } as const;
      anna.state.conversations.set(SESSION, newConversation(anna.state, room, anna.now(0)));
    }
    link(...peers, 0);
    if (first !== anna) opens(peers, first, 10);
    opens(peers, second, 20);
    expect([shares(peers[0], peers[1]), shares(peers[1], peers[0])]).toEqual([true, true]);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });
});

describe('a room that is closed', () => {
  it('is shared no more, without blame, also for what was on its way', () => {
    const peers = linked();
    const [anna, bob] = peers;
    for (const peer of peers) opens(peers, peer, 10);
    const tag = bob.state.neighbours.get(anna.id)!.tags.get(SESSION)!;
    const late = encodeMessage({ type: 'links', tag, peers: [] });
    closes(peers, anna, 20);
    expect([shares(anna, bob), shares(bob, anna)]).toEqual([false, false]);
    expect(bob.state.neighbours.get(anna.id)!.claims.has(SESSION)).toBe(false);
    const event = { kind: 'frame', peer: bob.id, bytes: late } as const;
    carry(peers, [[anna, anna.take({ kind: 'network', event }, 20)]], 20);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });

  it.each([
    ['by who closed it', [0], [0]],
    ['after both closed it', [0, 1], [0, 1]],
    ['after both closed it, the other way round', [0, 1], [1, 0]],
  ] as const)('is shared again when it is opened again %s', (_how, closing, opening) => {
    const peers = linked();
    const [anna, bob] = peers;
    for (const peer of peers) opens(peers, peer, 10);
    for (const at of closing) closes(peers, peers[at], 20);
    for (const at of opening) opens(peers, peers[at], 30);
    expect([shares(anna, bob), shares(bob, anna)]).toEqual([true, true]);
    const [hers, his] = [
      anna.state.neighbours.get(bob.id)!.tags.get(SESSION),
      bob.state.neighbours.get(anna.id)!.tags.get(SESSION),
    ];
    expect(bob.state.neighbours.get(anna.id)!.rooms.get(hers!)).toBe(SESSION);
    expect(anna.state.neighbours.get(bob.id)!.rooms.get(his!)).toBe(SESSION);
    for (const peer of peers) expect(blamesOf(peer)).toEqual([]);
  });

  it('that was never shared is nobody’s business', () => {
    const peers = linked();
    const [anna, bob] = peers;
    opens(peers, anna, 10);
    closes(peers, anna, 20);
    opens(peers, bob, 30);
    expect([shares(anna, bob), shares(bob, anna)]).toEqual([false, false]);
  });
});
