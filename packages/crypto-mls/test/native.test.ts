// What node:crypto computes is, byte for byte, what the library would have computed.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { deriveTreeSecret } from 'ts-mls/crypto/kdf.js';
import { ratchetUntil } from 'ts-mls/secretTree.js';
import { bytes32 } from '@parley/testkit';
import { ratchetTo } from '../src/ratchet.ts';
import { configWith, loadSuite, loadWebCryptoSuite } from '../src/suite.ts';
import { Gatekeeper } from '../src/credential.ts';

const bytes = (lengthMax: number, lengthMin = 0): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: lengthMin, maxLength: lengthMax });

async function both(): Promise<readonly [CiphersuiteImpl, CiphersuiteImpl]> {
  return Promise.all([loadSuite(), loadWebCryptoSuite()]);
}

test('hashes and tags are the same', async () => {
  const [native, web] = await both();
  await fc.assert(
    fc.asyncProperty(bytes32(), bytes(200), async (key, data) => {
      expect(await native.hash.digest(data)).toEqual(await web.hash.digest(data));
      const mac = await web.hash.mac(key, data);
      expect(await native.hash.mac(key, data)).toEqual(mac);
      expect(await native.hash.verifyMac(key, mac, data)).toBe(true);
      mac[0] = (mac[0] ?? 0) ^ 1;
      expect(await native.hash.verifyMac(key, mac, data)).toBe(false);
      expect(await native.hash.verifyMac(key, mac.subarray(1), data)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

test('derived keys of all lengths are the same', async () => {
  const [native, web] = await both();
  await fc.assert(
    fc.asyncProperty(bytes32(), bytes(80), fc.integer({ min: 1, max: 100 }), async (a, b, n) => {
      expect(await native.kdf.extract(a, b)).toEqual(await web.kdf.extract(a, b));
      expect(await native.kdf.expand(a, b, n)).toEqual(await web.kdf.expand(a, b, n));
    }),
    { numRuns: 50 },
  );
});

test('each decrypts what the other encrypted, and neither what was changed', async () => {
  const [native, web] = await both();
  await fc.assert(
    fc.asyncProperty(
      bytes(16, 16),
      bytes(12, 12),
      bytes(40),
      bytes(300),
      async (key, nonce, aad, text) => {
        const sealed = await native.hpke.encryptAead(key, nonce, aad, text);
        expect(sealed).toEqual(await web.hpke.encryptAead(key, nonce, aad, text));
        expect(await native.hpke.decryptAead(key, nonce, aad, sealed)).toEqual(text);
        sealed[0] = (sealed[0] ?? 0) ^ 1;
        await expect(native.hpke.decryptAead(key, nonce, aad, sealed)).rejects.toThrow(
          'authenticate',
        );
        const short = sealed.subarray(0, 15);
        await expect(native.hpke.decryptAead(key, nonce, aad, short)).rejects.toThrow('tag');
      },
    ),
    { numRuns: 50 },
  );
});

test('signatures are the same, and each verifies those of the other', async () => {
  const [native, web] = await both();
  const { signKey, publicKey } = await native.signature.keygen();
  await fc.assert(
    fc.asyncProperty(bytes(200), async (message) => {
      const signed = await native.signature.sign(signKey, message);
      expect(signed).toEqual(await web.signature.sign(signKey, message));
      expect(await native.signature.verify(publicKey, message, signed)).toBe(true);
      signed[3] = (signed[3] ?? 0) ^ 1;
      expect(await native.signature.verify(publicKey, message, signed)).toBe(false);
    }),
    { numRuns: 50 },
  );
  await expect(native.signature.verify(publicKey.subarray(1), signKey, signKey)).rejects.toThrow(
    '32',
  );
  await expect(native.signature.sign(signKey.subarray(1), signKey)).rejects.toThrow('32');
});

test('the ratchet leaps to where the library walks, and keeps the same secrets', async () => {
  const suite = await loadSuite();
  const { keyRetentionConfig } = configWith(new Gatekeeper(() => true));
  const farther = { ...keyRetentionConfig, maximumForwardRatchetSteps: 3_000 };
  const start = { secret: new Uint8Array(32).fill(7), generation: 3, unusedGenerations: {} };
  for (const generation of [3, 4, 90, 2_100]) {
    const [walked] = await ratchetUntil(start, generation, farther, suite.kdf);
    expect(await ratchetTo(start, generation, suite)).toEqual(walked);
  }
});

test('a leap over the most that is allowed derives each secret once', async () => {
  const suite = await loadSuite();
  let derived = 0;
  const expand: typeof suite.kdf.expand = async (...parts) => {
    derived += 1;
    return suite.kdf.expand(...parts);
  };
  const counting = { ...suite, kdf: { ...suite.kdf, expand } };
  const start = { secret: new Uint8Array(32), generation: 0, unusedGenerations: {} };
  const { secret, unusedGenerations } = await ratchetTo(start, 20_000, counting);
  expect(derived).toBe(20_000);
  const kept = Object.entries(unusedGenerations);
  expect(kept.length).toBe(2_000);
  const last = unusedGenerations[19_999];
  expect(secret).toEqual(
    await deriveTreeSecret(last!, 'secret', 19_999, suite.kdf.size, suite.kdf),
  );
});
