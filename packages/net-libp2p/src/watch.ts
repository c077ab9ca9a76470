// Notices that the machine's network changed or that it slept: libp2p does neither.

import type { NetworkInterfaceInfo } from 'node:os';

export interface World {
  interfaces(): NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** Milliseconds since 1970; jumps over a sleep. */
  wallMs(): number;
}

export class NetworkWatch {
  readonly #world: World;
  readonly #intervalMs: number;
  readonly #clockJumpMs: number;
  #interfaces: string;
  #checkedMs: number;

  constructor(world: World, intervalMs: number, clockJumpMs: number) {
    this.#world = world;
    this.#intervalMs = intervalMs;
    this.#clockJumpMs = clockJumpMs;
    this.#interfaces = describe(world.interfaces());
    this.#checkedMs = world.wallMs();
  }

  /** To be called once an interval: true if something changed since the last call. */
  changed(): boolean {
    const interfaces = describe(this.#world.interfaces());
    const nowMs = this.#world.wallMs();
    const passedMs = nowMs - this.#checkedMs;
    const jumped = Math.abs(passedMs - this.#intervalMs) > this.#clockJumpMs;
    const changed = jumped || interfaces !== this.#interfaces;
    this.#interfaces = interfaces;
    this.#checkedMs = nowMs;
    return changed;
  }
}

function describe(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string {
  return Object.entries(interfaces)
    .flatMap(([name, addresses]) => (addresses ?? []).map(({ cidr }) => `${name} ${cidr}`))
    .toSorted()
    .join('\n');
}
