// Writes deterministic CBOR into an array of exactly the right size (spec/encoding.md §2).

import { writeUtf8 } from '../bytes/utf8.ts';
import { MAJOR, SIMPLE } from './reader.ts';

/** Bytes that the head of an item with this argument takes. */
export function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x1_0000) return 3;
  return argument < 0x1_0000_0000 ? 5 : 9;
}

/** Fills a byte string of a size known beforehand; the sizes come from `headSize` and `utf8Length`. */
export class CborWriter {
  readonly bytes: Uint8Array;
  offset = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  uint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} is no uint`);
    this.head(MAJOR.uint, value);
  }

  byteString(value: Uint8Array): void {
    this.head(MAJOR.bytes, value.length);
    this.bytes.set(value, this.offset);
    this.offset += value.length;
  }

  /** `utf8Bytes` is the text's length as UTF-8. */
  text(text: string, utf8Bytes: number): void {
    this.head(MAJOR.text, utf8Bytes);
    if (utf8Bytes === text.length && utf8Bytes < asciiLoopMax) {
      for (let at = 0; at < utf8Bytes; at += 1) this.bytes[this.offset + at] = text.charCodeAt(at);
    } else {
      if (utf8Bytes !== text.length && !text.isWellFormed()) {
        throw new Error('a lone surrogate has no UTF-8 form');
      }
      writeUtf8(text, this.bytes, this.offset);
    }
    this.offset += utf8Bytes;
  }

  arrayHead(length: number): void {
    this.head(MAJOR.array, length);
  }

  simple(value: null | boolean): void {
    this.bytes[this.offset] = value === null ? SIMPLE.null : value ? SIMPLE.true : SIMPLE.false;
    this.offset += 1;
  }

  /** The filled array. Throws if it is not filled to the last byte. */
  finish(): Uint8Array {
    if (this.offset !== this.bytes.length) throw new Error('the size was reckoned wrong');
    return this.bytes;
  }

  private head(major: number, argument: number): void {
    const { bytes } = this;
    const size = headSize(argument);
    bytes[this.offset] = (major << 5) | (infoOfSize[size] ?? argument);
    let rest = argument;
    for (let at = this.offset + size - 1; at > this.offset; at -= 1) {
      bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.offset += size;
  }
}

/** Up to here a loop over characters beats a call of the encoder. */
const asciiLoopMax = 64;

const infoOfSize: Readonly<Record<number, number>> = { 2: 24, 3: 25, 5: 26, 9: 27 };
