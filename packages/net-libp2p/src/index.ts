// What other packages may use of the libp2p network.

export { createNetwork } from './network.ts';
export type { NetworkOptions } from './network.ts';
export { NETWORK_LIMITS } from './limits.ts';
export type { NetworkLimits } from './limits.ts';
