// Every way to damage a byte string a little.

/** All proper prefixes. */
function* truncations(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length += 1) yield bytes.slice(0, length);
}

/** All copies in which one bit differs. */
function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const copy = bytes.slice();
    copy[bit >> 3]! ^= 1 << (bit & 7);
    yield copy;
  }
}

export function* damages(bytes: Uint8Array): Generator<Uint8Array> {
  yield* truncations(bytes);
  yield* bitFlips(bytes);
}
