// What every SessionCrypto must do: claims with their proofs, to be run by the tests of each adapter.

import type { SessionCryptoClaim } from './session-crypto-claim.ts';
import { keyPackages, sealing, welcomes } from './session-crypto-claims-entering.ts';
import { copies, healing, leaving } from './session-crypto-claims-healing.ts';
import { messages } from './session-crypto-claims-order.ts';

/** Everything a SessionCrypto promises, each claim to be proved in a test of its own. */
export const sessionCryptoContract: readonly SessionCryptoClaim[] = [
  ...keyPackages,
  ...welcomes,
  ...messages,
  ...leaving,
  ...copies,
  ...healing,
  ...sealing,
];
