// A network that is loaded when it is started: what it takes to load is most of the time until a face can be seen.

import { emptyNetworkReport } from '@parley/core';
import type { DialTarget, Network, NetworkEvent, NetworkReport, PeerId } from '@parley/core';

/** What is asked of it before is done once it runs, but for what is sent: nobody is there yet, and the log heals it. */
export class LateNetwork implements Network {
  readonly peer: PeerId;
  readonly #load: () => Promise<Network>;
  readonly #waiting: ((network: Network) => void)[] = [];
  #running: Network | null = null;
  #stopped = false;

  /** `peer`: what the loaded network will call itself. */
  constructor(peer: PeerId, load: () => Promise<Network>) {
    this.peer = peer;
    this.#load = load;
  }

  async start(handler: (event: NetworkEvent) => void): Promise<void> {
    const network = await this.#load();
    if (network.peer !== this.peer) throw new Error(`this is ${network.peer}, not ${this.peer}`);
    if (this.#stopped) return;
    this.#running = network;
    await network.start(handler);
    for (const ask of this.#waiting.splice(0)) ask(network);
  }

  dial(target: DialTarget): void {
    this.#ask((network) => network.dial(target));
  }

  hangUp(peer: PeerId, refuseMs: number): void {
    this.#running?.hangUp(peer, refuseMs);
  }

  send(peer: PeerId, frame: Uint8Array): boolean {
    return this.#running?.send(peer, frame) ?? true;
  }

  meet(keys: readonly Uint8Array[], sought?: readonly Uint8Array[]): void {
    this.#ask((network) => network.meet(keys, sought));
  }

  report(): NetworkReport {
    return this.#running?.report() ?? emptyNetworkReport();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running?.stop();
  }

  #ask(ask: (network: Network) => void): void {
    if (this.#running === null) this.#waiting.push(ask);
    else ask(this.#running);
  }
}
