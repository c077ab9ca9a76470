// The libp2p network keeps the contract of the port.

import { networkContract } from '@parley/testkit';
import { describe, test } from 'vitest';
import { harness } from './harness.ts';

describe('the network contract', () => {
  for (const { claim, prove } of networkContract) {
    test(claim, { timeout: 20_000 }, () => prove(harness));
  }
});
