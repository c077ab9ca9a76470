// A room of many peers in virtual time, to count what it costs to tell them all: no faults, no disks, one line at a time.

import { Loop } from '@parley/client';
import type { Audience } from '@parley/client';
import type { Arrived, EntryId, PeerId, PeerState, Suite } from '@parley/core';
import { LIMITS, MESSAGE_TYPES, firstOutputs, lobbyId, openPeer, toHex } from '@parley/core';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { ProcessClock } from './clock.ts';
import { createLeanStore } from './lean-store.ts';
import type { Mutant } from './run.ts';
import { SimNetwork } from './sim-network.ts';
import type { Traffic } from './wire.ts';

export interface MeshPlan {
  readonly seed: number;
  readonly peers: number;
  readonly authors: number;
  readonly linesEach: number;
  /** Of every link, one way; each link is slower than that by up to `unevenMs`, drawn once. */
  readonly delayMs: number;
  readonly unevenMs: number;
  /** How many of those that came first the others are told of, each of one; any that is there if not said. */
  readonly bootstraps?: number;
  /** That one peer can have; LIMITS.neighboursMax if not said. */
  readonly neighboursMax?: number;
}

export interface MeshOptions {
  readonly suite: Suite;
  readonly mutant?: Pick<Mutant, 'state'>;
}

/** What was counted from the first line to the last, the first ones of each author included. */
export interface MeshReport {
  readonly links: Spread;
  /** Whether there is a way from each to each. */
  readonly isConnected: boolean;
  /** Links that ended, by peers; and how many of those after all had come and time to settle. */
  readonly ended: number;
  readonly endedLater: number;
  readonly lines: number;
  readonly deliveries: number;
  /** In how many peers, over all lines, a line did not arrive. */
  readonly missing: number;
  /** From its author to each other peer, in milliseconds of virtual time. */
  readonly latencyMs: Spread;
  /** Entries that came to a peer, those it had already included, by entries that were new to it. */
  readonly copies: number;
  /** The same for the second half of each author's lines. */
  readonly copiesLater: number;
  /** Of a type of frame, for each delivery. */
  readonly frames: Readonly<Record<'run' | 'heads' | 'branch' | 'want', number>>;
  readonly bytes: Readonly<Record<'run' | 'heads' | 'branch' | 'want', number>>;
}

export interface Spread {
  readonly least: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

const COUNTED = ['run', 'heads', 'branch', 'want'] as const;
/** One after the other, as people come; who comes later has found its links by then. */
const JOIN_MS_MAX = 40;
const JOIN_ALL_MS_MAX = 40_000;
const SETTLE_MS = 60_000;
const LINE_MS = 200;
/** What is announced and asked for after the last line. */
const REST_MS = 10_000;

interface MeshPeer {
  readonly state: PeerState;
  readonly loop: Loop;
}

/** The whole of it; throws where a peer fails. */
export async function runMesh(plan: MeshPlan, options: MeshOptions): Promise<MeshReport> {
  const mesh = new Mesh(plan, options);
  await mesh.gather();
  return mesh.talk();
}

class Mesh {
  readonly #plan: MeshPlan;
  readonly #options: MeshOptions;
  readonly #agenda = new Agenda();
  readonly #chance: Chance;
  readonly #network: SimNetwork;
  readonly #peers: MeshPeer[] = [];
  /** When each entry arrived at its author. */
  readonly #saidMs = new Map<EntryId, number>();
  readonly #latenciesMs: number[] = [];
  /** Each of its two ends counts half. */
  #ended = 0;

  constructor(plan: MeshPlan, options: MeshOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#chance = new Chance(plan.seed, 1);
    const { delayMs, unevenMs } = plan;
    const weather = {
      delayMsMin: delayMs,
      delayMsMax: delayMs,
      linkLoss: 0,
      pushRepeat: 0,
      unevenMsMax: unevenMs,
      frameFaults: 0,
      queueHighBytes: LIMITS.sendQueueBytesHigh,
    };
    this.#network = new SimNetwork(this.#agenda, new Chance(plan.seed, 2), weather);
  }

  /** Each is told the address of one who is there already, and finds its links from there. */
  async gather(): Promise<void> {
    const { peers } = this.#plan;
    const joinMs = Math.max(1, Math.min(JOIN_MS_MAX, Math.floor(JOIN_ALL_MS_MAX / peers)));
    for (let index = 0; index < peers; index += 1) {
      this.#join(index);
      await this.#pass(joinMs);
    }
    await this.#pass(SETTLE_MS);
  }

  async talk(): Promise<MeshReport> {
    const { authors, linesEach } = this.#plan;
    const { traffic } = this.#network;
    const before = snapshot(traffic);
    const delivered = (): number => this.#latenciesMs.length;
    const endedBefore = this.#ended;
    let [halfway, deliveredThen] = [before, 0];
    for (let line = 0; line < linesEach; line += 1) {
      if (line === Math.ceil(linesEach / 2))
        [halfway, deliveredThen] = [snapshot(traffic), delivered()];
      for (let author = 0; author < authors; author += 1) {
        this.#say(author);
        await this.#pass(LINE_MS);
      }
    }
    await this.#pass(REST_MS);
    const counted = since(snapshot(traffic), before);
    const later = since(snapshot(traffic), halfway);
    const deliveries = delivered();
    const lines = authors * linesEach;
    const each = (counts: Counts['frames']): Counts['frames'] => {
      const shares = COUNTED.map((type) => [type, counts[type] / deliveries] as const);
      return Object.fromEntries(shares) as unknown as Counts['frames'];
    };
    return {
      links: spreadOf(this.#peers.map(({ state }) => state.neighbours.size)),
      isConnected: this.#isConnected(),
      ended: this.#ended / this.#peers.length,
      endedLater: (this.#ended - endedBefore) / this.#peers.length,
      lines,
      deliveries,
      missing: lines * (this.#peers.length - 1) - deliveries,
      latencyMs: spreadOf(this.#latenciesMs),
      copies: counted.frames.run / deliveries,
      copiesLater: later.frames.run / (deliveries - deliveredThen),
      frames: each(counted.frames),
      bytes: each(counted.bytes),
    };
  }

  async #pass(ms: number): Promise<void> {
    await this.#agenda.runUntil(this.#agenda.nowMs + ms, Number.MAX_SAFE_INTEGER);
  }

  #join(index: number): void {
    const { suite, mutant } = this.#options;
    const chance = this.#chance;
    const clock = new ProcessClock(this.#agenda, { skewMs: 0 }, this.#agenda.nowMs - 0.25);
    const store = createLeanStore();
    const peer = `${toHex(chance.bytes32()).slice(0, 6)}-${index}` as PeerId;
    // Links are found by introductions alone: what else finds people would link everyone to everyone here.
    const endpoint = { ...this.#network.open(peer, addressOf(index)), meet: () => undefined };
    const state = openPeer({
      suite,
      identitySeed: chance.bytes32(),
      deviceSeed: chance.bytes32(),
      name: `member-${index}`,
      peer,
      chance: chance.bytes32(),
      memory: store,
      era: 0,
      canFork: false,
      limits: { neighboursMax: this.#plan.neighboursMax ?? LIMITS.neighboursMax },
      now: clock.now(),
    });
    mutant?.state?.(state);
    const audience: Audience = {
      arrived: (entries) => this.#arrived(entries),
      unparked: () => undefined,
      told: (event) => {
        if (event.kind === 'neighbour' && event.event === 'disconnected') this.#ended += 0.5;
      },
      failed: (error) => {
        throw error instanceof Error ? error : new Error(String(error));
      },
    };
    const loop = new Loop(state, { store, network: endpoint, scheduler: clock, audience, work });
    void endpoint.start((event) => loop.push({ kind: 'network', event }));
    loop.start(firstOutputs(state));
    this.#peers.push({ state, loop });
    if (index === 0) return;
    const first = Math.min(index, this.#plan.bootstraps ?? index) - 1;
    const addresses = [addressOf(chance.between(0, first))];
    loop.push({ kind: 'connect', target: { addresses, peer: null, record: null } });
  }

  #isConnected(): boolean {
    const states = new Map(this.#peers.map(({ state }) => [state.self.peer, state]));
    const reached = new Set<PeerId>();
    const next = [...states.keys()].slice(0, 1);
    for (let peer = next.pop(); peer !== undefined; peer = next.pop()) {
      if (reached.has(peer)) continue;
      reached.add(peer);
      next.push(...(states.get(peer)?.neighbours.keys() ?? []));
    }
    return reached.size === states.size;
  }

  #say(author: number): void {
    const { suite } = this.#options;
    const at = Math.floor((author * this.#peers.length) / this.#plan.authors);
    const lines = [{ type: 'say', text: `a line of ordinary length, said by ${author}` }] as const;
    const input = { kind: 'say', conversation: lobbyId(suite), lines } as const;
    (this.#peers[at] as MeshPeer).loop.push(input);
  }

  /** The first peer at which an entry arrives is its author. */
  #arrived(entries: readonly Arrived[]): void {
    const { nowMs } = this.#agenda;
    for (const { entry } of entries) {
      const saidMs = this.#saidMs.get(entry.id);
      if (saidMs === undefined) this.#saidMs.set(entry.id, nowMs);
      else this.#latenciesMs.push(nowMs - saidMs);
    }
  }
}

function work(): Promise<never> {
  return Promise.reject(new Error('nobody has keys here'));
}

interface Counts {
  readonly frames: Readonly<Record<(typeof COUNTED)[number], number>>;
  readonly bytes: Readonly<Record<(typeof COUNTED)[number], number>>;
}

function snapshot({ framesOf, bytesOf }: Traffic): Counts {
  const read = (counts: readonly number[]): Counts['frames'] => {
    const pairs = COUNTED.map((type) => [type, counts[MESSAGE_TYPES.indexOf(type)] ?? 0] as const);
    return Object.fromEntries(pairs) as unknown as Counts['frames'];
  };
  return { frames: read(framesOf), bytes: read(bytesOf) };
}

function since(now: Counts, then: Counts): Counts {
  const less = (later: Counts['frames'], earlier: Counts['frames']): Counts['frames'] => {
    const pairs = COUNTED.map((type) => [type, later[type] - earlier[type]] as const);
    return Object.fromEntries(pairs) as unknown as Counts['frames'];
  };
  return { frames: less(now.frames, then.frames), bytes: less(now.bytes, then.bytes) };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).toSorted();
  const at = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  let sum = 0;
  for (const value of sorted) sum += value;
  return { least: at(0), mean: sum / sorted.length, p50: at(0.5), p99: at(0.99), most: at(1) };
}

function addressOf(index: number): string {
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:4747`;
}
