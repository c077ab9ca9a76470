// A network that reaches nobody, for commands that only read or write the store.

import { emptyNetworkReport } from '@parley/core';
import type { Network, PeerId } from '@parley/core';

const nothing = (): void => undefined;

/** `peer`: what we are called on the real one. */
export function idleNetwork(peer: PeerId): Network {
  return {
    peer,
    start: () => Promise.resolve(),
    dial: nothing,
    hangUp: nothing,
    send: () => false,
    meet: nothing,
    report: emptyNetworkReport,
    stop: () => Promise.resolve(),
  };
}
