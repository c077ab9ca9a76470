// What a claim about networks is made of: how to get networks, and what claims do with them again and again.

import assert from 'node:assert/strict';
import type { Network, PeerId } from '@parley/core';
import { RecordedNetwork } from './network-recorder.ts';

/** A peer that links to an address and reads nothing until told to. */
export interface SilentPeer {
  readonly peer: PeerId;
  read(): void;
  framesRead(): number;
  stop(): Promise<void>;
}

export interface NetworkHarness {
  /** A network with a key of its own, not started; without `listen` on a free address of this machine. */
  create(listen?: readonly string[]): Network;
  /** Links two that listen nowhere over a third; after a while their link goes another way. Resolves once linked. */
  linkOverRelay(a: RecordedNetwork, b: RecordedNetwork): Promise<void>;
  /** Resolves once linked. */
  silentPeer(addresses: readonly string[]): Promise<SilentPeer>;
}

export interface NetworkClaim {
  readonly claim: string;
  /** Rejects if the claim does not hold. Stops what it started. */
  readonly prove: (harness: NetworkHarness) => Promise<void>;
}

/** The networks of one claim, stopped at its end. */
export class Party {
  readonly #harness: NetworkHarness;
  readonly #networks: RecordedNetwork[] = [];

  constructor(harness: NetworkHarness) {
    this.#harness = harness;
  }

  async join(listen?: readonly string[]): Promise<RecordedNetwork> {
    const network = new RecordedNetwork(this.#harness.create(listen));
    this.#networks.push(network);
    await network.start();
    return network;
  }

  async pair(): Promise<readonly [RecordedNetwork, RecordedNetwork]> {
    const [a, b] = [await this.join(), await this.join()];
    await a.connect(b);
    return [a, b];
  }

  async end(): Promise<void> {
    await Promise.all(this.#networks.map(({ network }) => network.stop()));
  }
}

export function claim(
  text: string,
  prove: (party: Party, harness: NetworkHarness) => Promise<void>,
): NetworkClaim {
  return {
    claim: text,
    prove: async (harness) => {
      const party = new Party(harness);
      try {
        await prove(party, harness);
      } finally {
        await party.end();
      }
    },
  };
}

/** Frames that start with their number. */
export function numbered(count: number, bytes: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const frame = new Uint8Array(bytes).fill(index & 255);
    new DataView(frame.buffer).setUint32(0, index);
    return frame;
  });
}

function assertSameFrames(got: readonly Uint8Array[], sent: readonly Uint8Array[]): void {
  assert.equal(got.length, sent.length);
  for (const [index, frame] of sent.entries()) {
    assert(Buffer.from(frame).equals(got[index] ?? new Uint8Array()), `frame ${index} differs`);
  }
}

/** Sends as back-pressure allows, and waits until the other has everything. */
export async function deliver(
  from: RecordedNetwork,
  to: RecordedNetwork,
  frames: readonly Uint8Array[],
): Promise<void> {
  const before = to.of('frame').length;
  for (const frame of frames) {
    const drained = from.of('drained').length;
    if (from.network.send(to.peer, frame)) continue;
    // eslint-disable-next-line no-await-in-loop -- the next frame may go only when there is room
    await from.until('drained', () => from.of('drained').length > drained);
  }
  await to.until('all frames', () => to.of('frame').length - before >= frames.length);
  const got = to.of('frame').slice(before);
  assertSameFrames(
    got.map(({ bytes }) => bytes),
    frames,
  );
}
