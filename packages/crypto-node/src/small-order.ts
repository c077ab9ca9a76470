// Ed25519 public keys that are no keys: under points of small order anyone can sign (spec/encoding.md §4).
// Newer versions of node refuse them by themselves; which keys are keys must not depend on the version.

const lowBits = 0x7f;

/** Encodings of all points of small order, and of their non-canonical twins, without the sign bit. */
const encodings: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** `publicKey` is 32 bytes. */
export function hasSmallOrder(publicKey: Uint8Array): boolean {
  const unsigned = Buffer.from(publicKey);
  unsigned[31] = (unsigned[31] ?? 0) & lowBits;
  return encodings.has(unsigned.toString('hex'));
}
