// What a decoded field is, as questions that narrow its type: for decoders that must not throw.

import { utf8Length } from '../bytes/utf8.ts';
import type { CborValue } from './cbor.ts';

export type Field = CborValue | undefined;

export function isUint(field: Field, max: number = Number.MAX_SAFE_INTEGER): field is number {
  return typeof field === 'number' && field <= max;
}

/** A byte string of exactly so many bytes. */
export function isBytes(field: Field, length: number): field is Uint8Array {
  return field instanceof Uint8Array && field.length === length;
}

/** A byte string of at most so many bytes. */
export function isBytesUpTo(field: Field, lengthMax: number): field is Uint8Array {
  return field instanceof Uint8Array && field.length <= lengthMax;
}

/** Text of at most so many bytes of UTF-8. */
export function isText(field: Field, bytesMax: number): field is string {
  // No character takes less than a byte: what is longer in units needs no counting.
  return typeof field === 'string' && field.length <= bytesMax && utf8Length(field) <= bytesMax;
}

export function isBool(field: Field): field is boolean {
  return typeof field === 'boolean';
}

/** A list of at most so many items. */
export function isList(field: Field, itemsMax: number): field is readonly CborValue[] {
  return Array.isArray(field) && field.length <= itemsMax;
}

/** A list of exactly so many items. */
export function isTuple(field: Field, length: number): field is readonly CborValue[] {
  return Array.isArray(field) && field.length === length;
}

/** A list of at most so many items, all of one kind. */
export function isListOf<Item extends CborValue>(
  field: Field,
  itemsMax: number,
  isItem: (item: CborValue) => item is Item,
): field is readonly Item[] {
  return isList(field, itemsMax) && field.every(isItem);
}
