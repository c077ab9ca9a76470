// How states and secrets lie in the caller's store: version, kind, checksum, body.

import { concatBytes, equalBytes, fail, ok } from '@parley/core';
import type { Checked } from './attempt.ts';
import { loadSuite } from './suite.ts';

const version = 1;
const checksumBytes = 8;
const headBytes = 2 + checksumBytes;

const kinds = { group: 1, keyPackage: 2, inbox: 3 } as const;

export type EnvelopeKind = keyof typeof kinds;

/** Only against accidents: whoever can write to the store can write a checksum, too. */
async function checksum(kind: EnvelopeKind, body: Uint8Array): Promise<Uint8Array> {
  const { hash } = await loadSuite();
  const digest = await hash.digest(concatBytes(Uint8Array.of(version, kinds[kind]), body));
  return digest.subarray(0, checksumBytes);
}

export async function wrap(kind: EnvelopeKind, body: Uint8Array): Promise<Uint8Array> {
  return concatBytes(Uint8Array.of(version, kinds[kind]), await checksum(kind, body), body);
}

/** The body, in memory of its own. */
export async function unwrap(
  kind: EnvelopeKind,
  bytes: Uint8Array,
  bytesMax: number,
): Promise<Checked<Uint8Array>> {
  if (bytes.length > bytesMax) return fail('too-large');
  if (bytes[0] !== version || bytes[1] !== kinds[kind]) return fail('bad-state');
  const body = Uint8Array.from(bytes.subarray(headBytes));
  const found = bytes.subarray(2, headBytes);
  if (!equalBytes(await checksum(kind, body), found)) return fail('bad-state');
  return ok(body);
}
