// Peers joined by wires without a network: frames go across at once, in order; each has a store in memory.

import { MemoryDisk, createFakeSuite } from '@parley/testkit';
import type { MemoryStore } from '@parley/testkit';
import type { ChainKey, IdentityKey, PeerId } from '../src/brand.ts';
import { LIMITS } from '../src/limits.ts';
import { orderKeyOf } from '../src/log/order.ts';
import { encodeRun } from '../src/log/run.ts';
import type { GuardLimits } from '../src/peer/guard.ts';
import type { OldEntries } from '../src/ports.ts';
import { openPeer } from '../src/peer/open.ts';
import type { PeerState } from '../src/peer/state.ts';
import { step } from '../src/peer/step.ts';
import type { Arrived, Input, Now, Output, PeerEvent } from '../src/peer/step-types.ts';
import type { RoomKey } from '../src/room/room.ts';
import { lobbyId } from '../src/room/room.ts';
import type { Work, WorkResult } from '../src/session/work-types.ts';
import { encodeMessage } from '../src/sync/message.ts';
import { linesOf } from '../src/view/lines.ts';

export const suite = createFakeSuite();
export const LOBBY = lobbyId(suite);
export const EPOCH_MS = 1_700_000_000_000;

const ALL = Number.MAX_SAFE_INTEGER;

export interface TestPeerOptions {
  readonly canFork?: boolean;
  readonly serves?: boolean;
  readonly lobby?: RoomKey;
  readonly limits?: Partial<GuardLimits>;
  /** What it remembers; nothing if not said. */
  readonly disk?: MemoryDisk;
  readonly era?: number;
  /** 32 bytes; drawn from its name if not said. */
  readonly chance?: Uint8Array;
}

/** One peer under test, its clock, its store, and everything it ever put out. */
export class TestPeer {
  readonly state: PeerState;
  readonly store: MemoryStore;
  readonly outputs: Output[] = [];
  /** Works that it asked for and that were not given back, in order. */
  readonly works: Work[] = [];
  /** Does a work at once, or leaves it in `works` (null); without it none is done. */
  answer: ((work: Work) => WorkResult | null) | null = null;
  skewMs = 0;

  constructor(
    name: string,
    nowMs: number = 0,
    skewMs: number = 0,
    { canFork = false, serves = false, disk = new MemoryDisk(), ...rest }: TestPeerOptions = {},
  ) {
    this.skewMs = skewMs;
    this.store = disk.open();
    this.state = openPeer({
      suite,
      identitySeed: seedOf(`identity of ${name}`),
      deviceSeed: seedOf(`device of ${name}`),
      name,
      peer: name as PeerId,
      chance: seedOf(`chance of ${name}`),
      memory: this.store,
      canFork,
      serves,
      era: 0,
      ...rest,
      now: this.now(nowMs),
    });
  }

  get id(): PeerId {
    return this.state.self.peer;
  }

  get identity(): IdentityKey {
    return this.state.self.identity;
  }

  now(nowMs: number): Now {
    return { monotonicMs: nowMs + 0.5, wallMs: EPOCH_MS + nowMs + this.skewMs };
  }

  /** What came of an input, and of all that it asked of the store and of its worker. */
  take(input: Input, nowMs: number): readonly Output[] {
    return this.absorb(step(this.state, input, this.now(nowMs)), nowMs);
  }

  /** Carries out what a step wants of its own store and worker. */
  absorb(outputs: readonly Output[], nowMs: number): readonly Output[] {
    this.outputs.push(...outputs);
    const all = [...outputs];
    for (const output of outputs) {
      if (output.kind === 'commit') this.store.commit(output.writes);
      if (output.kind === 'serve') all.push(...this.#serve(output, nowMs));
      if (output.kind === 'prune') all.push(...this.#prune(output, nowMs));
      if (output.kind === 'unpark') all.push(...this.#unpark(output, nowMs));
    }
    for (const output of outputs) {
      if (output.kind !== 'work') continue;
      const { work } = output;
      const result = this.answer === null ? null : this.answer(work);
      if (result === null) this.works.push(work);
      else all.push(...this.take({ kind: 'worked', work, result }, nowMs));
    }
    return all;
  }

  /** Gives back the oldest work of this kind. */
  give(result: WorkResult, nowMs: number): readonly Output[] {
    const kind = result.kind === 'spoken' ? 'speak' : result.kind;
    const at = this.works.findIndex((each) => kind === 'failed' || each.kind === kind);
    const [work] = this.works.splice(at, 1);
    if (at < 0 || work === undefined) throw new Error(`no ${kind} is under way`);
    return this.take({ kind: 'worked', work, result }, nowMs);
  }

  #prune(
    { conversation, queries, entriesMax }: Extract<Output, { kind: 'prune' }>,
    nowMs: number,
  ): readonly Output[] {
    let left = entriesMax;
    const found = new Map<ChainKey, OldEntries | null>();
    for (const query of queries) {
      if (left <= 0) break;
      const old = this.store.oldest({ ...query, entriesMax: left });
      found.set(query.chain, old);
      left -= old === null ? 0 : old.to - old.from;
    }
    return this.take({ kind: 'old', conversation, found }, nowMs);
  }

  #unpark(
    { conversation, throughMs }: Extract<Output, { kind: 'unpark' }>,
    nowMs: number,
  ): readonly Output[] {
    const before = this.store.lastArrival();
    this.store.commit([{ kind: 'unpark', conversation, throughMs }]);
    const arrived = this.store.arrivals(before, ALL).map((stored): Arrived => {
      const { entry, identity, late } = stored;
      return { entry, lines: linesOf(stored), identity, late };
    });
    const newest = this.store.window({ conversation, entriesMax: 1 })[0];
    const top = newest === undefined ? null : orderKeyOf(newest.entry);
    const nextParkedMs = this.store.nextParkedMs(conversation);
    return this.take({ kind: 'unparked', conversation, arrived, top, nextParkedMs }, nowMs);
  }

  #serve(
    { peer, want, conversation }: Extract<Output, { kind: 'serve' }>,
    nowMs: number,
  ): readonly Output[] {
    const { chain, from, to, direction, tag, request } = want;
    const record = this.state.conversations.get(conversation)?.table.get(chain);
    const begin = Math.max(from, record?.floor ?? 0);
    const range = { chain, from: begin, to, direction, bytesMax: LIMITS.runBytesTarget };
    const entries = record === undefined ? [] : this.store.run(range);
    const isNone = record === undefined || entries.length === 0;
    const run = isNone ? new Uint8Array(0) : encodeRun(record.certificate, entries);
    const reached = isNone
      ? null
      : { from: entries[0]!.header.seq, to: entries.at(-1)!.header.seq + 1 };
    const isLast =
      reached === null || (direction === 'up' ? reached.to >= to : reached.from <= from);
    const last = isLast || want.frames === 1;
    const frame = encodeMessage({ type: 'run', tag, request, last, run });
    const sent: Output = { kind: 'send', peer, frame };
    return [sent, ...this.take({ kind: 'served', peer, want, reached }, nowMs)];
  }

  told(): PeerEvent[] {
    return this.outputs.flatMap((output) => (output.kind === 'tell' ? [output.event] : []));
  }
}

function seedOf(text: string): Uint8Array {
  return suite.sha256(new TextEncoder().encode(text));
}

/** Links two peers; `from` dials. */
export function link(
  from: TestPeer,
  to: TestPeer,
  nowMs: number,
  address: string = 'somewhere',
): void {
  const event = { kind: 'connected', address, path: 'direct' } as const;
  const there = { ...event, peer: to.id, direction: 'outbound' } as const;
  const back = { ...event, peer: from.id, direction: 'inbound' } as const;
  const sent = from.take({ kind: 'network', event: there }, nowMs);
  const answered = to.take({ kind: 'network', event: back }, nowMs);
  carry(
    [from, to],
    [
      [from, sent],
      [to, answered],
    ],
    nowMs,
  );
}

/** Whether frames from one to another arrive. */
export type Passes = (from: TestPeer, to: TestPeer) => boolean;

/** Carries frames to and fro until nobody has more to say. */
export function carry(
  peers: readonly TestPeer[],
  first: readonly (readonly [TestPeer, readonly Output[]])[],
  nowMs: number,
  passes: Passes = () => true,
): void {
  const waiting = [...first];
  for (let rounds = 0; waiting.length > 0; rounds += 1) {
    if (rounds > 10_000) throw new Error('they talk for ever');
    const [from, outputs] = waiting.shift()!;
    for (const output of outputs) {
      if (output.kind !== 'send') continue;
      const to = peers.find(({ id }) => id === output.peer);
      if (to === undefined || !passes(from, to)) continue;
      const event = { kind: 'frame', peer: from.id, bytes: output.frame } as const;
      waiting.push([to, to.take({ kind: 'network', event }, nowMs)]);
    }
  }
}

/** Time passes for some peers. */
export function tick(peers: readonly TestPeer[], nowMs: number, passes?: Passes): void {
  carry(
    peers,
    peers.map((peer) => [peer, peer.take({ kind: 'tick' }, nowMs)]),
    nowMs,
    passes,
  );
}

/** The link between two of these peers ends, and both hear of it. */
export function unlink(
  peers: readonly TestPeer[],
  one: TestPeer,
  other: TestPeer,
  nowMs: number,
): void {
  const event = { kind: 'disconnected', reason: 'cut' } as const;
  const outputs = [
    [one, one.take({ kind: 'network', event: { ...event, peer: other.id } }, nowMs)],
    [other, other.take({ kind: 'network', event: { ...event, peer: one.id } }, nowMs)],
  ] as const;
  carry(peers, outputs, nowMs);
}
