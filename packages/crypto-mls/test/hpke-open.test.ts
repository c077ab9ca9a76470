// What the library seals by WebCrypto is opened natively; nothing else is.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex } from '@parley/core';
import { openBase } from '../src/hpke-open.ts';
import { loadWebCryptoSuite } from '../src/suite.ts';

const bytes = (lengthMax: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ maxLength: lengthMax });

/** Of OpenSSL, where a tag does not fit; ours, where there is none. */
const refusal = /authenticate|without a tag/u;

test('opens what the library sealed', async () => {
  const { hpke } = await loadWebCryptoSuite();
  await fc.assert(
    fc.asyncProperty(bytes(300), bytes(80), bytes(40), async (plaintext, aad, info) => {
      const { privateKey, publicKey } = await hpke.generateKeyPair();
      const raw = await hpke.exportPrivateKey(privateKey);
      const { enc, ct } = await hpke.seal(publicKey, plaintext, info, aad);
      const sealed = { enc, ciphertext: ct, info, aad };
      expect(openBase(raw, sealed)).toEqual(plaintext);
      const other = await hpke.generateKeyPair();
      const otherRaw = await hpke.exportPrivateKey(other.privateKey);
      expect(() => openBase(otherRaw, sealed)).toThrow(refusal);
      expect(() => openBase(raw, { ...sealed, aad: Uint8Array.of(...aad, 0) })).toThrow(refusal);
      expect(() => openBase(raw, { ...sealed, info: Uint8Array.of(...info, 0) })).toThrow(refusal);
      expect(() => openBase(raw, { ...sealed, ciphertext: ct.slice(1) })).toThrow(refusal);
    }),
    { numRuns: 30 },
  );
});

test('refuses keys of wrong length, and encapsulated keys that share nothing', () => {
  const sealed = { ciphertext: new Uint8Array(16), info: new Uint8Array(), aad: new Uint8Array() };
  const raw = new Uint8Array(32).fill(7);
  expect(() => openBase(raw.subarray(1), { ...sealed, enc: raw })).toThrow('32 bytes');
  expect(() => openBase(raw, { ...sealed, enc: raw.subarray(1) })).toThrow('32 bytes');
  for (const point of ['00', '01']) {
    const enc = fromHex(`${point}${'00'.repeat(31)}`);
    expect(() => openBase(raw, { ...sealed, enc })).toThrow(/derivation|derive/u);
  }
});
