// The libp2p network keeps the contract of the port.

import { networkContract } from '@parley/testkit';
import { describe, expect, test } from 'vitest';
import { harness } from './harness.ts';

describe('the network contract', () => {
  test.each(networkContract)('$claim', { timeout: 40_000 }, async ({ prove }) => {
    await expect(prove(harness)).resolves.toBeUndefined();
  });
});
