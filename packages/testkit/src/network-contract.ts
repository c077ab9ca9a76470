// What every Network must do: claims with their proofs, to be run by the tests of each adapter.

import { ends, links } from './network-claims-links.ts';
import { meeting } from './network-claims-meeting.ts';
import { paths } from './network-claims-paths.ts';
import { frames } from './network-claims-traffic.ts';
import type { NetworkClaim } from './network-claim.ts';

/** Everything a Network promises, each claim to be proved in a test of its own. */
export const networkContract: readonly NetworkClaim[] = [
  ...links,
  ...frames,
  ...paths,
  ...meeting,
  ...ends,
];
