import { MemoryDisk } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import type { ConversationId, DeviceKey } from '../src/brand.ts';
import { fromHex, toHex } from '../src/bytes/hex.ts';
import { makeCertificate } from '../src/identity/certificate.ts';
import { LIMITS } from '../src/limits.ts';
import { chainKeyOf } from '../src/log/chain-key.ts';
import { decodeLines, encodeLines } from '../src/log/line.ts';
import { encodeRun } from '../src/log/run.ts';
import { sealEntry } from '../src/log/seal.ts';
import { fail } from '../src/result.ts';
import type { Self } from '../src/peer/state.ts';
import { firstOutputs } from '../src/peer/step.ts';
import type { RoomKey } from '../src/room/room.ts';
import { roomId } from '../src/room/room.ts';
import { ROOM_KEY_ID, roomSalt, sealPayload } from '../src/room/sealed.ts';
import { encodeMessage } from '../src/sync/message.ts';
import { namesIn } from '../src/view/status.ts';
import { EPOCH_MS, LOBBY, TestPeer, carry, link, suite } from './peers.ts';
import { act } from './private/party.ts';

const OPS: RoomKey = { kind: 'open', name: 'ops' };
const id = roomId(suite, OPS);

function textsOf(peer: TestPeer, conversation: ConversationId): string[] {
  return peer.store
    .window({ conversation, entriesMax: 100 })
    .map(({ entry }) => new TextDecoder().decode(entry.payload ?? undefined))
    .map((payload) => /(hello|again|mine)[ a-z]*$/u.exec(payload)?.[0] ?? payload);
}

function says(text: string): Parameters<TestPeer['take']>[0] {
  return { kind: 'say', conversation: id, lines: [{ type: 'say', text }] };
}

function three(): readonly [TestPeer, TestPeer, TestPeer] {
  const peers = [new TestPeer('anna'), new TestPeer('bobby'), new TestPeer('carmen')] as const;
  link(peers[0], peers[1], 0);
  link(peers[1], peers[2], 0);
  link(peers[0], peers[2], 0);
  return peers;
}

describe('a room', () => {
  it('is shared by those who joined it, whoever came first, and by nobody else', () => {
    const peers = three();
    const [anna, bobby, carmen] = peers;
    act(peers, anna, { kind: 'join', room: OPS }, 1_000);
    act(peers, anna, says('hello'), 1_000);
    act(peers, bobby, { kind: 'join', room: OPS }, 2_000);
    expect(textsOf(bobby, id)).toEqual(['hello']);
    act(peers, bobby, says('hello back'), 3_000);
    expect(textsOf(anna, id)).toEqual(['hello', 'hello back']);
    expect(carmen.state.conversations.has(id)).toBe(false);
    expect(carmen.store.chains().some(({ conversation }) => conversation === id)).toBe(false);
  });

  it('has a number of its own, is told of once, and is there again after a restart', () => {
    const disk = new MemoryDisk();
    const anna = new TestPeer('anna', 0, 0, { disk });
    anna.take({ kind: 'join', room: OPS }, 1_000);
    anna.take({ kind: 'join', room: OPS }, 1_000);
    anna.take({ kind: 'join', room: { kind: 'open', name: 'lobby' } }, 1_000);
    anna.take({ kind: 'join', room: { kind: 'open', name: 'more' } }, 1_000);
    const opened = anna.told().filter(({ kind }) => kind === 'session');
    expect(opened.map((event) => 'event' in event && event.event)).toEqual(['opened', 'opened']);
    anna.take(says('hello'), 2_000);
    const { own } = anna.state.conversations.get(id)!;
    const again = new TestPeer('anna', 3_000, 0, { disk });
    const room = again.state.conversations.get(id)!;
    expect(room).toMatchObject({ kind: 'room', name: 'ops', own, entriesHeld: 1 });
    expect(room.room).toMatchObject({ key: OPS, number: 1 });
    const rooms = [...again.state.conversations.values()].flatMap((each) => each.room ?? []);
    expect(new Map(rooms.map(({ key, number }) => [key.name, number]))).toEqual(
      new Map([
        ['lobby', 0],
        ['ops', 1],
        ['more', 2],
      ]),
    );
  });

  it('that was left is forgotten with all that was said, and can be joined again', () => {
    const peers = three();
    const [anna, bobby] = peers;
    for (const peer of [anna, bobby]) act(peers, peer, { kind: 'join', room: OPS }, 1_000);
    act(peers, anna, says('hello'), 1_000);
    act(peers, bobby, says('mine'), 1_500);
    act(peers, bobby, { kind: 'leave', conversation: id }, 2_000);
    expect(bobby.state.conversations.has(id)).toBe(false);
    expect(bobby.store.chains().some(({ conversation }) => conversation === id)).toBe(false);
    expect(bobby.store.values('room/')).toEqual([]);
    act(peers, anna, says('hello again'), 3_000);
    act(peers, bobby, { kind: 'join', room: OPS }, 4_000);
    expect(textsOf(bobby, id)).toEqual(['hello', 'mine', 'hello again']);
    // A number that we may have used is not used again: what we say now is on a new chain.
    act(peers, bobby, says('mine again'), 5_000);
    expect(textsOf(anna, id)).toEqual(['hello', 'mine', 'hello again', 'mine again']);
    expect(anna.told().some(({ kind }) => kind === 'forked')).toBe(false);
  });

  it('cannot be the lobby to be left, and there are only so many', () => {
    const anna = new TestPeer('anna');
    anna.take({ kind: 'leave', conversation: LOBBY }, 0);
    expect(anna.state.conversations.has(LOBBY)).toBe(true);
    for (let at = 0; at < LIMITS.roomsMax + 1; at += 1)
      anna.take({ kind: 'join', room: { kind: 'open', name: `room-${at}` } }, 0);
    const kinds = [...anna.state.conversations.values()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'room')).toHaveLength(LIMITS.roomsMax);
  });

  it('that someone had us hold unread is read like any other once we join it', () => {
    const [anna, bobby, mallory] = three();
    const peers = [anna, bobby, mallory];
    act(peers, mallory, { kind: 'join', room: OPS }, 1_000);
    act(peers, mallory, says('hello'), 1_000);
    const hold = { type: 'hold', conversation: id, isWanted: true, from: [] } as const;
    const frame = encodeMessage(hold);
    carry(peers, [[mallory, [{ kind: 'send', peer: anna.id, frame }]]], 2_000);
    expect(anna.state.conversations.get(id)?.kind).toBe('carried');
    act(peers, anna, { kind: 'join', room: OPS }, 3_000);
    expect(anna.state.conversations.get(id)?.kind).toBe('room');
    expect(anna.state.carried.size).toBe(0);
    expect(textsOf(anna, id)).toEqual(['hello']);
  });

  it('hears of a new name where one has spoken, and lists nobody who is only in the lobby', () => {
    const peers = three();
    const [anna, bobby, carmen] = peers;
    for (const peer of [anna, bobby]) act(peers, peer, { kind: 'join', room: OPS }, 1_000);
    act(peers, anna, says('hello'), 1_000);
    act(peers, anna, { kind: 'rename', name: 'anne' }, 2_000);
    act(peers, bobby, { kind: 'rename', name: 'bob' }, 2_000);
    const room = bobby.state.conversations.get(id)!;
    expect(namesIn(bobby.state, room).get(anna.identity)).toBe('anne');
    expect(namesIn(bobby.state, room).has(carmen.identity)).toBe(false);
    expect(room.entriesHeld).toBe(2);
  });
});

describe('a private lobby', () => {
  const secret: RoomKey = { kind: 'secret', name: 'us', secret: new Uint8Array(32).fill(9) };

  it('stands in the place of the open one, with a directory of its own', () => {
    const anna = new TestPeer('anna', 0, 0, { lobby: secret });
    const bobby = new TestPeer('bobby', 0, 0, { lobby: secret });
    const carmen = new TestPeer('carmen');
    link(anna, bobby, 0);
    link(carmen, anna, 0);
    const lobby = anna.state.conversations.get(anna.state.lobby)!;
    expect(lobby).toMatchObject({ kind: 'lobby', name: 'us', room: { key: secret, number: 1 } });
    expect(anna.state.lobby).toBe(bobby.state.lobby);
    expect(anna.state.conversations.has(LOBBY)).toBe(false);
    expect(anna.state.directory).not.toBe(carmen.state.directory);
    const sharedWith = (peer: TestPeer) => [
      ...(anna.state.neighbours.get(peer.id)?.tags.keys() ?? []),
    ];
    expect(sharedWith(bobby)).toEqual([anna.state.lobby, anna.state.directory]);
    expect(sharedWith(carmen)).toEqual([]);
  });

  it('is a room like others at a start that names another, and keeps its number and what was said', () => {
    const disk = new MemoryDisk();
    const first = new TestPeer('anna', 0, 0, { lobby: secret, disk });
    first.absorb(firstOutputs(first.state), 0);
    const { lobby } = first.state;
    const line = { type: 'say', text: 'among us' } as const;
    first.take({ kind: 'say', conversation: lobby, lines: [line] }, 1_000);
    first.take({ kind: 'join', room: OPS }, 2_000);
    const second = new TestPeer('anna', 3_000, 0, { disk });
    expect(second.state.lobby).toBe(LOBBY);
    const room = second.state.conversations.get(lobby)!;
    expect(room).toMatchObject({ kind: 'room', name: 'us', entriesHeld: 1 });
    expect(room.room).toMatchObject({ key: secret, number: 1 });
    expect(second.state.conversations.get(id)?.room?.number).toBe(2);
    const third = new TestPeer('anna', 4_000, 0, { lobby: secret, disk });
    expect(third.state.conversations.get(lobby)).toMatchObject({ kind: 'lobby', entriesHeld: 1 });
    expect(third.state.conversations.get(id)?.room?.number).toBe(2);
  });
});

describe('a secret room', () => {
  const key = { kind: 'secret', name: 'plans', secret: new Uint8Array(32).fill(7) } as const;
  const plans = roomId(suite, key);
  const say = (text: string) =>
    ({ kind: 'say', conversation: plans, lines: [{ type: 'say', text }] }) as const;
  const openedIn = (peer: TestPeer): string[] =>
    peer.store
      .window({ conversation: plans, entriesMax: 99 })
      .flatMap(({ opened }) => {
        const lines = opened === null ? fail('plain') : decodeLines(opened, null);
        return lines.ok ? lines.value : [];
      })
      .flatMap((line) => (line.type === 'say' ? [line.text] : []));

  function two(): readonly [TestPeer, TestPeer] {
    const peers = [new TestPeer('anna'), new TestPeer('bobby')] as const;
    link(peers[0], peers[1], 0);
    act(peers, peers[0], { kind: 'join', room: key }, 0);
    return peers;
  }

  it('is read by who has its secret, and travels and is stored as ciphertext', () => {
    const peers = two();
    const [anna, bobby] = peers;
    act(peers, anna, say('meet at noon'), 1_000);
    act(peers, bobby, { kind: 'join', room: key }, 2_000);
    act(peers, bobby, say('noon it is'), 3_000);
    for (const peer of peers) expect(openedIn(peer)).toEqual(['meet at noon', 'noon it is']);
    const payloads = peers.flatMap((peer) =>
      peer.store.arrivals(0, 99).map(({ entry }) => Buffer.from(entry.payload ?? [])),
    );
    expect(payloads).toHaveLength(4);
    for (const payload of payloads) expect(payload.includes('noon')).toBe(false);
    const frames = peers.flatMap(({ outputs }) =>
      outputs.flatMap((output) => (output.kind === 'send' ? [Buffer.from(output.frame)] : [])),
    );
    const isSent = (bytes: string | Uint8Array): boolean =>
      frames.some((frame) => frame.includes(bytes));
    expect([isSent('noon'), isSent('plans'), isSent(key.secret)]).toEqual([false, false, false]);
    // The headers of its entries name it, to those who are in it.
    expect(isSent(fromHex(plans))).toBe(true);
  });

  it('shows what was said there after a restart', () => {
    const disk = new MemoryDisk();
    const anna = new TestPeer('anna', 0, 0, { disk });
    anna.take({ kind: 'join', room: key }, 0);
    anna.take(say('first'), 0);
    const again = new TestPeer('anna', 1_000, 0, { disk });
    again.take(say('second'), 2_000);
    expect(openedIn(again)).toEqual(['first', 'second']);
    expect(again.state.conversations.get(plans)?.table.size).toBe(1);
  });

  it.each([
    ['plain', { keyId: null }, 'not-sealed'],
    ['under another key', { keyId: 1 }, 'other-key'],
    ['cut short', { cut: 1 }, 'not-opened'],
    ['sealed for another place', { seq: 1 }, 'not-opened'],
    ['sealed with another secret', { secret: new Uint8Array(32).fill(8) }, 'not-opened'],
    ['of fewer lines than the header says', { lineCount: 2 }, 'bad-line-count'],
    ['of no lines', { plain: Uint8Array.of(0x61, 0x61) }, 'wrong-type'],
    ['left out', { isLeftOut: true }, 'no-payload'],
  ] as const)(
    'refuses an entry that is %s, and blames its author, or who left out a part',
    (_, how, reason) => {
      const [anna, bobby] = two();
      act([anna, bobby], bobby, { kind: 'join', room: key }, 1_000);
      const tag = bobby.state.neighbours.get(anna.id)?.tags.get(plans);
      if (tag === undefined) throw new Error('they share it');
      const badOf = (author: Pick<Self, 'identitySeed' | 'deviceSeed'>): string[] => {
        const before = anna.told().length;
        const run = forgedRun(plans, key.secret, how, author);
        const message = { type: 'run', tag, request: 0, last: true, run } as const;
        const frame = { kind: 'frame', peer: bobby.id, bytes: encodeMessage(message) } as const;
        anna.take({ kind: 'network', event: frame }, 2_000);
        const told = anna.told().slice(before);
        return told.flatMap((event) => (event.kind === 'badFrame' ? [event.reason] : []));
      };
      expect(badOf(bobby.state.self)).toEqual([`run: ${reason}`]);
      // Whoever was made to carry the room for others could not know.
      expect(badOf(mallory)).toEqual(reason === 'no-payload' ? ['run: no-payload'] : []);
      expect(openedIn(anna)).toEqual([]);
    },
  );

  it('takes the same entry as it should be', () => {
    const [anna, bobby] = two();
    act([anna, bobby], bobby, { kind: 'join', room: key }, 1_000);
    const run = forgedRun(plans, key.secret, {});
    const tag = bobby.state.neighbours.get(anna.id)?.tags.get(plans) ?? '';
    const message = { type: 'run', tag, request: 0, last: true, run } as const;
    const frame = { kind: 'frame', peer: bobby.id, bytes: encodeMessage(message) } as const;
    anna.take({ kind: 'network', event: frame }, 2_000);
    expect(openedIn(anna)).toEqual(['hi']);
  });
});

interface Forgery {
  readonly keyId?: number | null;
  readonly cut?: number;
  readonly seq?: number;
  readonly secret?: Uint8Array;
  readonly lineCount?: number;
  readonly plain?: Uint8Array;
  readonly isLeftOut?: boolean;
}

const mallory = {
  identitySeed: new Uint8Array(32).fill(1),
  deviceSeed: new Uint8Array(32).fill(2),
};

/** A first entry by someone of the room, sealed rightly but for what is said otherwise. */
function forgedRun(
  conversation: ConversationId,
  secret: Uint8Array,
  how: Forgery,
  { identitySeed, deviceSeed }: Pick<Self, 'identitySeed' | 'deviceSeed'> = mallory,
): Uint8Array {
  const device = toHex(suite.publicKey(deviceSeed)) as DeviceKey;
  const certificate = makeCertificate(suite, {
    identitySeed,
    device,
    createdMs: 1,
    name: 'mallory',
  });
  const chain = chainKeyOf(device, new Uint8Array(8));
  const plain = how.plain ?? encodeLines([{ type: 'say', text: 'hi' }]);
  const salt = roomSalt(suite, new Uint8Array(32), plain);
  const place = { conversation, chain, seq: how.seq ?? 0 };
  const sealed = sealPayload(suite, how.secret ?? secret, place, { salt, plain });
  const entry = sealEntry(suite, deviceSeed, {
    conversation,
    chain,
    seq: 0,
    prev: certificate.hash,
    hlc: { ms: EPOCH_MS, counter: 0 },
    lineCount: how.lineCount ?? 1,
    keyId: how.keyId === undefined ? ROOM_KEY_ID : how.keyId,
    payload: how.keyId === null ? plain : sealed.slice(0, sealed.length - (how.cut ?? 0)),
    certificateHash: certificate.hash,
  });
  return encodeRun(certificate.bytes, [
    how.isLeftOut === true ? { ...entry, payload: null } : entry,
  ]);
}
