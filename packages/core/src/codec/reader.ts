// Reads deterministic CBOR item by item, without trust and without throwing (spec/encoding.md §2).

import { decodeUtf8 } from '../bytes/utf8.ts';

/** Why bytes are not what was asked for. */
export type CborReason =
  | 'truncated'
  | 'trailing-bytes'
  | 'not-shortest'
  | 'not-utf8'
  | 'unsupported-type'
  | 'too-deep'
  | 'too-many-items'
  | 'too-large'
  | 'wrong-type';

export const MAJOR = { uint: 0, bytes: 2, text: 3, array: 4, simple: 7 } as const;
export const SIMPLE = { false: 0xf4, true: 0xf5, null: 0xf6 } as const;

const nothing = new Uint8Array(0);

/**
 * A cursor over one byte string. The first fault sticks: from then on every read returns an empty value
 * at once, so that a decoder may read all its fields and ask once, with `finish`, whether they were there.
 */
export class CborReader {
  readonly bytes: Uint8Array;
  offset = 0;
  fault: CborReason | null = null;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get failed(): boolean {
    return this.fault !== null;
  }

  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  /** The next item's first byte, not consumed; -1 at the end. */
  peek(): number {
    return this.bytes[this.offset] ?? -1;
  }

  uint(): number {
    return this.head(MAJOR.uint);
  }

  /** A view into the bytes read; `length` in bytes where only one will do. */
  byteString(length?: number): Uint8Array {
    const found = this.head(MAJOR.bytes);
    if (length !== undefined && found !== length) this.fail('wrong-type');
    return this.take(found);
  }

  text(): string {
    const text = decodeUtf8(this.take(this.head(MAJOR.text)));
    if (text.ok) return text.value;
    this.fail('not-utf8');
    return '';
  }

  /** How many items the array holds that begins here: never more than bytes remain. */
  arrayLength(): number {
    const length = this.head(MAJOR.array);
    if (length <= this.remaining) return length;
    this.fail('truncated');
    return 0;
  }

  /** The head of an array of exactly so many items. */
  tuple(length: number): void {
    const found = this.arrayLength();
    if (found !== length) this.fail('wrong-type');
  }

  /** True and consumed if the next item is null. */
  skipNull(): boolean {
    if (this.failed || this.peek() !== SIMPLE.null) return false;
    this.offset += 1;
    return true;
  }

  bool(): boolean {
    const first = this.failed ? -1 : this.peek();
    if (first === SIMPLE.true || first === SIMPLE.false) this.offset += 1;
    else this.fail(first === -1 ? 'truncated' : 'wrong-type');
    return first === SIMPLE.true;
  }

  /** Marks the first fault; always returns what was marked first. */
  fail(reason: CborReason): CborReason {
    this.fault ??= reason;
    return this.fault;
  }

  /** The first fault, or that something follows; null if all was read and well. */
  finish(): CborReason | null {
    if (!this.failed && this.remaining > 0) this.fail('trailing-bytes');
    return this.fault;
  }

  /** The argument of the head of an item of one major type, in its shortest form. */
  head(major: number): number {
    if (this.failed) return 0;
    const first = this.bytes[this.offset];
    if (first === undefined) return this.refuse('truncated');
    if (first >> 5 !== major) return this.refuse('wrong-type');
    this.offset += 1;
    const info = first & 31;
    return info < 24 ? info : this.longArgument(info);
  }

  private longArgument(info: number): number {
    if (info > 27) return this.refuse('unsupported-type');
    const size = 1 << (info - 24);
    if (this.remaining < size) return this.refuse('truncated');
    let value = 0;
    for (let left = size; left > 0; left -= 1) {
      value = value * 256 + (this.bytes[this.offset] ?? 0);
      this.offset += 1;
    }
    if (value < (shortestOf[size] ?? 0)) return this.refuse('not-shortest');
    return value > Number.MAX_SAFE_INTEGER ? this.refuse('too-large') : value;
  }

  private take(length: number): Uint8Array {
    if (this.failed) return nothing;
    if (length > this.remaining) {
      this.fail('truncated');
      return nothing;
    }
    const start = this.offset;
    this.offset += length;
    return this.bytes.subarray(start, this.offset);
  }

  private refuse(reason: CborReason): number {
    this.fail(reason);
    return 0;
  }
}

/** The least value that needs an argument of so many bytes. */
const shortestOf: Readonly<Record<number, number>> = {
  1: 24,
  2: 0x100,
  4: 0x1_0000,
  8: 0x1_0000_0000,
};
