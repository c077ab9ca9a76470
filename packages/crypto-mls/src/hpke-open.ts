// Opens what HPKE sealed (RFC 9180 §5, base mode, X25519, HKDF-SHA256, AES-128-GCM) by node:crypto, because a newcomer
// tries each key on each Welcome there is, and most of that time went into calls of WebCrypto.

import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from 'node:crypto';

const keyBytes = 32;
const tagBytes = 16;
const aeadKeyBytes = 16;
const nonceBytes = 12;
const baseMode = 0;

/** What RFC 8410 puts before a raw X25519 key: in PKCS #8, and in SPKI. */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

const versionLabel = Buffer.from('HPKE-v1');
/** DHKEM(X25519, HKDF-SHA256). */
const kemId = Buffer.from([...Buffer.from('KEM'), 0x00, 0x20]);
/** With HKDF-SHA256 and AES-128-GCM. */
const suiteId = Buffer.from([...Buffer.from('HPKE'), 0x00, 0x20, 0x00, 0x01, 0x00, 0x01]);
const nothing = Buffer.alloc(0);

export interface Sealed {
  /** 32 bytes: the encapsulated key. */
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

/** The plaintext, in memory of its own. Throws where the private key (32 bytes) does not open it. */
export function openBase(privateKey: Uint8Array, sealed: Sealed): Uint8Array {
  const { enc, ciphertext, info, aad } = sealed;
  const { key, nonce } = keySchedule(decapsulate(privateKey, enc), info);
  const end = ciphertext.length - tagBytes;
  if (end < 0) throw new Error('a ciphertext without a tag');
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(end));
  const plaintext = decipher.update(ciphertext.subarray(0, end));
  return Uint8Array.from(Buffer.concat([plaintext, decipher.final()]));
}

/** RFC 9180 §4.1. OpenSSL refuses public keys that would give all zeros. */
function decapsulate(raw: Uint8Array, enc: Uint8Array): Buffer {
  if (raw.length !== keyBytes || enc.length !== keyBytes) throw new Error('a key has 32 bytes');
  const pkcs8 = Buffer.concat([privatePrefix, raw]);
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const spki = Buffer.concat([publicPrefix, enc]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const secret = diffieHellman({ privateKey, publicKey });
  const ours = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const context = Buffer.concat([enc, ours.subarray(publicPrefix.length)]);
  const prk = labeledExtract(kemId, nothing, 'eae_prk', secret);
  return labeledExpand(kemId, prk, { label: 'shared_secret', info: context, length: keyBytes });
}

/** RFC 9180 §5.1. */
function keySchedule(
  shared: Buffer,
  info: Uint8Array,
): { readonly key: Buffer; readonly nonce: Buffer } {
  const pskIdHash = labeledExtract(suiteId, nothing, 'psk_id_hash', nothing);
  const infoHash = labeledExtract(suiteId, nothing, 'info_hash', info);
  const context = Buffer.concat([Buffer.of(baseMode), pskIdHash, infoHash]);
  const secret = labeledExtract(suiteId, shared, 'secret', nothing);
  const expand = (label: string, length: number): Buffer =>
    labeledExpand(suiteId, secret, { label, info: context, length });
  return { key: expand('key', aeadKeyBytes), nonce: expand('base_nonce', nonceBytes) };
}

function labeledExtract(id: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  return createHmac('sha256', salt)
    .update(versionLabel)
    .update(id)
    .update(label)
    .update(ikm)
    .digest();
}

/** Of at most one block. */
function labeledExpand(
  id: Buffer,
  prk: Buffer,
  wish: { readonly label: string; readonly info: Uint8Array; readonly length: number },
): Buffer {
  const { label, info, length } = wish;
  return createHmac('sha256', prk)
    .update(Buffer.of(length >> 8, length & 0xff))
    .update(versionLabel)
    .update(id)
    .update(label)
    .update(info)
    .update(Buffer.of(1))
    .digest()
    .subarray(0, length);
}
