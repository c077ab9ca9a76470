// What the work outside step is done with.

import type { Suite } from '../crypto/suite.ts';
import type { Certificate } from '../identity/certificate.ts';
import type { Store } from '../ports.ts';
import type { SessionCrypto, Signer } from './session-crypto.ts';

export interface WorkTools {
  /** Its Vouch looks at what `certify` has noted. */
  readonly crypto: SessionCrypto;
  readonly suite: Suite;
  readonly store: Pick<Store, 'value' | 'values' | 'run' | 'entry'>;
  /** As whom we are in sessions. */
  readonly signer: Signer;
  /** Notes that an identity vouches for a device; null where the certificate is none, or not valid. */
  certify(certificate: Uint8Array): Certificate | null;
}
