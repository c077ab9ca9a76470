// How a new entry gets round: once to each in a small room, and no faster than a neighbour may push.

import { describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.ts';
import type { Output } from '../src/peer/step-types.ts';
import { decodeMessage } from '../src/sync/message.ts';
import { LOBBY, TestPeer, carry, link, tick } from './peers.ts';

const line = { type: 'say', text: 'hello' } as const;

/** The runs that were pushed, by whom to whom. */
function pushes(peers: readonly TestPeer[]): string[] {
  return peers.flatMap((peer) =>
    peer.outputs.flatMap((output) => {
      if (output.kind !== 'send') return [];
      const message = decodeMessage(output.frame);
      return message.ok && message.value.type === 'run' ? [`${peer.id} → ${output.peer}`] : [];
    }),
  );
}

function say(peers: readonly TestPeer[], author: TestPeer, nowMs: number): void {
  const outputs = author.take({ kind: 'say', conversation: LOBBY, lines: [line] }, nowMs);
  carry(peers, [[author, outputs]], nowMs);
}

function heldBy(peer: TestPeer): number {
  return peer.state.conversations.get(LOBBY)?.entriesHeld ?? 0;
}

const named = (names: readonly string[]): TestPeer[] => names.map((name) => new TestPeer(name));

describe('a new entry', () => {
  it('goes once to each of those who are all linked to each other', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    for (const [index, peer] of peers.entries()) {
      for (const other of peers.slice(index + 1)) link(peer, other, 0);
    }
    tick(peers, 100);
    say(peers, peers[0]!, 200);
    expect(pushes(peers).toSorted()).toEqual(['anna → bob', 'anna → carmen', 'anna → dora']);
    for (const peer of peers) expect(heldBy(peer)).toBe(1);
  });

  it('is handed on along a chain of peers, once over each link', () => {
    const peers = named(['anna', 'bob', 'carmen', 'dora']);
    for (let index = 1; index < peers.length; index += 1) link(peers[index - 1]!, peers[index]!, 0);
    tick(peers, 100);
    say(peers, peers[0]!, 200);
    expect(pushes(peers)).toEqual(['anna → bob', 'bob → carmen', 'carmen → dora']);
    for (const peer of peers) expect(heldBy(peer)).toBe(1);
  });

  it('is gossiped where more than a few are within two links', () => {
    const hub = new TestPeer('hub');
    const others = named(Array.from({ length: LIMITS.smallRoomPeersMax }, (_, at) => `peer-${at}`));
    for (const other of others) link(other, hub, 0);
    say([hub, ...others], hub, 200);
    expect(pushes([hub])).toEqual([]);
    expect(hub.outputs.filter(({ kind }) => kind === 'publish')).toHaveLength(1);
  });

  it('that comes by gossip is accepted once, and a forged one is held against who sent it', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const [pushed] = bob
      .take({ kind: 'say', conversation: LOBBY, lines: [line] }, 100)
      .flatMap((output) => (output.kind === 'send' ? [decodeMessage(output.frame)] : []))
      .flatMap((message) =>
        message.ok && message.value.type === 'run' ? [message.value.run] : [],
      );
    const topic = anna.state.conversations.get(LOBBY)!.topic;
    const verdictOn = (bytes: Uint8Array, messageId: string): string => {
      const event = { kind: 'gossip', topic, from: bob.id, bytes, messageId } as const;
      const outputs: readonly Output[] = anna.take({ kind: 'network', event }, 200);
      return outputs
        .flatMap((output) => (output.kind === 'verdict' ? [output.verdict] : []))
        .join();
    };
    const forged = pushed!.slice();
    forged[forged.length - 1]! ^= 1;
    expect(verdictOn(forged, 'forged')).toBe('reject');
    expect(verdictOn(pushed!, 'first')).toBe('accept');
    expect(verdictOn(pushed!, 'second')).toBe('ignore');
  });
});

describe('a neighbour that pushes faster than it may', () => {
  it('is not listened to beyond its rate, nor blamed, and what it said is asked for', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const flood = LIMITS.liveReceivedBurst + 500;
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
    expect(heldBy(anna)).toBe(LIMITS.liveReceivedBurst);
    expect(anna.told().filter(({ kind }) => kind === 'badFrame')).toEqual([]);
    tick([anna, bob], 2_000);
    tick([anna, bob], 3_000);
    expect(heldBy(anna)).toBe(flood);
  });
});
