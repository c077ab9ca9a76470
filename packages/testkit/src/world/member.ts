// One member of the swarm: who it is and what outlives its process.

import type { Loop } from '@parley/client';
import type { DeviceKey, IdentityKey, PeerId, PeerState, RoomKey, Suite } from '@parley/core';
import { toHex } from '@parley/core';
import { MemoryDisk } from '../memory-store.ts';
import type { MemoryStore } from '../memory-store.ts';
import type { Chance } from './chance.ts';
import type { ProcessClock, WallClock } from './clock.ts';
import type { Face } from './face.ts';
import type { Endpoint } from './sim-network.ts';

/** One run of its process. */
export interface Run {
  readonly store: MemoryStore;
  readonly clock: ProcessClock;
  readonly endpoint: Endpoint;
  readonly state: PeerState;
  readonly loop: Loop;
  readonly face: Face;
}

export interface Member {
  readonly name: string;
  readonly peer: PeerId;
  readonly address: string;
  readonly identitySeed: Uint8Array;
  readonly identity: IdentityKey;
  readonly deviceSeed: Uint8Array;
  readonly device: DeviceKey;
  readonly wall: WallClock;
  /** Addresses it was told. */
  readonly dials: readonly string[];
  /** The room it starts in; null for the open lobby. */
  readonly lobby: RoomKey | null;
  disk: MemoryDisk;
  run: Run | null;
  /** Its disk lost something at least once, by a power cut or by being put back. */
  lostSome: boolean;
  /** Lines said so far, for their texts. */
  said: number;
  /** Crashes after so many more outputs. */
  fuse: Fuse | null;
}

export interface Fuse {
  outputs: number;
  readonly how: 'kill' | 'power';
  readonly downMs: number;
  /** Outputs count from the next work that is done. */
  waitsForWork: boolean;
}

export function addressOf(index: number): string {
  return `10.0.0.${index + 1}:4747`;
}

export function newMember(
  suite: Suite,
  chance: Chance,
  index: number,
  own: Pick<Member, 'wall' | 'dials' | 'lobby'>,
): Member {
  const deviceSeed = chance.bytes32();
  const peer = `${toHex(chance.bytes32()).slice(0, 6)}-${index}` as PeerId;
  const identitySeed = chance.bytes32();
  return {
    name: `member-${index}`,
    peer,
    address: addressOf(index),
    identitySeed,
    identity: toHex(suite.publicKey(identitySeed)) as IdentityKey,
    deviceSeed,
    device: toHex(suite.publicKey(deviceSeed)) as DeviceKey,
    ...own,
    disk: new MemoryDisk(),
    run: null,
    lostSome: false,
    said: 0,
    fuse: null,
  };
}

/** The same profile on another machine: its own place in the network, the same author. */
export function newClone(
  chance: Chance,
  original: Member,
  index: number,
  disk: MemoryDisk,
): Member {
  return {
    ...original,
    peer: `${toHex(chance.bytes32()).slice(0, 6)}-${index}` as PeerId,
    address: addressOf(index),
    dials: [original.address, ...original.dials],
    wall: { skewMs: original.wall.skewMs },
    disk,
    run: null,
    lostSome: true,
    fuse: null,
  };
}
