// Frames: what the payload of an entry of a private session is made of (spec/session.md §3).

import { encode, encodedSize } from '../codec/cbor.ts';
import type { CborValue } from '../codec/cbor.ts';
import { CborReader } from '../codec/reader.ts';
import type { CborReason } from '../codec/reader.ts';
import { LIMITS } from '../limits.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

/** A welcome is an envelope sealed to one newcomer; a message is one of MLS, a commit or something said. */
export interface Frame {
  readonly kind: 'welcome' | 'message';
  readonly bytes: Uint8Array;
}

export type FramesReason = CborReason | 'no-frames' | 'too-many-frames' | 'unknown-kind';

const KINDS = ['welcome', 'message'] as const;
/** The most that the head of a list of sessionFramesMax frames takes. */
const headBytesMax = 2;

/** A list of [kind, bytes]. */
export function encodeFrames(frames: readonly Frame[]): Uint8Array {
  return encode(frames.map(valueOf));
}

function encodedFrameBytes(frame: Frame): number {
  return encodedSize(valueOf(frame));
}

function valueOf({ kind, bytes }: Frame): CborValue {
  return [KINDS.indexOf(kind), bytes];
}

export function decodeFrames(payload: Uint8Array): Result<readonly Frame[], FramesReason> {
  if (payload.length > LIMITS.entryPayloadBytesMax) return fail('too-large');
  const reader = new CborReader(payload);
  const count = reader.arrayLength();
  if (count > LIMITS.sessionFramesMax) return fail('too-many-frames');
  const frames: Frame[] = [];
  for (let at = 0; at < count && !reader.failed; at += 1) {
    reader.tuple(2);
    const code = reader.uint();
    const bytes = reader.byteString();
    if (reader.failed) break;
    const kind = KINDS[code];
    if (kind === undefined) return fail('unknown-kind');
    frames.push({ kind, bytes });
  }
  const fault = reader.finish();
  if (fault !== null) return fail(fault);
  return count === 0 ? fail('no-frames') : ok(frames);
}

/** Puts frames into as few lists as keep their order and the limits of an entry. Throws on one that fits into none. */
export function groupFrames<Item extends Frame>(frames: readonly Item[]): (readonly Item[])[] {
  const groups: Item[][] = [];
  let group: Item[] = [];
  let bytes = 0;
  for (const frame of frames) {
    const size = encodedFrameBytes(frame);
    if (headBytesMax + size > LIMITS.entryPayloadBytesMax)
      throw new Error('a frame over its limit');
    const isFull =
      group.length === LIMITS.sessionFramesMax ||
      headBytesMax + bytes + size > LIMITS.entryPayloadBytesMax;
    if (group.length === 0 || isFull) {
      group = [];
      groups.push(group);
      bytes = 0;
    }
    group.push(frame);
    bytes += size;
  }
  return groups;
}

/** Payloads of as few entries as will do, in order. */
export function packFrames(frames: readonly Frame[]): Uint8Array[] {
  return groupFrames(frames).map(encodeFrames);
}
