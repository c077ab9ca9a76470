// Session Traversal Utilities for NAT, as much of it as telling who asks how they look from here (RFC 8489, §§5–7, 14.2).

import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';
import { equalBytes, fail, ok } from '@parley/core';
import type { Result } from '@parley/core';

const HEADER_BYTES = 20;
const COOKIE = 0x21_12_a4_42;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;
const FINGERPRINT = 0x8028;
const FINGERPRINT_XOR = 0x53_54_55_4e;
/** Attributes below this number must be understood by whoever answers. */
const OPTIONAL_FROM = 0x8000;

export type StunReason =
  | 'length'
  | 'not-stun'
  | 'not-binding'
  | 'not-ours'
  | 'attribute'
  | 'fingerprint';

/** The 12 bytes that the answer repeats. */
export type Transaction = Uint8Array;

/** Strict: what is not a plain binding request is not answered at all. Never throws. */
export function decodeBindingRequest(bytes: Uint8Array): Result<Transaction, StunReason> {
  const { byteLength } = bytes;
  if (byteLength < HEADER_BYTES || byteLength % 4 !== 0) return fail('length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, byteLength);
  if (view.getUint32(4) !== COOKIE) return fail('not-stun');
  if (view.getUint16(0) !== BINDING_REQUEST) return fail('not-binding');
  if (view.getUint16(2) !== byteLength - HEADER_BYTES) return fail('length');
  for (let at = HEADER_BYTES; at < byteLength; ) {
    if (byteLength - at < 4) return fail('attribute');
    const type = view.getUint16(at);
    const length = view.getUint16(at + 2);
    const next = at + 4 + Math.ceil(length / 4) * 4;
    // Someone who wants to be told apart by a password, or anything else of us, has come to the wrong place.
    if (next > byteLength || type < OPTIONAL_FROM) return fail('attribute');
    if (type === FINGERPRINT && !isFingerprint(bytes, at, length)) return fail('fingerprint');
    at = next;
  }
  return ok(Uint8Array.from(bytes.subarray(8, HEADER_BYTES)));
}

/** It comes last and covers all before it (§14.7). */
function isFingerprint(bytes: Uint8Array, at: number, length: number): boolean {
  if (length !== 4 || at + 8 !== bytes.byteLength) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(at + 4) === (crc32(bytes.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0;
}

/** Nothing but the header; `transaction` is 12 bytes, drawn at random. */
export function encodeBindingRequest(transaction: Transaction): Uint8Array {
  const out = Buffer.alloc(HEADER_BYTES);
  out.writeUInt16BE(BINDING_REQUEST);
  out.writeUInt32BE(COOKIE, 4);
  out.set(transaction, 8);
  return out;
}

/** Where whoever answered saw an IPv4 sender. Never throws. */
export function decodeBindingSuccess(
  bytes: Uint8Array,
  transaction: Transaction,
): Result<{ readonly host: string; readonly port: number }, StunReason> {
  const { byteLength } = bytes;
  if (byteLength < HEADER_BYTES || byteLength % 4 !== 0) return fail('length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, byteLength);
  if (view.getUint32(4) !== COOKIE || view.getUint16(0) !== BINDING_SUCCESS)
    return fail('not-stun');
  if (view.getUint16(2) !== byteLength - HEADER_BYTES) return fail('length');
  if (!equalBytes(bytes.subarray(8, HEADER_BYTES), transaction)) return fail('not-ours');
  for (let at = HEADER_BYTES; at + 4 <= byteLength; ) {
    const length = view.getUint16(at + 2);
    const next = at + 4 + Math.ceil(length / 4) * 4;
    if (next > byteLength) return fail('attribute');
    if (view.getUint16(at) === XOR_MAPPED_ADDRESS && length === 8 && bytes[at + 5] === 1) {
      const ip = view.getUint32(at + 8) ^ COOKIE;
      const host = [24, 16, 8, 0].map((shift) => (ip >>> shift) & 0xff).join('.');
      return ok({ host, port: view.getUint16(at + 6) ^ (COOKIE >>> 16) });
    }
    at = next;
  }
  return fail('attribute');
}

/** The answer: 32 bytes for IPv4, 44 for IPv6, and nothing in it but the address that was asked for. */
export function encodeBindingSuccess(
  transaction: Transaction,
  address: string,
  port: number,
): Uint8Array {
  const mapped = xorMappedAddress(transaction, address, port);
  const out = Buffer.alloc(HEADER_BYTES);
  out.writeUInt16BE(BINDING_SUCCESS);
  out.writeUInt16BE(mapped.byteLength, 2);
  out.writeUInt32BE(COOKIE, 4);
  out.set(transaction, 8);
  return Buffer.concat([out, mapped]);
}

/** The attribute with its header (§14.2). */
export function xorMappedAddress(
  transaction: Transaction,
  address: string,
  port: number,
): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(COOKIE);
  key.set(transaction, 4);
  const ip = isIPv6(address) ? ip6Bytes(address) : Uint8Array.from(address.split('.'), Number);
  const out = Buffer.alloc(8 + ip.byteLength);
  out.writeUInt16BE(XOR_MAPPED_ADDRESS);
  out.writeUInt16BE(4 + ip.byteLength, 2);
  out.writeUInt8(ip.byteLength === 4 ? 1 : 2, 5);
  out.writeUInt16BE(port ^ (COOKIE >>> 16), 6);
  for (const [index, byte] of ip.entries()) out[8 + index] = byte ^ (key[index] ?? 0);
  return out;
}

function words(text: string): number[] {
  return text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
}

function ip6Bytes(address: string): Uint8Array {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const [before, after] = [words(head), words(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  const out = Buffer.alloc(16);
  for (const [index, word] of [...before, ...zeros, ...after].entries())
    out.writeUInt16BE(word, index * 2);
  return out;
}
