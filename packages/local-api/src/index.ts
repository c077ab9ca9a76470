// What programs may use to talk to a running parley.

export { LocalClient, LocalError, connectLocal, connectTo } from './client.ts';
export type { ConnectOptions } from './client.ts';
export { LOCAL_LIMITS } from './limits.ts';
export type * from './messages.ts';
export { claimSocketPath, dropSocket, socketPathOf } from './socket-path.ts';
