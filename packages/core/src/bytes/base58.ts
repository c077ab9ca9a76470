// Base58 in the order of Bitcoin's digits: letters and digits alone, without those that look alike (spec/encoding.md §6).

import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const valueOf: ReadonlyMap<string, number> = new Map(
  Array.from(alphabet, (digit, value): [string, number] => [digit, value]),
);

/**
 * The bytes as one big number; each zero byte in front is a digit '1' of its own. Takes time by the square of the
 * length: for texts that people carry.
 */
export function toBase58(bytes: Uint8Array): string {
  const digits = rebased(bytes, 256, 58);
  let text = '1'.repeat(zerosBefore(bytes));
  for (const digit of digits) text += alphabet[digit] ?? '';
  return text;
}

/** Every text of base58 digits is the one spelling of some bytes. Time by the square of the length: bound it before. */
export function fromBase58(text: string): Result<Uint8Array, 'not-base58'> {
  const values = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const value = valueOf.get(text.charAt(at));
    if (value === undefined) return fail('not-base58');
    values[at] = value;
  }
  const zeros = zerosBefore(values);
  const rest = rebased(values, 58, 256);
  const bytes = new Uint8Array(zeros + rest.length);
  bytes.set(rest, zeros);
  return ok(bytes);
}

function zerosBefore(digits: Uint8Array): number {
  const first = digits.findIndex((digit) => digit !== 0);
  return first === -1 ? digits.length : first;
}

/** The same number in another base, most significant digit first, without zeros in front. */
function rebased(digits: Uint8Array, from: number, to: number): readonly number[] {
  const reversed: number[] = [];
  for (const digit of digits) {
    let carry = digit;
    for (let at = 0; at < reversed.length; at += 1) {
      carry += (reversed[at] ?? 0) * from;
      reversed[at] = carry % to;
      carry = Math.floor(carry / to);
    }
    while (carry > 0) {
      reversed.push(carry % to);
      carry = Math.floor(carry / to);
    }
  }
  return reversed.toReversed();
}
