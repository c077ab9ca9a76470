// Being found under keys and finding others by them: in rounds, when there is something new and from time to time.

import type { PeerId as Libp2pPeerId } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { NetworkLimits } from './limits.ts';

/** Where it can be asked who is to be found under a key. */
export interface Directory {
  /** How many peers could be asked. */
  readonly peers: number;
  provide(key: Uint8Array): Promise<void>;
  find(key: Uint8Array): AsyncIterable<Found>;
}

export interface Found {
  readonly id: Libp2pPeerId;
  readonly multiaddrs: readonly Multiaddr[];
}

export interface MeetingEvents {
  readonly found: (found: Found, key: Uint8Array) => void;
  readonly log: (text: string) => void;
  /** Between 0 and 1. */
  readonly chance: () => number;
  /** We have addresses of our own, so that it makes sense to be found. */
  readonly canBeFound: () => boolean;
}

/** Two kinds of rounds: soon for those who lack someone, and in their time for those who only want to be found. */
export class Meeting {
  readonly #limits: NetworkLimits;
  readonly #sought: Rounds;
  readonly #settled: Rounds;

  constructor(directory: Directory, limits: NetworkLimits, events: MeetingEvents) {
    const { meetSoonMs, meetGapMsMin, meetGapMsMax } = limits;
    const { meetLaterMs, meetLaterGapMsMin, meetIntervalMs } = limits;
    const soon = { soonMs: meetSoonMs, gapMsMin: meetGapMsMin, gapMsMax: meetGapMsMax };
    // Spread, so that a crowd that was just met does not ask all at once.
    const laterMs = meetLaterMs * (1 + 2 * events.chance());
    const later = { soonMs: laterMs, gapMsMin: meetLaterGapMsMin, gapMsMax: meetIntervalMs };
    this.#limits = limits;
    this.#sought = new Rounds(directory, { ...limits, ...soon }, events);
    this.#settled = new Rounds(directory, { ...limits, ...later }, events);
  }

  get keys(): number {
    return this.#sought.keys + this.#settled.keys;
  }

  meet(keys: readonly Uint8Array[], sought: readonly Uint8Array[]): void {
    const wanted = new Set(sought.map(String));
    const some = keys.slice(0, this.#limits.meetKeysMax);
    this.#sought.take(some.filter((key) => wanted.has(String(key))));
    this.#settled.take(some.filter((key) => !wanted.has(String(key))));
  }

  /** There are more peers to ask, or we are found elsewhere: a round soon, but not one for each. */
  look(): void {
    this.#sought.look();
    this.#settled.look();
  }

  stop(): void {
    this.#sought.stop();
    this.#settled.stop();
  }
}

interface Pace extends NetworkLimits {
  /** From something new to the round for it. */
  readonly soonMs: number;
  /** Rounds for what is new are apart by this, and twice as much each time. */
  readonly gapMsMin: number;
  readonly gapMsMax: number;
}

class Rounds {
  readonly #directory: Directory;
  readonly #pace: Pace;
  readonly #events: MeetingEvents;
  #keys: readonly Uint8Array[] = [];
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Infinity;
  #lastMs = -Infinity;
  #gapMs: number;
  #isRunning = false;
  #isAsked = false;
  #isStopped = false;

  constructor(directory: Directory, pace: Pace, events: MeetingEvents) {
    this.#directory = directory;
    this.#pace = pace;
    this.#events = events;
    this.#gapMs = pace.gapMsMin;
  }

  get keys(): number {
    return this.#keys.length;
  }

  take(keys: readonly Uint8Array[]): void {
    const before = new Set(this.#keys.map(String));
    const isNew = keys.some((key) => !before.has(String(key)));
    this.#keys = keys;
    if (keys.length === 0) this.#unschedule();
    if (!isNew) return;
    this.#gapMs = this.#pace.gapMsMin;
    this.#lastMs = -Infinity;
    this.look();
  }

  look(): void {
    this.#isAsked = true;
    const { soonMs } = this.#pace;
    this.#schedule(Math.max(performance.now() + soonMs, this.#lastMs + this.#gapMs));
  }

  stop(): void {
    this.#isStopped = true;
    this.#unschedule();
  }

  #unschedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(atMs: number): void {
    if (this.#isStopped || this.#isRunning || this.#keys.length === 0) return;
    if (this.#timer !== null && this.#dueMs <= atMs) return;
    this.#unschedule();
    this.#dueMs = atMs;
    this.#timer = setTimeout(() => void this.#run(), Math.max(0, atMs - performance.now()));
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    this.#timer = null;
    const { gapMsMax, meetIntervalMs } = this.#pace;
    // Without anyone to ask the next round comes with the first who can be.
    if (this.#directory.peers === 0) return;
    this.#isAsked = false;
    this.#isRunning = true;
    await this.#round();
    this.#events.log(`looked for ${this.#keys.length} keys`);
    this.#isRunning = false;
    this.#lastMs = performance.now();
    if (this.#isAsked) this.look();
    this.#gapMs = Math.min(2 * this.#gapMs, gapMsMax);
    this.#schedule(this.#lastMs + meetIntervalMs * (0.75 + this.#events.chance() / 2));
  }

  async #round(): Promise<void> {
    const keys = this.#keys.values();
    const work = async (): Promise<void> => {
      for (const key of keys) {
        if (this.#isStopped) return;
        // eslint-disable-next-line no-await-in-loop -- one key after the other, so that it stays quiet
        await this.#seek(key);
      }
    };
    await Promise.all(Array.from({ length: this.#pace.meetKeysAtOnceMax }, work));
  }

  /** Is found before it looks: of two who look at once at least the later one finds the other. */
  async #seek(key: Uint8Array): Promise<void> {
    try {
      if (this.#events.canBeFound()) await this.#directory.provide(key);
      for await (const found of this.#directory.find(key)) {
        if (this.#isStopped) return;
        if (found.multiaddrs.length > 0) this.#events.found(found, key);
      }
    } catch (cause) {
      if (!this.#isStopped) this.#events.log(`a key was not looked for: ${String(cause)}`);
    }
  }
}
