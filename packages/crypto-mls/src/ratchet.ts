// Going ahead in the owner's ratchet over messages that are missing, in time that grows with their number and no faster.

import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { deriveTreeSecret } from 'ts-mls/crypto/kdf.js';
import type { GenerationSecret } from 'ts-mls/secretTree.js';
import { LIMITS } from '@parley/core';

/**
 * The ratchet as the library would have it at `generation` (RFC 9420 §9.1), with the secrets of the newest skipped
 * generations kept. The library copies and sorts all that are kept at each step: half a minute for the largest leap allowed.
 */
export async function ratchetTo(
  ratchet: GenerationSecret,
  generation: number,
  { kdf }: CiphersuiteImpl,
): Promise<GenerationSecret> {
  if (generation <= ratchet.generation) return ratchet;
  const skipped = new Map<number, Uint8Array>();
  for (const [known, secret] of Object.entries(ratchet.unusedGenerations)) {
    skipped.set(Number(known), secret);
  }
  let { secret } = ratchet;
  for (let at = ratchet.generation; at < generation; at += 1) {
    skipped.set(at, secret);
    // eslint-disable-next-line no-await-in-loop -- each secret comes from the one before
    secret = await deriveTreeSecret(secret, 'secret', at, kdf.size, kdf);
  }
  const newest = [...skipped].toSorted(([a], [b]) => a - b).slice(-LIMITS.groupGenerationsKept);
  return { secret, generation, unusedGenerations: Object.fromEntries(newest) };
}
