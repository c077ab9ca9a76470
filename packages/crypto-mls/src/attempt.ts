// Calls into the library with bytes from outside, which it answers by throwing.

import { equalBytes, fail, ok } from '@parley/core';
import type { Result, SessionCryptoReason } from '@parley/core';
import type { Decoder } from 'ts-mls/codec/tlsDecoder.js';

export type Checked<Value> = Result<Value, SessionCryptoReason>;

/**
 * Whatever the library throws becomes the reason: it has no closed set of errors, and on bytes made to harm it a TypeError
 * is as likely as one of its own. So nothing of ours runs inside but what cannot fail.
 */
export async function attempt<Value>(
  reason: SessionCryptoReason,
  work: () => Promise<Value>,
): Promise<Checked<Value>> {
  try {
    return ok(await work());
  } catch {
    return fail(reason);
  }
}

export interface Codec<Value> {
  readonly decode: Decoder<Value>;
  readonly encode: (value: Value) => Uint8Array;
  readonly bytesMax: number;
}

/**
 * Decodes all of the bytes or none. The library accepts lengths in longer forms than needed and ignores what follows; we
 * do not, or one message would have many encodings. The value shares no memory with `bytes`.
 */
export function decodeStrictly<Value>(codec: Codec<Value>, bytes: Uint8Array): Checked<Value> {
  if (bytes.length > codec.bytesMax) return fail('too-large');
  const own = Uint8Array.from(bytes);
  try {
    const decoded = codec.decode(own, 0);
    if (decoded === undefined || decoded[1] !== own.length) return fail('malformed');
    if (!equalBytes(codec.encode(decoded[0]), own)) return fail('malformed');
    return ok(decoded[0]);
  } catch {
    return fail('malformed');
  }
}
