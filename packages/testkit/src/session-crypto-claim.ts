// What a claim about SessionCrypto is made of.

import type { SessionCryptoHarness } from './session-party.ts';

export interface SessionCryptoClaim {
  readonly claim: string;
  /** Rejects if the claim does not hold. */
  readonly prove: (harness: SessionCryptoHarness) => Promise<void>;
}

export function claim(
  text: string,
  prove: (harness: SessionCryptoHarness) => Promise<void>,
): SessionCryptoClaim {
  return { claim: text, prove };
}
