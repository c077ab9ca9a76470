// Safety words: what two people read to each other to be sure of each other's keys (spec/identity.md §5).

import type { IdentityKey } from '../brand.ts';
import { fromHex } from '../bytes/hex.ts';
import type { Suite } from '../crypto/suite.ts';
import { TAGS, taggedHash } from '../crypto/tagged.ts';
import { wordList } from './word-list.ts';

const wordsPerKey = 6;
const bitsPerWord = 11;

/**
 * Twelve words, the same whichever of the two comes first: the words of the smaller key, then those of the other.
 * Words of both keys hashed together would be fewer, but someone in the middle chooses two keys, and could look for
 * two that agree: a search of 2^33. This way each of his keys must hit 66 given bits.
 */
export function safetyWords(suite: Suite, a: IdentityKey, b: IdentityKey): readonly string[] {
  const [first, second] = a <= b ? [a, b] : [b, a];
  return [...safetyWordsOf(suite, first), ...safetyWordsOf(suite, second)];
}

/** Six words: the first 66 bits of SHA-256("parley/safety-words/1\0" ‖ key). */
export function safetyWordsOf(suite: Suite, identity: IdentityKey): readonly string[] {
  const hash = taggedHash(suite, TAGS.safetyWords, fromHex(identity));
  const words: string[] = [];
  let bits = 0;
  let value = 0;
  for (const byte of hash) {
    value = ((value << 8) | byte) & 0xf_ffff;
    bits += 8;
    if (bits < bitsPerWord) continue;
    bits -= bitsPerWord;
    words.push(wordList[(value >> bits) & 0x7ff] ?? '');
    if (words.length === wordsPerKey) break;
  }
  return words;
}
