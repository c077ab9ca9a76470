// Planted faults: each puts something between a peer and its world that a good World must notice.

import type { ChainKey, PeerState, Suite } from '@parley/core';
import { concatBytes, deviceOf } from '@parley/core';
import type { Mutant } from './run.ts';
import { frameType } from './trace.ts';

const ANTI_ENTROPY = new Set(['ranges', 'heads', 'want']);

/** Entries come as they are made or never: no heads are compared, nothing is asked for. */
const withoutAntiEntropy: Mutant = {
  endpoint: (endpoint) => ({
    ...endpoint,
    send: (peer, frame) => ANTI_ENTROPY.has(frameType(frame)) || endpoint.send(peer, frame),
  }),
};

/** The first entry of another's chain is taken for new each time it comes. */
const withoutDuplicateCheck: Mutant = {
  state: (state) => {
    for (const { table } of state.conversations.values()) {
      const get = table.get.bind(table);
      table.get = (chain: ChainKey): ReturnType<typeof get> => {
        const record = get(chain);
        return record?.length === 1 && deviceOf(chain) !== state.self.device ? undefined : record;
      };
    }
  },
};

/** After a power cut a peer goes on with the chain whose end it may have lost. */
const reusedNumbers: Mutant = { resumeAfterPower: 'continue' };

/** However much is asked already, there is room for more. */
const withoutWindow: Mutant = {
  state: (state: PeerState) => {
    for (const { pull } of state.conversations.values()) {
      pull.inFlight.values = () => new Map<number, never>().values();
    }
  },
};

/** Whatever neighbours say of branches, each gets every new entry: counted in large rooms, where it costs most. */
export const WITHOUT_PRUNING: Mutant = {
  state: ({ neighbours }) => {
    const set = neighbours.set.bind(neighbours);
    neighbours.set = (peer, neighbour) => {
      neighbour.pruned.set = () => neighbour.pruned;
      return set(peer, neighbour);
    };
  },
};

/** Never looks whether it has more links than enough. */
export const WITHOUT_THINNING: Mutant = {
  state: ({ links }) => {
    Object.defineProperty(links, 'thinMs', { value: Infinity, writable: false });
  },
};

/** What is said in secret rooms goes out as it was typed, with what looks like a tag behind it. */
const withoutEncryption: Mutant = {
  state: (state) => {
    Object.assign(state, { suite: { ...state.suite, seal: leaveOpen } });
  },
};

const leaveOpen: Suite['seal'] = (_, plaintext) => concatBytes(plaintext, new Uint8Array(16));

/** Takes what is to be kept for too old. */
const prunesTooMuch: Mutant = {
  store: (store) => ({
    ...store,
    oldest: (query) => store.oldest({ ...query, beforeMs: query.beforeMs + 6_000 }),
  }),
};

/** Leaves a room and keeps what was said there. */
const keepsWhatWasLeft: Mutant = {
  store: (store) => ({
    ...store,
    commit: (writes) => store.commit(writes.filter(({ kind }) => kind !== 'drop')),
  }),
};

/** Found in schedules with rooms. */
export const ROOM_MUTANTS: Readonly<Record<string, Mutant>> = {
  'a member that forgets to encrypt': withoutEncryption,
  'a pruner that prunes too much': prunesTooMuch,
  'a leaver that keeps what was said': keepsWhatWasLeft,
};

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'no anti-entropy': withoutAntiEntropy,
  'no duplicate check': withoutDuplicateCheck,
  'a reused number': reusedNumbers,
  'no limit on what is asked at once': withoutWindow,
};

/** Rooms grow without an end, and nobody is too much. */
const withoutQuota: Mutant = {
  state: ({ guard }) => {
    Object.assign(guard.limits, { roomBytesMax: Infinity, quarantineBytes: Infinity });
  },
};

/** Those that a World under a flood must notice. */
export const FLOOD_MUTANTS: Readonly<Record<string, Mutant>> = {
  'no quota': withoutQuota,
};
