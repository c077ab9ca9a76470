// The works of private sessions in virtual time: done in no time of the world's, their results given back a while later.

import type { PeerState, SessionCrypto, Suite, Vouch, Work, WorkResult } from '@parley/core';
import { Vouchers, performWork } from '@parley/core';
import { createFakeSessionCrypto } from '../fake-session-crypto.ts';
import type { MemoryStore } from '../memory-store.ts';
import type { Chance } from './chance.ts';
import type { ProcessClock } from './clock.ts';

/** The encryption of one run of a process; `salt` names the run. */
export type MakeSessionCrypto = (vouch: Vouch, salt: string) => SessionCrypto;

export interface WorkHooks {
  readonly began: (work: Work) => void;
  /** Just before the result is given back. */
  readonly done: (work: Work, result: WorkResult) => void;
  readonly failed: (error: unknown) => void;
}

export interface WorkPlace {
  readonly suite: Suite;
  readonly store: MemoryStore;
  readonly state: PeerState;
  readonly clock: ProcessClock;
  readonly chance: Chance;
  readonly salt: string;
  readonly sessionCrypto: MakeSessionCrypto;
}

const QUICK_MS_MAX = 30;
const SLOW_MS_MAX = 4_000;
const SLOW_SHARE = 0.05;
/** Turns of the queue of promises in which whoever waits for a result takes it. */
const TURNS = 8;

export function fakeCryptoOf(suite: Suite): MakeSessionCrypto {
  return (vouch, salt) => createFakeSessionCrypto({ suite, vouch, salt });
}

/** What carries out works for a run: never, once that has ended. */
export function workPort(place: WorkPlace, hooks: WorkHooks): (work: Work) => Promise<WorkResult> {
  const { suite, store, state, clock, chance, salt } = place;
  const vouchers = new Vouchers(suite);
  const crypto = place.sessionCrypto(vouchers.vouch, salt);
  const { identity, device, deviceSeed } = state.self;
  const signer = { credential: { identity, device }, deviceSeed };
  const tools = { crypto, suite, store, signer, certify: vouchers.certify };
  const delayMs = (): number =>
    chance.often(SLOW_SHARE) ? chance.between(30, SLOW_MS_MAX) : chance.between(1, QUICK_MS_MAX);
  return (work) =>
    new Promise((resolve) => {
      hooks.began(work);
      // It reads what is stored now, or at the end: both happen.
      const isEarly = chance.often(0.5);
      const give = (result: WorkResult): Promise<void> => {
        hooks.done(work, result);
        resolve(result);
        return turns();
      };
      const perform = async (): Promise<WorkResult | null> => {
        try {
          return await performWork(work, tools);
        } catch (error) {
          hooks.failed(error);
          return null;
        }
      };
      const laterMs = clock.now().monotonicMs + delayMs();
      if (!isEarly) {
        clock.at(laterMs, async () => {
          const result = await perform();
          if (result !== null) await give(result);
        });
        return;
      }
      clock.soon(async () => {
        const result = await perform();
        if (result !== null) clock.at(laterMs, () => give(result));
      });
    });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
}

/** What no work may come to where no profile was copied and nobody forges; null for all that may happen. */
export function workFault(result: WorkResult): string | null {
  if (result.kind === 'failed') return `failed: ${result.reason}`;
  if (result.kind !== 'read') return null;
  for (const event of result.events) {
    if (event.kind === 'unreadable') return `entry ${event.seq} is unreadable: ${event.reason}`;
  }
  return null;
}
