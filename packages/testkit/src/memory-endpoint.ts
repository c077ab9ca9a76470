// One end in the memory network: its links, and the handler that hears of them.

import { fromHex } from '@parley/core';
import type { DialFailure, DialTarget, NetworkEvent, NetworkPath, PeerId } from '@parley/core';
import { inCommon } from './world/meeting.ts';

/** Runs a task later, never at once. Tasks may run in any order: frames keep theirs. */
export type Schedule = (task: () => void) => void;

export interface MemoryLimits {
  readonly frameBytesMax: number;
  readonly sendQueueBytesHigh: number;
  readonly sendQueueBytesMax: number;
}

/** What an endpoint needs to know of the world around it. */
export interface Surroundings {
  readonly schedule: Schedule;
  readonly limits: MemoryLimits;
  at(address: string): Endpoint | null;
  isCut(a: PeerId, b: PeerId): boolean;
}

interface MemoryCounters {
  dials: number;
  dialsFailed: number;
  inbound: number;
}

export class Endpoint {
  readonly peer: PeerId;
  readonly addresses: readonly string[];
  readonly surroundings: Surroundings;
  readonly links: Map<PeerId, HalfLink> = new Map();
  readonly counters: MemoryCounters = { dials: 0, dialsFailed: 0, inbound: 0 };
  /** What it is to be found under, in hex. */
  keys: ReadonlySet<string> = new Set();
  handler: ((event: NetworkEvent) => void) | null = null;
  stalled = false;

  constructor(surroundings: Surroundings, peer: PeerId, addresses: readonly string[]) {
    this.surroundings = surroundings;
    this.peer = peer;
    this.addresses = addresses;
  }

  emit(event: NetworkEvent): void {
    this.handler?.(event);
  }

  /** The endpoint a dial leads to, linked with this one; or why it leads nowhere. */
  reach(target: DialTarget): Endpoint | DialFailure {
    if (this.handler === null) return 'stopped';
    const addresses = target.record === null ? target.addresses : recordAddresses(target);
    let failure: DialFailure = 'bad-address';
    for (const address of addresses) {
      const outcome = this.#reachAddress(address, target.peer);
      if (typeof outcome !== 'string') return outcome;
      if (outcome !== 'bad-address') failure = outcome;
    }
    return failure;
  }

  #reachAddress(address: string, peer: PeerId | null): Endpoint | DialFailure {
    if (!isAddress(address)) return 'bad-address';
    const other = this.surroundings.at(address);
    if (other === null) return 'refused';
    if (other === this) return peer === null || peer === this.peer ? 'self' : 'wrong-peer';
    if (peer !== null && peer !== other.peer) return 'wrong-peer';
    if (this.surroundings.isCut(this.peer, other.peer)) return 'unreachable';
    if (!this.links.has(other.peer)) connect(this, other, address);
    return other;
  }

  /** Tells of everyone who has a key in common with this one, and a link to someone it is linked to. */
  lookAround(): void {
    for (const { other } of this.links.values()) {
      for (const { other: end } of other.owner.links.values()) {
        const { peer, addresses, keys } = end.owner;
        if (peer === this.peer || this.links.has(peer)) continue;
        const target = { peer, addresses, record: null };
        for (const key of inCommon(this.keys, keys))
          this.emit({ kind: 'discovered', target, key: fromHex(key) });
      }
    }
  }
}

/** A link as one of its two ends sees it; its queue holds what this end has sent. */
export class HalfLink {
  readonly owner: Endpoint;
  readonly peer: PeerId;
  #other: HalfLink | null = null;
  #queue: Uint8Array[] = [];
  #bytes = 0;
  #full = false;
  #closing = false;

  constructor(owner: Endpoint, peer: PeerId) {
    this.owner = owner;
    this.peer = peer;
  }

  get other(): HalfLink {
    if (this.#other === null) throw new Error('a half without its other half');
    return this.#other;
  }

  join(other: HalfLink): void {
    this.#other = other;
  }

  get bytes(): number {
    return this.#bytes;
  }

  send(frame: Uint8Array): boolean {
    const { schedule, limits } = this.owner.surroundings;
    if (this.#closing) return false;
    if (this.#bytes + frame.byteLength > limits.sendQueueBytesMax) {
      this.#closing = true;
      schedule(() => this.end('too slow', 'closed by the peer'));
      return false;
    }
    this.#queue.push(frame.slice());
    this.#bytes += frame.byteLength;
    if (this.#queue.length === 1) schedule(() => this.pump());
    if (this.#bytes > limits.sendQueueBytesHigh) this.#full = true;
    return !this.#full;
  }

  /** Hands over what is queued, unless the other end does not read. */
  pump(): void {
    const reader = this.other.owner;
    let next = 0;
    while (next < this.#queue.length && !reader.stalled) {
      const bytes = this.#queue[next] as Uint8Array;
      next += 1;
      this.#bytes -= bytes.byteLength;
      reader.emit({ kind: 'frame', peer: this.owner.peer, bytes });
    }
    this.#queue.splice(0, next);
    if (this.#full && this.#bytes * 2 <= this.owner.surroundings.limits.sendQueueBytesHigh) {
      this.#full = false;
      if (!this.#closing) this.owner.emit({ kind: 'drained', peer: this.peer });
    }
  }

  /** Ends the link once what was sent before has been handed over. */
  close(reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.owner.surroundings.schedule(() => {
      this.pump();
      this.end(reason, 'closed by the peer');
    });
  }

  /** Ends the link at once, on both sides. */
  end(reason: string, otherReason: string): void {
    for (const [half, why] of [
      [this, reason],
      [this.other, otherReason],
    ] as const) {
      half.#closing = true;
      half.#queue = [];
      half.#bytes = 0;
      if (half.owner.links.get(half.peer) !== half) continue;
      half.owner.links.delete(half.peer);
      half.owner.emit({ kind: 'disconnected', peer: half.peer, reason: why });
    }
  }
}

export function connect(
  dialler: Endpoint,
  listener: Endpoint,
  address: string,
  path: NetworkPath = 'lan',
): void {
  const near = new HalfLink(dialler, listener.peer);
  const far = new HalfLink(listener, dialler.peer);
  near.join(far);
  far.join(near);
  dialler.links.set(listener.peer, near);
  listener.links.set(dialler.peer, far);
  listener.counters.inbound += 1;
  for (const end of [dialler, listener]) end.surroundings.schedule(() => end.lookAround());
  const back = dialler.addresses[0] ?? '10.255.255.255:1';
  tell(listener, dialler, { direction: 'inbound', address: back, path });
  tell(dialler, listener, { direction: 'outbound', address, path });
}

interface Way {
  readonly direction: 'inbound' | 'outbound';
  readonly address: string;
  readonly path: NetworkPath;
}

function tell(to: Endpoint, about: Endpoint, way: Way): void {
  const { peer, addresses } = about;
  to.emit({ kind: 'connected', peer, ...way });
  to.emit({ kind: 'record', peer, record: memoryRecord(peer, addresses), addresses });
}

function memoryRecord(peer: PeerId, addresses: readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ peer, addresses }));
}

function recordAddresses({ record, peer, addresses }: DialTarget): string[] {
  try {
    const content: unknown = JSON.parse(new TextDecoder().decode(record ?? undefined));
    const { peer: owner, addresses: own } = content as { peer: PeerId; addresses: string[] };
    return owner === peer ? [...own, ...addresses] : [...addresses];
  } catch {
    return [...addresses];
  }
}

export function isAddress(text: string): boolean {
  const port = /^(?:\[[\da-f:]+\]|[\w.-]+):(\d{1,5})$/u.exec(text)?.[1];
  return port !== undefined && Number(port) < 65_536;
}
