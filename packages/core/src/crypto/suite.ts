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
  /** HKDF-SHA256 (RFC 5869): `bytes` bytes, of which there may be 8,160. */
  hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Uint8Array;
  /** ChaCha20-Poly1305 (RFC 8439): the ciphertext and its tag of 16 bytes. One nonce is for one plaintext only. */
  seal(key: AeadKey, plaintext: Uint8Array, aad: Uint8Array): Uint8Array;
  /** The plaintext; null for what was not sealed with just this; never throws for what others sent. */
  open(key: AeadKey, sealed: Uint8Array, aad: Uint8Array): Uint8Array | null;
}

export interface AeadKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
}
