// The subset of CBOR that everything on the wire is made of, in its one deterministic form (spec/encoding.md §2).

import { utf8Length } from '../bytes/utf8.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { CborReader, MAJOR, SIMPLE } from './reader.ts';
import type { CborReason } from './reader.ts';
import { CborWriter, headSize } from './writer.ts';

/** Numbers are whole, 0 … 2^53−1. Decoded byte strings are views into what was decoded. */
export type CborValue = number | string | Uint8Array | null | boolean | readonly CborValue[];

export interface CborLimits {
  /** How many arrays may stand inside each other. */
  readonly depthMax: number;
  /** How many items there may be in all, arrays and what they hold. */
  readonly itemsMax: number;
}

export const defaultCborLimits: CborLimits = { depthMax: 8, itemsMax: 65_536 };

/** The one byte string for a value. Throws on a number that is no uint and on a lone surrogate: faults of ours. */
export function encode(value: CborValue): Uint8Array {
  const writer = new CborWriter(encodedSize(value));
  writeValue(writer, value);
  return writer.finish();
}

/** How many bytes `encode` makes of a value. */
export function encodedSize(value: CborValue): number {
  if (typeof value === 'number') return headSize(value);
  if (typeof value === 'string') {
    const length = utf8Length(value);
    return headSize(length) + length;
  }
  if (value === null || typeof value === 'boolean') return 1;
  if (value instanceof Uint8Array) return headSize(value.length) + value.length;
  let size = headSize(value.length);
  for (const item of value) size += encodedSize(item);
  return size;
}

function writeValue(writer: CborWriter, value: CborValue): void {
  if (typeof value === 'number') writer.uint(value);
  else if (typeof value === 'string') writer.text(value, utf8Length(value));
  else if (value === null || typeof value === 'boolean') writer.simple(value);
  else if (value instanceof Uint8Array) writer.byteString(value);
  else {
    writer.arrayHead(value.length);
    for (const item of value) writeValue(writer, item);
  }
}

/** The value whose one encoding these bytes are; refuses every other byte string and never throws. */
export function decode(
  bytes: Uint8Array,
  limits: CborLimits = defaultCborLimits,
): Result<CborValue, CborReason> {
  const reader = new CborReader(bytes);
  const value = readValue(reader, limits);
  const fault = reader.finish();
  return fault === null ? ok(value) : fail(fault);
}

/** The next item, whatever it is; after a fault of the reader the value means nothing. */
export function readValue(reader: CborReader, limits: CborLimits): CborValue {
  const budget = { items: limits.itemsMax };
  return readItem(reader, limits.depthMax, budget);
}

interface Budget {
  items: number;
}

function readItem(reader: CborReader, depth: number, budget: Budget): CborValue {
  budget.items -= 1;
  if (budget.items < 0) reader.fail('too-many-items');
  if (reader.failed) return null;
  const first = reader.peek();
  switch (first >> 5) {
    case MAJOR.uint:
      return reader.uint();
    case MAJOR.text:
      return reader.text();
    case MAJOR.bytes:
      return reader.byteString();
    case MAJOR.array:
      return readItems(reader, depth, budget);
    default:
      return readSimple(reader, first);
  }
}

function readItems(reader: CborReader, depth: number, budget: Budget): readonly CborValue[] {
  if (depth === 0) reader.fail('too-deep');
  const length = reader.arrayLength();
  if (length > budget.items) reader.fail('too-many-items');
  const items: CborValue[] = [];
  for (let at = 0; at < length && !reader.failed; at += 1) {
    items.push(readItem(reader, depth - 1, budget));
  }
  return items;
}

function readSimple(reader: CborReader, first: number): null | boolean {
  switch (first) {
    case SIMPLE.null:
    case SIMPLE.true:
    case SIMPLE.false:
      reader.offset += 1;
      return first === SIMPLE.null ? null : first === SIMPLE.true;
    default:
      reader.fail(first === -1 ? 'truncated' : 'unsupported-type');
      return null;
  }
}
