// The Network port inside one process: everything arrives through a scheduler, nothing is lost, no key is checked.

import { LIMITS, NetworkError, emptyNetworkReport, toHex } from '@parley/core';
import type { DialTarget, Network, NetworkEvent, NetworkReport, PeerId } from '@parley/core';
import { Endpoint, connect, isAddress } from './memory-endpoint.ts';
import type { MemoryLimits, Schedule, Surroundings } from './memory-endpoint.ts';

/** Where networks of one process find each other. */
export class MemoryHub {
  readonly #surroundings: Surroundings;
  readonly #listening = new Map<string, Endpoint>();
  readonly #cuts = new Set<string>();
  #created = 0;

  /** `schedule` runs a task later; by default as a microtask. */
  constructor(schedule: Schedule = queueMicrotask, limits: Partial<MemoryLimits> = {}) {
    const { frameBytesMax, sendQueueBytesHigh, sendQueueBytesMax } = LIMITS;
    this.#surroundings = {
      schedule,
      limits: { frameBytesMax, sendQueueBytesHigh, sendQueueBytesMax, ...limits },
      at: (address) => this.#listening.get(address) ?? null,
      isCut: (a, b) => this.#cuts.has(pair(a, b)),
    };
  }

  /** A network that has not started yet; without `listen` it gets an address of its own. */
  create(listen?: readonly string[]): MemoryNetwork {
    this.#created += 1;
    const number = this.#created;
    const peer = `12D3KooMemory${String(number).padStart(6, '0')}` as PeerId;
    const addresses = listen ?? [`10.0.${number >> 8}.${number & 255}:4747`];
    const endpoint = new Endpoint(this.#surroundings, peer, addresses);
    return new MemoryNetwork(endpoint, {
      open: () => this.#open(endpoint),
      close: () => {
        for (const address of addresses) {
          if (this.#listening.get(address) === endpoint) this.#listening.delete(address);
        }
      },
    });
  }

  /** Their link breaks, and no dial between the two succeeds until they are healed. */
  cut(a: Network, b: Network): void {
    this.#cuts.add(pair(a.peer, b.peer));
    for (const endpoint of this.#listening.values()) {
      const link = endpoint.links.get(endpoint.peer === a.peer ? b.peer : a.peer);
      if (endpoint.peer !== a.peer && endpoint.peer !== b.peer) continue;
      this.#surroundings.schedule(() => link?.end('connection lost', 'connection lost'));
    }
  }

  heal(a: Network, b: Network): void {
    this.#cuts.delete(pair(a.peer, b.peer));
  }

  #open(endpoint: Endpoint): void {
    for (const address of endpoint.addresses) {
      if (!isAddress(address)) throw new NetworkError('bad-address', `'${address}' is no address`);
      if (this.#listening.has(address)) {
        throw new NetworkError('address-in-use', `cannot listen on ${address}: it is in use`);
      }
    }
    for (const address of endpoint.addresses) this.#listening.set(address, endpoint);
  }
}

function pair(a: PeerId, b: PeerId): string {
  return [a, b].toSorted().join(' ');
}

const TURNS_OVER_RELAY = 32;

function reroute(end: Endpoint, peer: PeerId, turns: number): void {
  end.surroundings.schedule(() => {
    if (turns > 0) reroute(end, peer, turns - 1);
    else if (end.links.has(peer))
      end.emit({ kind: 'path', peer, address: '10.0.0.1:1', path: 'lan' });
  });
}

/** Made by MemoryHub.create. A peer that was hung up on may come back at once. */
export class MemoryNetwork implements Network {
  readonly peer: PeerId;
  readonly #endpoint: Endpoint;
  readonly #listener: { open(): void; close(): void };
  #started = false;
  #stopped = false;

  constructor(endpoint: Endpoint, listener: { open(): void; close(): void }) {
    this.peer = endpoint.peer;
    this.#endpoint = endpoint;
    this.#listener = listener;
  }

  async start(handler: (event: NetworkEvent) => void): Promise<void> {
    if (this.#started || this.#stopped) throw new Error('a network starts once');
    this.#listener.open();
    this.#started = true;
    this.#endpoint.handler = handler;
    this.#endpoint.emit({ kind: 'listening', addresses: this.#endpoint.addresses });
  }

  dial(target: DialTarget): void {
    const endpoint = this.#endpoint;
    endpoint.counters.dials += 1;
    endpoint.surroundings.schedule(() => {
      const outcome = endpoint.reach(target);
      if (typeof outcome === 'string') {
        endpoint.counters.dialsFailed += 1;
        const text = `the dial failed: ${outcome}`;
        endpoint.emit({ kind: 'dialFailed', target, failure: outcome, text });
      } else {
        endpoint.emit({ kind: 'dialled', target, peer: outcome.peer });
      }
    });
  }

  hangUp(peer: PeerId): void {
    this.#endpoint.links.get(peer)?.close('hung up');
  }

  send(peer: PeerId, frame: Uint8Array): boolean {
    if (frame.byteLength > this.#endpoint.surroundings.limits.frameBytesMax) {
      throw new RangeError(`a frame of ${frame.byteLength} bytes is over the limit`);
    }
    return this.#endpoint.links.get(peer)?.send(frame) ?? false;
  }

  meet(keys: readonly Uint8Array[]): void {
    const endpoint = this.#endpoint;
    endpoint.keys = new Set(keys.map(toHex));
    endpoint.surroundings.schedule(() => endpoint.lookAround());
  }

  report(): NetworkReport {
    const { addresses, counters, handler } = this.#endpoint;
    const unknown = {
      reach: 'lan',
      dialled: 'unknown',
      saidBy: null,
      reason: 'not-public',
    } as const;
    return {
      ...emptyNetworkReport(),
      listen: handler === null ? [] : addresses.map((address) => ({ address, ...unknown })),
      counters: { ...counters, refused: 0 },
    };
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#listener.close();
    await new Promise<void>((resolve) => {
      this.#endpoint.surroundings.schedule(() => {
        for (const link of this.#endpoint.links.values()) {
          link.pump();
          link.end('stopped', 'closed by the peer');
        }
        this.#endpoint.handler = null;
        resolve();
      });
    });
  }

  /** Links the two as over a relay; some turns later each hears by itself that the link goes another way. */
  linkOverRelay(other: MemoryNetwork): void {
    const [one, another] = [this.#endpoint, other.#endpoint];
    one.surroundings.schedule(() => {
      connect(one, another, 'relay', 'relayed');
      reroute(one, another.peer, TURNS_OVER_RELAY);
      reroute(another, one.peer, TURNS_OVER_RELAY);
    });
  }

  /** While stalled this peer reads nothing, as a process that was suspended. */
  stall(stalled: boolean): void {
    this.#endpoint.stalled = stalled;
    if (stalled) return;
    for (const link of this.#endpoint.links.values()) {
      this.#endpoint.surroundings.schedule(() => link.other.pump());
    }
  }

  /** Bytes sent to a peer that it has not read. */
  queuedBytes(peer: PeerId): number {
    return this.#endpoint.links.get(peer)?.bytes ?? 0;
  }
}
