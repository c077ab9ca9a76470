// What goes wrong between members: partitions, ways that lead in one direction only, cuts, and slow readers.

import type { PeerId } from '@parley/core';
import type { Agenda } from './agenda.ts';
import type { Member } from './member.ts';
import type { Action } from './plan.ts';
import type { SimNetwork } from './sim-network.ts';

export interface DisturbedWorld {
  readonly agenda: Agenda;
  readonly network: SimNetwork;
  readonly members: readonly Member[];
}

export type Disturbance = Extract<
  Action,
  { kind: 'partition' | 'one-way' | 'cut' | 'slow-reader' }
>;

export function disturb(world: DisturbedWorld, action: Disturbance): void {
  const { network } = world;
  const { ways } = network;
  if (action.kind === 'cut') {
    network.cut(peerAt(world, action.one), peerAt(world, action.other));
    return;
  }
  if (action.kind === 'slow-reader') {
    const peer = peerAt(world, action.member);
    ways.deafen(peer);
    return later(world, action.lastsMs, () => ways.undeafen(peer));
  }
  const pairs =
    action.kind === 'one-way'
      ? [[peerAt(world, action.from), peerAt(world, action.to)] as const]
      : pairsAcross(world, action.group);
  for (const [from, to] of pairs) {
    ways.block(from, to);
    if (action.kind === 'partition' && action.cuts) network.cut(from, to);
  }
  later(world, action.lastsMs, () => {
    for (const [from, to] of pairs) ways.unblock(from, to);
  });
}

function later({ agenda, network }: DisturbedWorld, lastsMs: number, undo: () => void): void {
  agenda.after(lastsMs, () => {
    undo();
    network.resume();
  });
}

/** Both ways between those of a group and all others. */
function pairsAcross(
  world: DisturbedWorld,
  group: readonly number[],
): readonly (readonly [PeerId, PeerId])[] {
  const inside = group.map((index) => peerAt(world, index));
  const outside = world.members.map(({ peer }) => peer).filter((peer) => !inside.includes(peer));
  return inside.flatMap((one) =>
    outside.flatMap((other) => [[one, other] as const, [other, one] as const]),
  );
}

function peerAt({ members }: DisturbedWorld, index: number): PeerId {
  return (members[index] as Member).peer;
}
