// The fake SessionCrypto keeps the contract of the real one, and is the same every time.

import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '@parley/core';
import { createFakeSessionCrypto } from '../src/fake-session-crypto.ts';
import { createFakeSuite } from '../src/fake-suite.ts';
import { sessionCryptoContract } from '../src/session-crypto-contract.ts';
import { pairOf } from '../src/session-party.ts';
import type { SessionCryptoHarness } from '../src/session-party.ts';

function harness(): SessionCryptoHarness {
  const suite = createFakeSuite();
  let nodes = 0;
  return {
    suite,
    nowMs: 1_800_000_000_000,
    create(vouch) {
      nodes += 1;
      return createFakeSessionCrypto({ suite, vouch, salt: `node ${nodes}` });
    },
  };
}

async function story(): Promise<readonly Uint8Array[]> {
  const [anna, bobby] = await pairOf(harness());
  return [await anna.say('hello'), await anna.rotate(), await bobby.say('hi')];
}

describe('the fake SessionCrypto', () => {
  test.each(sessionCryptoContract)('$claim', async ({ prove }) => {
    expect.hasAssertions();
    await expect(prove(harness())).resolves.toBeUndefined();
  });

  test('gives the same bytes for the same calls', async () => {
    expect(await story()).toEqual(await story());
  });

  test('draws other keys for another salt', async () => {
    const suite = createFakeSuite();
    const inboxes = ['one', 'two'].map((salt) =>
      createFakeSessionCrypto({ suite, vouch: () => true, salt }).makeInboxKey(),
    );
    const [one, two] = await Promise.all(inboxes);
    expect(one).not.toEqual(two);
  });

  test('seals so that the plaintext is in no byte of it', async () => {
    const suite = createFakeSuite();
    const crypto = createFakeSessionCrypto({ suite, vouch: () => true, salt: '' });
    const { publicKey } = await crypto.makeInboxKey();
    const plaintext = encodeUtf8('secret '.repeat(40));
    const sealed = await crypto.seal({ publicKey, plaintext, aad: new Uint8Array() });
    expect(sealed.ok).toBe(true);
    expect(sealed.ok && Buffer.from(sealed.value).includes('secret')).toBe(false);
  });
});
