// Stand-ins for encryption, good against accidents and mix-ups only: all of it is made of SHA-256.

import { hash } from 'node:crypto';
import { concatBytes, decode, encode, equalBytes, fail, fromHex, ok } from '@parley/core';
import type { CborValue, Result } from '@parley/core';

export const keyBytes = 32;
const macBytes = 16;
const checksumBytes = 8;
const version = 1;

/** 32 bytes that depend on the label and on each part, and on where one part ends and the next begins. */
export function digest(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return fromHex(hash('sha256', encode([label, ...parts]), 'hex'));
}

/** The public half of a secret. */
export function publicOf(secret: Uint8Array): Uint8Array {
  return digest('public', secret);
}

function masked(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const out = Uint8Array.from(bytes);
  for (let at = 0; at < out.length; at += keyBytes) {
    const stream = digest('stream', key, encode(at));
    for (let index = at; index < Math.min(at + keyBytes, out.length); index += 1) {
      out[index] = (out[index] ?? 0) ^ (stream[index - at] ?? 0);
    }
  }
  return out;
}

/** Only who has the key and the same aad can unlock it. */
export function lock(key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
  const body = masked(key, plaintext);
  return concatBytes(digest('mac', key, aad, body).subarray(0, macBytes), body);
}

/** Null where anything differs. */
export function unlock(key: Uint8Array, locked: Uint8Array, aad: Uint8Array): Uint8Array | null {
  const body = locked.subarray(macBytes);
  const mac = digest('mac', key, aad, body).subarray(0, macBytes);
  return equalBytes(mac, locked.subarray(0, macBytes)) ? masked(key, body) : null;
}

export interface Boxing {
  readonly publicKey: Uint8Array;
  /** 32 bytes that make each box another. */
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

/** Only who has the secret of the public key can unbox it (and, unlike in earnest, whoever reads this file). */
export function box(plaintext: Uint8Array, { publicKey, nonce, aad }: Boxing): Uint8Array {
  return concatBytes(nonce, lock(digest('box', publicKey, nonce), plaintext, aad));
}

export function unbox(secret: Uint8Array, boxed: Uint8Array, aad: Uint8Array): Uint8Array | null {
  const nonce = boxed.subarray(0, keyBytes);
  return unlock(digest('box', publicOf(secret), nonce), boxed.subarray(keyBytes), aad);
}

/** Something to be sent: version, kind and fields. */
export function record(kind: string, fields: readonly CborValue[]): Uint8Array {
  return encode([version, kind, ...fields]);
}

/** The fields, as many as asked for. */
export function readRecord(
  kind: string,
  bytes: Uint8Array,
  limits: { readonly fields: number; readonly bytesMax: number },
): Result<readonly CborValue[], 'too-large' | 'malformed'> {
  if (bytes.length > limits.bytesMax) return fail('too-large');
  const decoded = decode(Uint8Array.from(bytes));
  if (!decoded.ok || !Array.isArray(decoded.value)) return fail('malformed');
  const [foundVersion, foundKind, ...fields] = decoded.value as readonly CborValue[];
  const isRight = foundVersion === version && foundKind === kind && fields.length === limits.fields;
  return isRight ? ok(fields) : fail('malformed');
}

/** Something to be kept: a record with a checksum. */
export function keep(kind: string, fields: readonly CborValue[]): Uint8Array {
  const body = record(kind, fields);
  return concatBytes(digest('kept', body).subarray(0, checksumBytes), body);
}

/** What `keep` made; whoever passes the checksum has the types of the fields right. */
export function readKept<Fields extends readonly CborValue[]>(
  kind: string,
  bytes: Uint8Array,
  limits: { readonly fields: number; readonly bytesMax: number },
): Result<Fields, 'too-large' | 'bad-state'> {
  const body = bytes.subarray(checksumBytes);
  if (bytes.length > limits.bytesMax) return fail('too-large');
  const checksum = digest('kept', body).subarray(0, checksumBytes);
  if (!equalBytes(checksum, bytes.subarray(0, checksumBytes))) return fail('bad-state');
  const fields = readRecord(kind, body, limits);
  return fields.ok ? ok(fields.value as unknown as Fields) : fail('bad-state');
}
