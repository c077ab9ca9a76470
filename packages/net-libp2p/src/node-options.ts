// What a libp2p node is to be; each part of it takes what it needs from here.

import type { PrivateKey } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { NetworkLimits } from './limits.ts';
import type { Log } from './log.ts';

export interface NodeOptions {
  readonly privateKey: PrivateKey;
  readonly listen: readonly Multiaddr[];
  readonly discovery: boolean;
  /** 'use': reaches and is reached over peers that relay; 'serve': relays for others as well. */
  readonly relay: 'serve' | 'use' | 'off';
  /** Goes on without a relay where both routers let it (WebRTC). */
  readonly webrtc: boolean;
  readonly userAgent: string;
  readonly log: Log | undefined;
  readonly limits: NetworkLimits;
}
