// The work of private sessions keeps its contract with the fake SessionCrypto.

import { createFakeSessionCrypto, createFakeSuite, workerContract } from '@parley/testkit';
import type { SessionCryptoHarness } from '@parley/testkit';
import { describe, expect, it } from 'vitest';

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

describe('the work of private sessions', () => {
  it.each(workerContract)('$claim', async ({ prove }) => {
    expect.hasAssertions();
    await expect(prove(harness())).resolves.toBeUndefined();
  });
});
