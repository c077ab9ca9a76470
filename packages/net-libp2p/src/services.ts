// The protocols that a node speaks with every peer, beside ours.

import type {
  CircuitRelayService,
  CircuitRelayTransportComponents,
} from '@libp2p/circuit-relay-v2';
import { identify, identifyPush } from '@libp2p/identify';
import type { Identify, IdentifyPush } from '@libp2p/identify';
import { ping } from '@libp2p/ping';
import type { Ping } from '@libp2p/ping';
import type { ServiceFactoryMap } from 'libp2p';
import type { NodeOptions } from './node-options.ts';
import { relayServer } from './relay-server.ts';
import type { SituationComponents } from './situation.ts';

/** The parts that libp2p is made of, for what its surface leaves out. */
type Internals = Pick<
  CircuitRelayTransportComponents,
  | 'addressManager'
  | 'connectionManager'
  | 'events'
  | 'logger'
  | 'peerId'
  | 'registrar'
  | 'transportManager'
  | 'upgrader'
>;

export type Services = {
  readonly identify: Identify;
  readonly identifyPush: IdentifyPush;
  readonly ping: Ping;
  readonly internals: Internals & { readonly all: SituationComponents };
  /** Only where we relay. */
  readonly relay?: CircuitRelayService;
};

/** Of what changed about us: several changes at once are told once, but not a second later, as by default. */
const PUSH_AFTER_MS = 50;

export function services({ limits, relay }: NodeOptions): ServiceFactoryMap<Services> {
  return {
    identify: identify({ maxInboundStreams: 2, maxOutboundStreams: 2 }),
    identifyPush: identifyPush({ debounce: PUSH_AFTER_MS }),
    ping: ping(),
    internals: (components: Internals & SituationComponents): Services['internals'] => {
      const { addressManager, connectionManager, events, logger } = components;
      const { peerId, registrar, transportManager, upgrader } = components;
      const network = { addressManager, connectionManager, events, logger };
      const all = components;
      return { ...network, peerId, registrar, transportManager, upgrader, all };
    },
    ...(relay === 'serve' ? { relay: relayServer(limits) } : {}),
  };
}
