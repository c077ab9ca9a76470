// Who is at the other end of a link is proved on that link, and no room is named to who does not know it.

import { describe, expect, it } from 'vitest';
import type { PeerId } from '../src/brand.ts';
import { readCertificate } from '../src/identity/certificate.ts';
import type { Input, Output } from '../src/peer/step-types.ts';
import { directoryId } from '../src/session/names.ts';
import type { Message } from '../src/sync/message.ts';
import { decodeMessage, encodeMessage } from '../src/sync/message.ts';
import { LOBBY, TestPeer, link, suite } from './peers.ts';

/** What a peer sent to another, decoded. */
function sentBy(outputs: readonly Output[], to: PeerId): Message[] {
  return outputs.flatMap((output) => {
    if (output.kind !== 'send' || output.peer !== to) return [];
    const message = decodeMessage(output.frame);
    return message.ok ? [message.value] : [];
  });
}

function ofType<Type extends Message['type']>(
  messages: readonly Message[],
  type: Type,
): Extract<Message, { type: Type }> {
  const found = messages.find((message) => message.type === type);
  if (found === undefined) throw new Error(`no ${type} was sent`);
  return found as Extract<Message, { type: Type }>;
}

function connected(peer: PeerId): Input {
  return {
    kind: 'network',
    event: { kind: 'connected', peer, direction: 'inbound', address: 'a', path: 'lan' },
  };
}

function frame(peer: PeerId, message: Message): Input {
  return { kind: 'network', event: { kind: 'frame', peer, bytes: encodeMessage(message) } };
}

describe('meeting a neighbour', () => {
  it('ends with both knowing who the other is and which rooms they share', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    for (const [one, other] of [
      [anna, bob],
      [bob, anna],
    ] as const) {
      const neighbour = one.state.neighbours.get(other.id);
      expect(neighbour?.met).toBe(true);
      expect(neighbour?.hello?.identity).toBe(other.state.self.identity);
      expect([...(neighbour?.tags.keys() ?? [])]).toEqual([LOBBY, directoryId(suite, LOBBY)]);
    }
  });

  it('is refused to who says the hello of another and cannot prove it', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    const mallory = 'mallory' as PeerId;
    const hello = ofType(sentBy(bob.take(connected(anna.id), 0), anna.id), 'hello');
    anna.take(connected(mallory), 0);
    anna.take(frame(mallory, hello), 1);
    anna.take(frame(mallory, { type: 'prove', signature: new Uint8Array(64) }), 2);
    expect(anna.state.neighbours.get(mallory)?.met).toBe(false);
    expect(anna.told()).toContainEqual({ kind: 'badFrame', peer: mallory, reason: 'wrong proof' });
    expect(anna.told().some(({ kind }) => kind === 'neighbour')).toBe(false);
  });

  it('is refused to who repeats a proof that was given on another link', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const said = sentBy(bob.outputs, anna.id);
    const mallory = 'mallory' as PeerId;
    anna.take(connected(mallory), 10);
    anna.take(frame(mallory, ofType(said, 'hello')), 11);
    anna.take(frame(mallory, ofType(said, 'prove')), 12);
    expect(anna.state.neighbours.get(mallory)?.met).toBe(false);
  });

  it('is told when they are reached another way, and not when nothing of that changes', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const moved = (path: 'lan' | 'direct', address: string): void => {
      const event = { kind: 'path', peer: bob.id, address, path } as const;
      anna.take({ kind: 'network', event }, 10);
    };
    moved('direct', 'elsewhere');
    moved('lan', '10.0.0.1:1');
    moved('lan', '10.0.0.1:2');
    expect(anna.state.neighbours.get(bob.id)).toMatchObject({ path: 'lan', address: '10.0.0.1:2' });
    const told = anna.told().filter((event) => event.kind === 'neighbour');
    expect(told.map(({ event, path }) => `${event} ${path}`)).toEqual([
      'connected direct',
      'moved lan',
    ]);
  });

  it('takes one certificate for all links, and another for another name', () => {
    const anna = new TestPeer('anna');
    const shownTo = (peer: string, nowMs: number): Uint8Array => {
      const id = peer as PeerId;
      return ofType(sentBy(anna.take(connected(id), nowMs), id), 'hello').certificate;
    };
    const first = shownTo('bob', 0);
    expect(shownTo('carmen', 5_000)).toEqual(first);
    anna.take({ kind: 'rename', name: 'anne' }, 6_000);
    const second = readCertificate(suite, shownTo('dave', 7_000));
    expect(second).toMatchObject({ ok: true, value: { name: 'anne' } });
  });

  it('comes before anything about a room', () => {
    const [anna, bob] = [new TestPeer('anna'), new TestPeer('bob')];
    link(anna, bob, 0);
    const said = sentBy(bob.outputs, anna.id);
    const mallory = 'mallory' as PeerId;
    anna.take(connected(mallory), 10);
    anna.take(frame(mallory, ofType(said, 'hello')), 11);
    anna.take(frame(mallory, ofType(said, 'rooms')), 12);
    expect(anna.state.neighbours.get(mallory)?.tags.size).toBe(0);
    expect(anna.told()).toContainEqual({
      kind: 'badFrame',
      peer: mallory,
      reason: 'rooms before proof',
    });
  });
});

describe('the name of a room on a link', () => {
  it('differs from link to link, from end to end and from the room itself', () => {
    const peers = [new TestPeer('anna'), new TestPeer('bob'), new TestPeer('carmen')] as const;
    const [anna, bob, carmen] = peers;
    link(anna, bob, 0);
    link(anna, carmen, 0);
    link(carmen, bob, 0);
    const tags = peers.flatMap((peer) =>
      peers.flatMap((other) =>
        sentBy(peer.outputs, other.id).flatMap((message) =>
          message.type === 'rooms' ? message.tags : [],
        ),
      ),
    );
    const rooms = peers.map(({ state }) => state.conversations.size);
    // To two neighbours each.
    expect(tags).toHaveLength(2 * rooms.reduce((sum, count) => sum + count));
    expect(new Set(tags).size).toBe(tags.length);
    const ids = peers.flatMap(({ state }) => [...state.conversations.keys()]);
    for (const tag of tags) for (const id of ids) expect(id).not.toContain(tag);
  });

  it('says nothing to who does not know the room, and nothing more follows', () => {
    const [anna, stranger] = [new TestPeer('anna'), new TestPeer('stranger')];
    stranger.state.conversations.clear();
    link(stranger, anna, 0);
    expect(anna.state.neighbours.get(stranger.id)?.met).toBe(true);
    expect(stranger.state.neighbours.get(anna.id)?.rooms.size).toBe(0);
    const types = sentBy(anna.outputs, stranger.id).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['hello', 'prove', 'rooms', 'ping', 'pong']));
  });
});
