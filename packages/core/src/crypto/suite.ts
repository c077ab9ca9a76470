// The cryptography core needs, as a synchronous port; the adapter for node:crypto is @parley/crypto-node.

export interface Suite {
  /** SHA-256: 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
  /** The Ed25519 public key (32 bytes) of a 32-byte seed. */
  publicKey(seed: Uint8Array): Uint8Array;
  /** Ed25519 signature (64 bytes) by the key pair grown from a 32-byte seed. */
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /** False for a wrong signature, key length or signature length; never throws. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}
