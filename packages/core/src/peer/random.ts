// Chance that replays: bytes and numbers from a seed by SHA-256 in counter mode.

import { concatBytes } from '../bytes/compare.ts';
import { tag } from '../crypto/tagged.ts';
import type { Suite } from '../crypto/suite.ts';

const RANDOM_TAG = tag('random');

/** A generator's whole state. */
export interface Random {
  readonly suite: Suite;
  /** 32 bytes from the system's generator; whoever knows them knows every number to come. */
  readonly seed: Uint8Array;
  drawn: number;
}

export function newRandom(suite: Suite, seed: Uint8Array): Random {
  return { suite, seed, drawn: 0 };
}

/** 32 bytes that were never drawn before. */
export function randomBytes(random: Random): Uint8Array {
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(random.drawn));
  random.drawn += 1;
  return random.suite.sha256(concatBytes(RANDOM_TAG, random.seed, count));
}

/** A number with 0 ≤ number < 1. */
export function randomFraction(random: Random): number {
  const bytes = randomBytes(random);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
}

/** The same items in another order, every one as likely as any other. */
export function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(randomFraction(random) * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other] as Item, mixed[at] as Item];
  }
  return mixed;
}
