// What the work of private sessions must do with every SessionCrypto: claims with their proofs.

import type { WorkerClaim } from './worker-claim.ts';
import { damage, healing } from './worker-claims-keys.ts';
import { contacts, packages } from './worker-claims-packages.ts';
import { forking, leavingAndComing, sizes } from './worker-claims-sessions.ts';

/** Each claim to be proved in a test of its own. */
export const workerContract: readonly WorkerClaim[] = [
  ...forking,
  ...leavingAndComing,
  ...sizes,
  ...healing,
  ...damage,
  ...packages,
  ...contacts,
];
