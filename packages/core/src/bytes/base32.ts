// Crockford's base32 in lower case: keys that people read, type and say aloud.

import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

const valueOf: ReadonlyMap<string, number> = new Map([
  ...Array.from(alphabet, (digit, value): [string, number] => [digit, value]),
  // What people read instead of a digit is that digit.
  ['o', 0],
  ['i', 1],
  ['l', 1],
]);

/** Eight characters for five bytes, the last filled up with zero bits; no padding characters. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >> bits) & 31] ?? '';
    }
  }
  if (bits > 0) text += alphabet[(value << (5 - bits)) & 31] ?? '';
  return text;
}

/** The one spelling of what a person typed: lower case, with o for 0 and i or l for 1 put right. */
export function normaliseBase32(text: string): Result<string, 'not-base32'> {
  let normal = '';
  for (const character of text.toLowerCase()) {
    const value = valueOf.get(character);
    if (value === undefined) return fail('not-base32');
    normal += alphabet[value] ?? '';
  }
  return ok(normal);
}

/** Accepts what a person may type; refuses a length or last bits that no byte string has. */
export function fromBase32(text: string): Result<Uint8Array, 'not-base32'> {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let offset = 0;
  let bits = 0;
  let value = 0;
  for (const character of text.toLowerCase()) {
    const digit = valueOf.get(character);
    if (digit === undefined) return fail('not-base32');
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[offset] = (value >> bits) & 0xff;
      offset += 1;
    }
  }
  const rest = value & ((1 << bits) - 1);
  return bits >= 5 || rest !== 0 ? fail('not-base32') : ok(bytes);
}
