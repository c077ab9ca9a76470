// The work of private sessions keeps its contract with MLS.

import { describe, expect, test } from 'vitest';
import { createNodeSuite } from '@parley/crypto-node';
import { workerContract } from '@parley/testkit';
import { createMlsSessionCrypto } from '../src/session-crypto.ts';

describe('the work of private sessions, with MLS', () => {
  test.each(workerContract)(
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
