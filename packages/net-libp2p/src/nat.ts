// What kind of address translation lies between us and others, concluded from what they see us as.

import type { NatReport } from '@parley/core';

/** What one other peer or server saw. */
export interface Sighting {
  readonly observer: string;
  /** Our own socket, where several looked at the same one; null where this socket talked to nobody else. */
  readonly socket: string | null;
  /** The address it saw, without port. */
  readonly host: string;
  readonly port: number;
}

const SIGHTINGS_MAX = 32;

export class NatWatch {
  /** The last sighting of each observer and socket, oldest first. */
  readonly #sightings = new Map<string, Sighting>();

  saw(sighting: Sighting): void {
    const key = `${sighting.observer} ${sighting.socket ?? ''}`;
    this.#sightings.delete(key);
    this.#sightings.set(key, sighting);
    const [oldest] = this.#sightings.keys();
    if (this.#sightings.size > SIGHTINGS_MAX && oldest !== undefined)
      this.#sightings.delete(oldest);
  }

  /** The network changed: what was seen before says nothing any more. */
  forget(): void {
    this.#sightings.clear();
  }

  /** Addresses without ports that others saw us at. */
  hosts(): ReadonlySet<string> {
    return new Set([...this.#sightings.values()].map(({ host }) => host));
  }

  /** `own`: the addresses of this machine, without ports. */
  report(own: ReadonlySet<string>): NatReport {
    const seen = [...this.#sightings.values()];
    const seenAs = [...new Set(seen.map(({ host, port }) => formatSeen(host, port)))];
    if (seen.length > 0 && seen.every(({ host }) => own.has(host)))
      return { kind: 'none', reason: 'own-address-seen', seenAs };
    const bySocket = Map.groupBy(
      seen.filter(({ socket, host }) => socket !== null && !own.has(host)),
      ({ socket }) => socket,
    );
    for (const group of bySocket.values()) {
      const observers = new Set(group.map(({ observer }) => observer));
      if (observers.size < 2) continue;
      const ways = new Set(group.map(({ host, port }) => formatSeen(host, port)));
      return ways.size === 1
        ? { kind: 'cone', reason: 'same-seen', seenAs }
        : { kind: 'symmetric', reason: 'different-seen', seenAs };
    }
    return { kind: 'unknown', reason: 'too-few-observers', seenAs };
  }
}

function formatSeen(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
