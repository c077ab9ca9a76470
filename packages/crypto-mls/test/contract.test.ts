// SessionCrypto on ts-mls keeps the contract.

import { describe, expect, test } from 'vitest';
import { createNodeSuite } from '@parley/crypto-node';
import { sessionCryptoContract } from '@parley/testkit';
import { createMlsSessionCrypto } from '../src/session-crypto.ts';

describe('the SessionCrypto on ts-mls', () => {
  test.each(sessionCryptoContract)(
    '$claim',
    async ({ prove }) => {
      expect.hasAssertions();
      const suite = createNodeSuite();
      const nowMs = Date.now();
      const proof = prove({ create: createMlsSessionCrypto, suite, nowMs });
      await expect(proof).resolves.toBeUndefined();
    },
    60_000,
  );
});
