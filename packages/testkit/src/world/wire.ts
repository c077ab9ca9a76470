// One direction of a simulated link: a queue of frames that arrive in order, unless the weather says otherwise.

import type { PeerId } from '@parley/core';
import { LIMITS, MESSAGE_TYPES } from '@parley/core';
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
  /** By the type of the frame, which is the index. */
  readonly framesOf: number[];
  readonly bytesOf: number[];
  /** Links that ended with what was on its way, and new entries that were sent twice. */
  broken: number;
  repeated: number;
  dials: number;
  /** The most bytes that one queue held. */
  queueBytesMost: number;
  blocked: number;
}

export function newTraffic(): Traffic {
  const framesOf = MESSAGE_TYPES.map(() => 0);
  const bytesOf = MESSAGE_TYPES.map(() => 0);
  const faults = { broken: 0, repeated: 0, blocked: 0 };
  return { frames: 0, frameBytes: 0, framesOf, bytesOf, ...faults, dials: 0, queueBytesMost: 0 };
}

export interface WireEnds {
  readonly from: PeerId;
  readonly to: PeerId;
  /** The receiver's side of the link is up. */
  readonly isOpen: () => boolean;
  readonly deliver: (bytes: Uint8Array) => void;
  readonly drained: () => void;
  /** The link ends. */
  readonly broke: () => void;
}

const RUN = MESSAGE_TYPES.indexOf('run');
/** After the list's head, the type, and a tag of 16 bytes with its head. */
const REQUEST_AT = 19;

function count(traffic: Traffic, bytes: Uint8Array): void {
  const type = bytes[1] ?? 0;
  traffic.frames += 1;
  traffic.frameBytes += bytes.length;
  traffic.framesOf[type] = (traffic.framesOf[type] ?? 0) + 1;
  traffic.bytesOf[type] = (traffic.bytesOf[type] ?? 0) + bytes.length;
}

/** A run that nobody asked for. */
function isPush(bytes: Uint8Array): boolean {
  return bytes[1] === RUN && bytes[REQUEST_AT] === 0;
}

interface Frame {
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

export class Wire {
  readonly #air: Air;
  readonly #ends: WireEnds;
  /** By how much it is slower than others. */
  readonly #slowerMs: number;
  #queue: Frame[] = [];
  #bytes = 0;
  #lastMs = 0;
  /** When all that was sent before is on its way. */
  #freeMs = 0;
  #pumpMs = Infinity;
  #toldFull = false;
  #cut = false;

  constructor(air: Air, ends: WireEnds) {
    this.#air = air;
    this.#ends = ends;
    this.#slowerMs = air.chance.between(0, air.weather.unevenMsMax);
  }

  /** False: above the high mark. */
  send(bytes: Uint8Array): boolean {
    const { weather, chance, traffic } = this.#air;
    count(traffic, bytes);
    if (this.#cut) return true;
    if (weather.linkLoss > 0 && chance.often(weather.linkLoss)) {
      traffic.broken += 1;
      this.#ends.broke();
      return true;
    }
    if (weather.frameFaults > 0 && chance.often(weather.frameFaults)) return this.#mistreat(bytes);
    this.#enqueue(bytes);
    if (weather.pushRepeat > 0 && isPush(bytes) && chance.often(weather.pushRepeat)) {
      traffic.repeated += 1;
      this.#enqueue(bytes);
    }
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
    if (this.#bytes > LIMITS.sendQueueBytesMax) this.#ends.broke();
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
    const delayMs = this.#slowerMs + chance.between(weather.delayMsMin, weather.delayMsMax);
    const { bytesPerSecond = Infinity } = weather;
    this.#freeMs =
      Math.max(this.#freeMs, agenda.nowMs) + Math.ceil((bytes.length * 1_000) / bytesPerSecond);
    this.#lastMs = Math.max(this.#lastMs, this.#freeMs + delayMs);
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
