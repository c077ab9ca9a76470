// UTF-8 without replacement: what is not UTF-8 is refused, what cannot be UTF-8 is our fault.

import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

const encoder = new TextEncoder();
// A byte order mark is a character like any other; dropping it would make two byte strings one text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Finds what is not printable ASCII. */
const notPlain = /[^ -~]/;

/** Throws on a lone surrogate, which has no UTF-8 form; text from outside is checked before. */
export function encodeUtf8(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new Error('a lone surrogate has no UTF-8 form');
  return encoder.encode(text);
}

export function decodeUtf8(bytes: Uint8Array): Result<string, 'not-utf8'> {
  try {
    return ok(decoder.decode(bytes));
  } catch {
    return fail('not-utf8');
  }
}

/** Writes well-formed text at an offset, where it is known to fit. */
export function writeUtf8(text: string, target: Uint8Array, offset: number): void {
  encoder.encodeInto(text, target.subarray(offset));
}

/** How many bytes text takes as UTF-8; a lone surrogate counts as the three bytes of its replacement. */
export function utf8Length(text: string): number {
  // Most text is this, and one search is three times as fast as a look at each unit.
  if (!notPlain.test(text)) return text.length;
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    if (code < 0x800) {
      length += 1;
      continue;
    }
    length += 2;
    if (code >= 0xd800 && code < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) {
      // Two units become four bytes: the low one adds nothing more.
      at += 1;
    }
  }
  return length;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
