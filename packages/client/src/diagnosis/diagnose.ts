// What doctor says of a peer that runs.

import type { Network, Now, PeerState } from '@parley/core';
import { clockFinding } from './clock-finding.ts';
import type { Finding } from './finding.ts';
import { networkFindings } from './network-findings.ts';

export function diagnose(
  { neighbours }: Pick<PeerState, 'neighbours'>,
  network: Pick<Network, 'report'>,
  { monotonicMs, wallMs }: Now,
): readonly Finding[] {
  const met = [...neighbours.values()].filter(({ met: isMet }) => isMet);
  const offsetsMs = met.map(({ clockBaseMs }) => Math.round(clockBaseMs + monotonicMs - wallMs));
  return [...networkFindings(network.report(), met.length), clockFinding(offsetsMs)];
}
