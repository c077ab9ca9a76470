// One direction of a simulated link: a queue of frames that arrive in order, unless the weather says otherwise.

import type { PeerId } from '@parley/core';
import { LIMITS } from '@parley/core';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Ways, Weather } from './weather.ts';

/** What all wires of a world share. */
export interface Air {
  readonly agenda: Agenda;
  readonly chance: Chance;
  weather: Weather;
  readonly ways: Ways;
  readonly traffic: Traffic;
}

/** Counts over a whole world. */
export interface Traffic {
  frames: number;
  frameBytes: number;
  gossip: number;
  dials: number;
  /** The most bytes that one queue held. */
  queueBytesMost: number;
  blocked: number;
}

export interface WireEnds {
  readonly from: PeerId;
  readonly to: PeerId;
  /** The receiver's side of the link is up. */
  readonly isOpen: () => boolean;
  readonly deliver: (bytes: Uint8Array) => void;
  readonly drained: () => void;
  readonly overflowed: () => void;
}

interface Frame {
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

export class Wire {
  readonly #air: Air;
  readonly #ends: WireEnds;
  #queue: Frame[] = [];
  #bytes = 0;
  #lastMs = 0;
  #pumpMs = Infinity;
  #toldFull = false;
  #cut = false;

  constructor(air: Air, ends: WireEnds) {
    this.#air = air;
    this.#ends = ends;
  }

  /** False: above the high mark. */
  send(bytes: Uint8Array): boolean {
    const { weather, chance, traffic } = this.#air;
    traffic.frames += 1;
    traffic.frameBytes += bytes.length;
    if (this.#cut) return true;
    if (weather.frameFaults > 0 && chance.often(weather.frameFaults)) return this.#mistreat(bytes);
    this.#enqueue(bytes);
    return this.#hasRoom();
  }

  cut(): void {
    this.#cut = true;
    this.#queue = [];
  }

  /** Delivers what has arrived, as far as the receiver reads. */
  pump(): void {
    const { agenda, ways } = this.#air;
    while (!this.#cut && this.#ends.isOpen() && ways.flows(this.#ends.from, this.#ends.to)) {
      const next = this.#queue[0];
      if (next === undefined) return;
      if (next.atMs > agenda.nowMs) return this.#pumpAt(next.atMs);
      this.#queue.shift();
      this.#bytes -= next.bytes.length;
      this.#ends.deliver(next.bytes);
      this.#tellRoom();
    }
  }

  #hasRoom(): boolean {
    const { weather, traffic } = this.#air;
    if (this.#bytes > LIMITS.sendQueueBytesMax) this.#ends.overflowed();
    if (this.#bytes <= weather.queueHighBytes) return true;
    this.#toldFull = true;
    traffic.blocked += 1;
    return false;
  }

  #tellRoom(): void {
    if (!this.#toldFull || this.#bytes > this.#air.weather.queueHighBytes / 2) return;
    this.#toldFull = false;
    this.#ends.drained();
  }

  #enqueue(bytes: Uint8Array): void {
    const { agenda, chance, weather, traffic } = this.#air;
    const delayMs = chance.between(weather.delayMsMin, weather.delayMsMax);
    this.#lastMs = Math.max(this.#lastMs, agenda.nowMs + delayMs);
    this.#queue.push({ bytes, atMs: this.#lastMs });
    this.#bytes += bytes.length;
    traffic.queueBytesMost = Math.max(traffic.queueBytesMost, this.#bytes);
    this.#pumpAt(this.#lastMs);
  }

  #pumpAt(atMs: number): void {
    if (this.#pumpMs <= atMs) return;
    this.#pumpMs = atMs;
    this.#air.agenda.at(atMs, () => {
      if (this.#pumpMs === atMs) this.#pumpMs = Infinity;
      this.pump();
    });
  }

  /** Loses a frame, delivers it twice, or lets others overtake it. */
  #mistreat(bytes: Uint8Array): boolean {
    const { agenda, chance } = this.#air;
    const fate = chance.between(0, 2);
    if (fate === 0) return true;
    if (fate === 1) this.#enqueue(bytes);
    agenda.after(chance.between(0, 2_000), () => {
      if (!this.#cut && this.#ends.isOpen()) this.#ends.deliver(bytes);
    });
    return true;
  }
}
