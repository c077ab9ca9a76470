// Who waits for whom: nobody behind another's flood, and what one sent stays in its order.

import { describe, expect, it } from 'vitest';
import type { Input, PeerId } from '@parley/core';
import { LIMITS } from '@parley/core';
import { Inbox } from '../src/inbox.ts';

function frame(peer: string, number: number): Input {
  const event = { kind: 'frame', peer: peer as PeerId, bytes: Uint8Array.of(number) } as const;
  return { kind: 'network', event };
}

/** Everything that waits, as 'peer number' and the kind of all else. */
function drained(inbox: Inbox, nowMs = 0): string[] {
  const taken: string[] = [];
  for (let input = inbox.take(nowMs); input !== null; input = inbox.take(nowMs)) {
    const { event } = input.kind === 'network' ? input : { event: null };
    taken.push(event?.kind === 'frame' ? `${event.peer} ${event.bytes[0]}` : input.kind);
  }
  return taken;
}

describe('what waits for its turn', () => {
  it('is taken of each neighbour in turn, so that one line comes second after a flood of thousands', () => {
    const inbox = new Inbox();
    for (let count = 0; count < 3_000; count += 1) inbox.push(frame('mallory', count % 256), 0);
    inbox.push(frame('anna', 1), 0);
    inbox.push(frame('anna', 2), 0);
    const taken = drained(inbox);
    expect(taken.slice(0, 5)).toEqual(['mallory 0', 'anna 1', 'mallory 1', 'anna 2', 'mallory 2']);
    expect(taken).toHaveLength(3_002);
  });

  it('keeps the order of each neighbour, however pushes and takes alternate', () => {
    const inbox = new Inbox();
    const taken: string[] = [];
    for (let count = 0; count < 250; count += 1) {
      inbox.push(frame('anna', count), 0);
      inbox.push(frame('bobby', count), 0);
      const { event } = inbox.take(0) as Extract<Input, { kind: 'network' }>;
      if (event.kind === 'frame') taken.push(`${event.peer} ${event.bytes[0]}`);
    }
    taken.push(...drained(inbox));
    for (const peer of ['anna', 'bobby'])
      expect(taken.filter((each) => each.startsWith(peer))).toEqual(
        Array.from({ length: 250 }, (_, count) => `${peer} ${count}`),
      );
  });

  it('is ours first', () => {
    const inbox = new Inbox();
    inbox.push(frame('mallory', 1), 0);
    inbox.push({ kind: 'tick' }, 0);
    inbox.push({ kind: 'rename', name: 'anna' }, 0);
    expect(inbox.size).toBe(3);
    expect(drained(inbox)).toEqual(['tick', 'rename', 'mallory 1']);
    expect(inbox.size).toBe(0);
  });

  it('is full at so many inputs, or at so many bytes, and not once they are taken', () => {
    const many = new Inbox();
    for (let count = 0; count < LIMITS.inputQueueMax; count += 1) {
      expect(many.isFull).toBe(false);
      many.push({ kind: 'tick' }, 0);
    }
    expect(many.isFull).toBe(true);
    many.take(0);
    expect(many.isFull).toBe(false);
    const large = new Inbox();
    const bytes = new Uint8Array(LIMITS.frameBytesMax);
    const event = { kind: 'frame', peer: 'anna' as PeerId, bytes } as const;
    const fits = Math.ceil(LIMITS.inputQueueBytesMax / bytes.length);
    for (let count = 0; count < fits; count += 1) {
      expect(large.isFull).toBe(false);
      large.push({ kind: 'network', event }, 0);
    }
    expect(large.isFull).toBe(true);
    large.take(0);
    expect(large.isFull).toBe(false);
  });

  it('tells how long it waited', () => {
    const inbox = new Inbox();
    inbox.push(frame('anna', 1), 100);
    inbox.push(frame('anna', 2), 130);
    expect(inbox.take(140)).toMatchObject({ waitedMs: 40 });
    expect(inbox.take(150)).toMatchObject({ waitedMs: 20 });
    expect(inbox.take(150)).toBeNull();
  });
});
