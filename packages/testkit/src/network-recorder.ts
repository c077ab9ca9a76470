// A network with its events written down, to be waited for.

import assert from 'node:assert/strict';
import type { DialTarget, Network, NetworkEvent, PeerId } from '@parley/core';

const DEADLINE_MS = 10_000;

export type EventOf<Kind extends NetworkEvent['kind']> = Extract<NetworkEvent, { kind: Kind }>;

interface Waiter {
  readonly check: () => boolean;
  readonly resolve: () => void;
}

export class RecordedNetwork {
  readonly network: Network;
  readonly events: NetworkEvent[] = [];
  readonly #byKind = new Map<NetworkEvent['kind'], NetworkEvent[]>();
  readonly #linked = new Set<PeerId>();
  readonly #waiters = new Set<Waiter>();

  constructor(network: Network) {
    this.network = network;
  }

  get peer(): PeerId {
    return this.network.peer;
  }

  async start(): Promise<void> {
    await this.network.start((event) => this.#hear(event));
  }

  /** All events of a kind so far; the list grows. */
  of<Kind extends NetworkEvent['kind']>(kind: Kind): readonly EventOf<Kind>[] {
    const events = this.#byKind.get(kind) ?? [];
    this.#byKind.set(kind, events);
    return events as EventOf<Kind>[];
  }

  addresses(): readonly string[] {
    return this.of('listening').at(-1)?.addresses ?? [];
  }

  isLinked(peer: PeerId): boolean {
    return this.#linked.has(peer);
  }

  /** Where this network listens, as a target; with its key unless told otherwise. */
  target(peer: PeerId | null = this.peer): DialTarget {
    return { addresses: this.addresses(), peer, record: null };
  }

  /** Resolves once the condition holds after some event. */
  async until(what: string, check: () => boolean): Promise<void> {
    if (check()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { check, resolve };
    this.#waiters.add(waiter);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(this.#lateText(what))), DEADLINE_MS);
    });
    try {
      await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }

  async untilLinked(other: { readonly peer: PeerId }): Promise<void> {
    await this.until(`link to ${other.peer}`, () => this.isLinked(other.peer));
  }

  /** Dials and waits for the link on both sides. */
  async connect(other: RecordedNetwork): Promise<void> {
    this.network.dial(other.target());
    await Promise.all([this.untilLinked(other), other.untilLinked(this)]);
  }

  /** Dials and returns why it failed. */
  async failedDial(target: DialTarget): Promise<EventOf<'dialFailed'>> {
    const before = this.of('dialFailed').length;
    this.network.dial(target);
    await this.until('failed dial', () => this.of('dialFailed').length > before);
    const failed = this.of('dialFailed').at(-1);
    assert(failed !== undefined);
    return failed;
  }

  #hear(event: NetworkEvent): void {
    if (event.kind === 'connected') {
      assert(!this.#linked.has(event.peer), `second link to ${event.peer}`);
      this.#linked.add(event.peer);
    }
    if (event.kind === 'disconnected') {
      assert(this.#linked.delete(event.peer), `no link to ${event.peer} that could end`);
    }
    if (event.kind === 'frame' || event.kind === 'drained') {
      assert(this.#linked.has(event.peer), `${event.kind} without a link to ${event.peer}`);
    }
    this.events.push(event);
    const sameKind = this.#byKind.get(event.kind) ?? [];
    this.#byKind.set(event.kind, sameKind);
    sameKind.push(event);
    for (const { check, resolve } of this.#waiters) if (check()) resolve();
  }

  #lateText(what: string): string {
    const kinds = this.events.slice(-12).map((event) => event.kind);
    return `no ${what} within ${DEADLINE_MS} ms; last events: ${kinds.join(', ')}`;
  }
}
