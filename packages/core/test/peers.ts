// Peers joined by wires without a network: frames go across at once, in order.

import { MemoryDisk, createFakeSuite } from '@parley/testkit';
import type { PeerId } from '../src/brand.ts';
import { openPeer } from '../src/peer/open.ts';
import type { PeerState } from '../src/peer/state.ts';
import { step } from '../src/peer/step.ts';
import type { Input, Now, Output, PeerEvent } from '../src/peer/step-types.ts';
import { lobbyId } from '../src/room/lobby.ts';

export const suite = createFakeSuite();
export const LOBBY = lobbyId(suite);
export const EPOCH_MS = 1_700_000_000_000;

/** One peer under test, its clock, and everything it ever put out. */
export class TestPeer {
  readonly state: PeerState;
  readonly outputs: Output[] = [];
  skewMs = 0;

  constructor(name: string, nowMs: number = 0, skewMs: number = 0) {
    this.skewMs = skewMs;
    this.state = openPeer({
      suite,
      identitySeed: seedOf(`identity of ${name}`),
      deviceSeed: seedOf(`device of ${name}`),
      name,
      peer: name as PeerId,
      chance: seedOf(`chance of ${name}`),
      memory: new MemoryDisk().open(),
      canFork: false,
      resume: 'continue',
      now: this.now(nowMs),
    });
  }

  get id(): PeerId {
    return this.state.self.peer;
  }

  now(nowMs: number): Now {
    return { monotonicMs: nowMs + 0.5, wallMs: EPOCH_MS + nowMs + this.skewMs };
  }

  take(input: Input, nowMs: number): readonly Output[] {
    const outputs = step(this.state, input, this.now(nowMs));
    this.outputs.push(...outputs);
    return outputs;
  }

  told(): PeerEvent[] {
    return this.outputs.flatMap((output) => (output.kind === 'tell' ? [output.event] : []));
  }
}

function seedOf(text: string): Uint8Array {
  return suite.sha256(new TextEncoder().encode(text));
}

/** Links two peers; `from` dials. */
export function link(from: TestPeer, to: TestPeer, nowMs: number): void {
  const event = { kind: 'connected', address: 'somewhere', path: 'direct' } as const;
  const there = { ...event, peer: to.id, direction: 'outbound' } as const;
  const back = { ...event, peer: from.id, direction: 'inbound' } as const;
  const sent = from.take({ kind: 'network', event: there }, nowMs);
  const answered = to.take({ kind: 'network', event: back }, nowMs);
  carry(
    [from, to],
    [
      [from, sent],
      [to, answered],
    ],
    nowMs,
  );
}

/** Carries frames to and fro until nobody has more to say. */
export function carry(
  peers: readonly TestPeer[],
  first: readonly (readonly [TestPeer, readonly Output[]])[],
  nowMs: number,
): void {
  const waiting = [...first];
  for (let rounds = 0; waiting.length > 0; rounds += 1) {
    if (rounds > 10_000) throw new Error('they talk for ever');
    const [from, outputs] = waiting.shift()!;
    for (const output of outputs) {
      if (output.kind !== 'send') continue;
      const to = peers.find(({ id }) => id === output.peer);
      if (to === undefined) continue;
      const event = { kind: 'frame', peer: from.id, bytes: output.frame } as const;
      waiting.push([to, to.take({ kind: 'network', event }, nowMs)]);
    }
  }
}

/** Time passes for some peers. */
export function tick(peers: readonly TestPeer[], nowMs: number): void {
  carry(
    peers,
    peers.map((peer) => [peer, peer.take({ kind: 'tick' }, nowMs)]),
    nowMs,
  );
}
