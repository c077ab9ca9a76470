// One run of a simulated process: core's step in client's loop, over a disk, a clock and a network of the world.

import { Loop } from '@parley/client';
import type { Output, PeerState, Suite, Work, WorkResult, Write } from '@parley/core';
import { LIMITS, firstOutputs, openPeer } from '@parley/core';
import type { MemoryStore } from '../memory-store.ts';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import { ProcessClock } from './clock.ts';
import type { FaceHooks } from './face.ts';
import { Face } from './face.ts';
import type { Member, Run } from './member.ts';
import type { Endpoint, SimNetwork } from './sim-network.ts';
import type { MakeSessionCrypto, WorkHooks, WorkPlace } from './works.ts';
import { workPort } from './works.ts';

/** What a planted fault may put between a process and its world. */
export interface Mutant {
  readonly endpoint?: (endpoint: Endpoint) => Endpoint;
  readonly store?: (store: MemoryStore) => MemoryStore;
  readonly state?: (state: PeerState) => void;
  /** How a process goes on after a power cut; 'fresh' is right. */
  readonly resumeAfterPower?: 'continue';
}

export interface RunWorld {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly network: SimNetwork;
  readonly suite: Suite;
  readonly mutant: Mutant;
  /** How long a day is. */
  readonly dayMs: number;
  /** Null where nobody has keys for private sessions. */
  readonly works: WorksOfRun | null;
}

export interface WorksOfRun {
  readonly sessionCrypto: MakeSessionCrypto;
  readonly chance: Chance;
  readonly salt: string;
}

export interface RunHooks extends FaceHooks, WorkHooks {
  readonly committed: (writes: readonly Write[], commit: number) => void;
  readonly synced: (commit: number) => void;
  readonly beforeOutput: (output: Output) => void;
}

const ERA = 'world/era';
const SYNC_MS_MIN = 5;
const SYNC_MS_MAX = 50;

export function openRun(
  world: RunWorld,
  member: Member,
  resume: 'continue' | 'fresh',
  hooks: RunHooks,
): Run {
  const { agenda, chance, network, suite, mutant } = world;
  const disk = member.disk.open();
  const clock = new ProcessClock(
    agenda,
    member.wall,
    agenda.nowMs - chance.between(0, 9_999) - 0.25,
  );
  const watched = watch(world, disk, clock, hooks);
  const store = mutant.store?.(watched) ?? watched;
  const plain = network.open(member.peer, member.address);
  const endpoint = mutant.endpoint?.(plain) ?? plain;
  const state = openPeer({
    suite,
    identitySeed: member.identitySeed,
    deviceSeed: member.deviceSeed,
    name: member.name,
    peer: member.peer,
    chance: chance.bytes32(),
    memory: store,
    era: eraOf(disk, resume),
    canFork: world.works !== null,
    ...(member.lobby === null ? {} : { lobby: member.lobby }),
    // Chains here are short: for half of the peers some are long all the same.
    newestFirst: chance.often(0.5) ? 3 : LIMITS.newestFirstEntries,
    dayMs: world.dayMs,
    now: clock.now(),
  });
  mutant.state?.(state);
  const face = new Face(store, hooks);
  const { beforeOutput } = hooks;
  const loop = new Loop(state, {
    store,
    network: endpoint,
    scheduler: clock,
    audience: face,
    work: worksFor(world, { suite, store, state, clock }, hooks),
    beforeOutput,
  });
  return { store, clock, endpoint, state, loop, face };
}

/** As a profile keeps it: a new one is there before anything else, whatever becomes of this run. */
function eraOf(disk: MemoryStore, resume: 'continue' | 'fresh'): number {
  const before = Number(disk.meta(ERA) ?? 0);
  if (resume === 'continue') return before;
  disk.commit([{ kind: 'meta', key: ERA, value: String(before + 1) }]);
  return before + 1;
}

/** What a client does first. */
export function startRun(run: Run, member: Member): void {
  void run.endpoint.start((event) => run.loop.push({ kind: 'network', event }));
  run.loop.start(firstOutputs(run.state));
  for (const address of member.dials) {
    const target = { addresses: [address], peer: null, record: null };
    run.loop.push({ kind: 'connect', target });
  }
}

/** Every commit is seen by the world and synced a moment later, as a real disk does. */
function watch(
  world: RunWorld,
  disk: MemoryStore,
  clock: ProcessClock,
  hooks: RunHooks,
): MemoryStore {
  const { chance } = world;
  let isDue = false;
  const syncSoon = (): void => {
    if (isDue) return;
    isDue = true;
    const atMs = clock.now().monotonicMs + chance.between(SYNC_MS_MIN, SYNC_MS_MAX);
    clock.at(atMs, () => {
      isDue = false;
      disk.sync();
    });
  };
  disk.onSynced(hooks.synced);
  syncSoon();
  return {
    ...disk,
    commit: (writes) => {
      const commit = disk.commit(writes);
      hooks.committed(writes, commit);
      syncSoon();
      return commit;
    },
  };
}

function worksFor(
  { works }: RunWorld,
  place: Pick<WorkPlace, 'suite' | 'store' | 'state' | 'clock'>,
  hooks: WorkHooks,
): (work: Work) => Promise<WorkResult> {
  if (works === null) return () => Promise.reject(new Error('nobody has keys here'));
  return workPort({ ...place, ...works }, hooks);
}
