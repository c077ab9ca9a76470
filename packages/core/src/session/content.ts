// What one message of a send group says: who is in, who asks to be let in, and lines (spec/session.md §3).

import type { IdentityKey } from '../brand.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { encode } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { Suite } from '../crypto/suite.ts';
import { LIMITS } from '../limits.ts';
import type { Line } from '../log/entry.ts';
import { decodeLines, encodeLines } from '../log/line.ts';
import type { LineReason } from '../log/line.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { readRoster, rosterValue } from './roster-codec.ts';
import type { RosterReason } from './roster-codec.ts';
import type { SessionRoster } from './roster.ts';
import type { Ask } from './work-types.ts';

export interface Content {
  /** All of it, or a part that is to be merged like one. */
  readonly roster: SessionRoster | null;
  readonly asks: readonly Ask[];
  readonly lines: readonly Line[];
}

export interface DecodedContent extends Content {
  /** The lines to the letter, unknown ones too. */
  readonly payload: Uint8Array;
}

export type ContentReason =
  | RosterReason
  | LineReason
  | 'unknown-version'
  | 'too-many-asks'
  | 'bad-package-length';

const version = 1;
const identityBytes = 32;

/** [version, roster or null, [[owner, key package, again] …], lines as a payload]. Throws on lines of unknown type. */
export function encodeContent({ roster, asks, lines }: Content): Uint8Array {
  return encode([
    version,
    roster === null ? null : rosterValue(roster),
    asks.map(({ owner, keyPackage, again }) => [fromHex(owner), keyPackage, again]),
    encodeLines(lines),
  ]);
}

/** Verifies every certificate of a roster; key packages are checked by whoever uses them. */
export function decodeContent(
  suite: Suite,
  bytes: Uint8Array,
): Result<DecodedContent, ContentReason> {
  if (bytes.length > LIMITS.groupPlaintextBytesMax) return fail('too-large');
  const reader = new CborReader(bytes);
  reader.tuple(4);
  const foundVersion = reader.uint();
  if (!reader.failed && foundVersion !== version) return fail('unknown-version');
  const roster = reader.skipNull() ? ok(null) : readRoster(suite, reader);
  if (!roster.ok) return roster;
  const asks = readAsks(reader);
  if (!asks.ok) return asks;
  const payload = reader.byteString();
  const fault = reader.finish();
  if (fault !== null) return fail(fault);
  const lines = decodeLines(payload, null);
  if (!lines.ok) return lines;
  return ok({ roster: roster.value, asks: asks.value, lines: lines.value, payload });
}

function readAsks(reader: CborReader): Result<readonly Ask[], ContentReason> {
  const count = reader.arrayLength();
  if (count > LIMITS.asksMax) return fail('too-many-asks');
  const asks: Ask[] = [];
  for (let at = 0; at < count && !reader.failed; at += 1) {
    reader.tuple(3);
    const owner = toHex(reader.byteString(identityBytes)) as IdentityKey;
    const keyPackage = reader.byteString();
    const again = reader.bool();
    asks.push({ owner, keyPackage, again });
  }
  if (reader.fault !== null) return fail(reader.fault);
  const isFit = asks.every(
    ({ keyPackage }) => keyPackage.length > 0 && keyPackage.length <= LIMITS.keyPackageBytesMax,
  );
  return isFit ? ok(asks) : fail('bad-package-length');
}
